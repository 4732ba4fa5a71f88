"""I01, I07, I39: what is due as decided, exempted, multiplied, and by the sale of public housing."""

from datetime import date

import pytest

from audit.findings import run
from audit.replay import replay
from audit.rules.standards import with_due
from audit.verify import consistency
from ledger import events as on
from ledger import policy, standards
from ledger.identity import building_stream
from tests.ledger.test_dues import COST, FILES, HALVED

C = "532301"
B2 = building_stream("B2")


def decide(ledger, kind, on_day="2012-01-01", unit="101", **own):
    return ledger.append(B2, kind, on_day, unit=unit, **own)


def override(ledger, due_fen, on_day="2012-01-01"):
    return decide(ledger, on.DueOverridden, on_day, due_fen=due_fen, reason="面积待测")


def exempt(ledger, on_day="2012-01-01", reason="sole-owner", until=None):
    until = until and date.fromisoformat(until)
    return decide(ledger, on.UnitExempted, on_day, reason=reason, until=until)


def lift(ledger, on_day="2013-01-01"):
    return decide(ledger, on.ExemptionLifted, on_day, reason="已出售")


@pytest.fixture
def unpaid(ledger):
    ledger.building("B2", {"101": 10000})
    return ledger


@pytest.fixture
def sold(ledger):
    """A public unit of a high building, sold for 50,000.01 yuan: 15,000.00 is due until 31 January 2012."""
    ledger.building("B2", {"101": 10000}, fund="public")
    ledger.deposit("B2", {"101": 5})
    ledger.sale = decide(ledger, on.PublicUnitSold, "2012-01-01", seller="粮食局", proceeds_fen=5_000_001)
    return ledger


def problems(ledger):
    return [(found.kind, found.message) for found in consistency(replay(ledger.log))]


# I01


def test_what_was_decided_is_what_an_unpaid_unit_owes(unpaid):
    override(unpaid, 1)
    override(unpaid, 700_000)
    override(unpaid, 5, on_day="2011-01-01")
    assert unpaid.found() == [("I01", f"{C} E1 B2 101", "7000.00", ("building/B2@2",))]
    override(unpaid, None)
    assert unpaid.found() == [("I01", f"{C} E1 B2 101", "9300.00", ("building/B2@2",))]


@pytest.mark.parametrize(
    ("until", "reason", "found"),
    [
        (None, "sole-owner", False),
        ("2015-06-20", "sole-owner", False),
        ("2015-06-19", "sole-owner", True),
        (None, "friend", True),
    ],
)
def test_an_exempt_unit_owes_nothing_while_its_exemption_is_good(unpaid, until, reason, found):
    exempt(unpaid, until=until, reason=reason)
    assert [name for name, *_ in unpaid.found()] == ["I01"] * found


def test_an_exemption_that_was_lifted_frees_nobody(unpaid):
    exempt(unpaid)
    lift(unpaid)
    assert [name for name, *_ in unpaid.found()] == ["I01"]


# I07


def test_a_deposit_of_what_was_decided_is_in_order(unpaid):
    unpaid.deposit("B2", {"101": 700_000})
    assert [name for name, *_ in unpaid.found()] == ["I07"]
    override(unpaid, 700_000)
    assert unpaid.found() == []
    override(unpaid, 700_001)
    assert unpaid.found() == [("I07", f"{C} E1 B2 101", "0.01", ("building/B2@3",))]


def test_an_exempt_unit_may_have_deposited_anything(unpaid):
    unpaid.deposit("B2", {"101": 5})
    exempt(unpaid)
    assert unpaid.found() == []


@pytest.mark.parametrize(
    ("on_day", "amount"),
    [("2025-05-15", 930_000), ("2025-05-16", 465_000), ("2026-02-28", 465_000), ("2026-03-01", 930_000)],
)
def test_a_multiplier_counts_on_the_day_of_the_first_deposit(unpaid, on_day, amount):
    rules = policy.read(FILES | {"multipliers": HALVED})
    unpaid.deposit("B2", {"101": amount}, on_day=on_day)
    found = run(replay(unpaid.log), rules)
    assert [finding for finding in found if finding.rule == "I07"] == []
    unpaid.deposit("B2", {"101": 1}, on_day=on_day)
    found = run(replay(unpaid.log), rules)
    assert [finding.amount for finding in found if finding.rule == "I07"] == ["0.01"]


@pytest.mark.parametrize("factor", [b"1/2", b"1/3", b"0.125", b"999/1000"])
@pytest.mark.parametrize(("fund", "lift_", "storeys"), [("commodity", True, 9), ("public", False, 8)])
def test_both_witnesses_say_the_same_is_due(empty, factor, fund, lift_, storeys):
    """The audit's columns against the ledger's fractions, on and around every turn of the rules."""
    public = FILES["public"].replace(b"cost = []", b"") + COST
    rules = policy.read(FILES | {"multipliers": HALVED.replace(b"1/2", factor), "public": public})
    units = {f"{number:03}": area for number, area in enumerate((1, 3, 7, 99, 8931, 10247, 10**9))}
    empty.building("B9", units, fund=fund, lift=lift_, storeys=storeys)
    frame = replay(empty.log).units
    for day in (
        date(2008, 1, 31),
        date(2008, 2, 1),
        date(2025, 5, 15),
        date(2025, 5, 16),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ):
        due = with_due(frame.with_columns(on=day), rules)
        rate = standards.rate(rules, C, fund, lift_, storeys, day)
        expected = [None if rate is None else rate.due_fen(area) for area in units.values()]
        assert due["due_fen"].to_list() == expected


# I39


def paid(ledger, amount, on_day):
    return ledger.deposit("B2", {"101": amount}, part="seller", on_day=on_day, kind="first")


def test_a_selling_unit_that_deposits_in_time_is_in_order(sold):
    paid(sold, 1_000_000, "2011-12-31")
    paid(sold, 500_000, "2012-01-31")
    assert sold.found("I39") == []


def test_one_that_is_late_is_found_with_what_came_late(sold):
    first = paid(sold, 1_000_000, "2012-01-31")
    second = paid(sold, 500_000, "2012-02-01")
    assert sold.found("I39") == [("I39", f"{C} E1 B2 101", "5000.00", (sold.sale, first, second))]
    [finding] = [found for found in sold.findings() if found.rule == "I39"]
    assert "应于 2012-01-31 前存入 15000.00 元，到期只存入 10000.00 元" in finding.message


def test_one_that_deposits_too_little_is_found_with_what_is_missing(sold):
    first = paid(sold, 1_499_999, "2012-01-05")
    assert sold.found("I39") == [("I39", f"{C} E1 B2 101", "0.01", (sold.sale, first))]


def test_the_owners_money_is_not_the_selling_units(sold):
    sold.deposit("B2", {"101": 1_500_000}, on_day="2012-01-05")
    assert [amount for _, _, amount, _ in sold.found("I39")] == ["15000.00"]


def test_nothing_is_late_before_its_day(ledger):
    ledger.building("B2", {"101": 10000}, fund="public", storeys=9)
    decide(ledger, on.PublicUnitSold, "2015-05-21", proceeds_fen=5_000_000)
    assert ledger.found("I39") == []  # due on 2015-06-20, the last day on which money moved
    decide(ledger, on.PublicUnitSold, "2015-05-20", proceeds_fen=5_000_000, corrects=True)
    assert [amount for _, _, amount, _ in ledger.found("I39")] == ["10000.00"]


# Consistency


def test_decisions_in_order_are_no_problem(sold):
    exempt(sold)
    lift(sold)
    override(sold, 5)
    assert problems(sold) == []


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (lambda found: override(found, 0), "decision-wrong", "核定金额"),
        (lambda found: lift(found), "decision-wrong", "没有免交"),
        (lambda found: exempt(found, until="2011-12-31"), "decision-wrong", "免交止日"),
        (lambda found: (exempt(found), lift(found, "2011-12-31")), "decision-wrong", "没有免交"),
        (
            lambda found: decide(found, on.UnitExempted, unit="999", reason="sole-owner"),
            "decision-wrong",
            "没有登记",
        ),
        (lambda found: decide(found, on.PublicUnitSold, proceeds_fen=5), "sale-wrong", "重复"),
        (lambda found: decide(found, on.PublicUnitSold, unit="999", proceeds_fen=5), "sale-wrong", "登记"),
        (
            lambda found: decide(found, on.PublicUnitSold, proceeds_fen=0, corrects=True),
            "sale-wrong",
            "不大于零",
        ),
    ],
)
def test_what_contradicts_itself_is_named(sold, make, kind, said):
    make(sold)
    [(found, message)] = problems(sold)
    assert found == kind
    assert said in message


def test_commercial_housing_is_not_sold_public_housing(unpaid):
    decide(unpaid, on.PublicUnitSold, proceeds_fen=5)
    assert [kind for kind, _ in problems(unpaid)] == ["sale-wrong"]


# I44


def test_an_exempt_unit_need_not_be_topped_up(unpaid):
    unpaid.deposit("B2", {"101": 930_000})
    unpaid.repair("P2", "2012-03-01", buildings=("B2",), payments=(("first", 900_000, "2012-04-01", {}),))
    assert [rule for rule, *_ in unpaid.found("I44")] == ["I44"]
    exempt(unpaid, "2013-01-01", until="2015-06-19")
    assert [rule for rule, *_ in unpaid.found("I44")] == ["I44"]
    exempt(unpaid, "2013-01-01")
    assert unpaid.found("I44") == []
