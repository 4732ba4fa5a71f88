"""I43, I44: accounts below zero, and below 30 % of the first deposits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.replay import replay
from audit.rules import i43
from audit.rules.figures import Figures
from ledger.policy import load

from .conftest import Ledger

C = "532301"


def paid_out(ledger, amount, on_day, start="2015-03-01", project="P2"):
    """A repair of B2 that takes ``amount`` on one day."""
    return ledger.repair(
        project, start, buildings=("B2",), budget=amount, settled=amount,
        payments=(("first", amount, on_day, {}),),
    )  # fmt: skip


@pytest.fixture
def one_unit(ledger):
    ledger.building("B2", {"101": 10000})
    ledger.deposit("B2")
    return ledger


# I43 透支


def test_a_balance_of_zero_is_not_overdrawn(one_unit):
    paid_out(one_unit, 930_000, "2015-05-01")
    assert one_unit.found() == []


def test_one_fen_below_zero_is(one_unit):
    paid_out(one_unit, 930_001, "2015-05-01")
    assert one_unit.found() == [("I43", f"{C} E1 B2 101", "0.01", ("building/B2@4",))]


def test_an_account_overdrawn_on_several_days_is_one_finding_with_the_lowest_balance(one_unit):
    paid_out(one_unit, 1_000_000, "2015-05-01")
    paid_out(one_unit, 500_000, "2015-05-02", project="P3")
    one_unit.deposit("B2", {"101": 200_000}, on_day="2015-05-03", kind="top-up")
    one_unit.deposit("B2", {"101": 900_000}, on_day="2015-05-04", kind="top-up")
    assert one_unit.found() == [
        ("I43", f"{C} E1 B2 101", "5700.00", ("building/B2@4", "building/B2@5", "building/B2@6"))
    ]
    message = one_unit.findings()[0].message
    assert "自 2015-05-01 起 3 笔后余额为负，最低 -5700.00 元（2015-05-02）" in message


def test_money_in_counts_before_money_out_on_the_same_day(one_unit):
    paid_out(one_unit, 1_000_000, "2015-05-01")
    one_unit.deposit("B2", {"101": 100_000}, on_day="2015-05-01", kind="top-up")
    assert one_unit.found() == []


def test_money_recorded_late_counts_from_its_value_date(one_unit):
    paid_out(one_unit, 1_000_000, "2015-05-01")
    one_unit.deposit("B2", {"101": 100_000}, on_day="2015-04-30", kind="top-up")
    assert one_unit.found() == []


def test_a_withdrawal_that_was_reversed_overdrew_nothing(one_unit):
    paid_out(one_unit, 1_000_000, "2015-05-01")
    one_unit.reverse("building/B2@4", (0, "101", "withdrawal", 1_000_000))
    assert one_unit.found() == []


def test_a_deposit_that_was_reversed_covers_nothing(one_unit):
    topped_up = one_unit.deposit("B2", {"101": 100_000}, on_day="2015-04-01", kind="top-up")
    paid_out(one_unit, 1_000_000, "2015-05-01")
    one_unit.reverse(topped_up, (0, "101", "deposit", -100_000))
    assert one_unit.found() == [("I43", f"{C} E1 B2 101", "700.00", ("building/B2@5",))]


MOVES = st.lists(st.tuples(st.booleans(), st.integers(1, 500), st.integers(1, 28)), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(moves=MOVES)
def test_the_lowest_balance_is_that_of_a_plain_fold_in_statement_order(moves):
    ledger = Ledger()
    ledger.building("B2", {"101": 10000})
    entries = []
    for number, (into, amount, on) in enumerate(moves):
        on_day = f"2015-02-{on:02d}"
        if into:
            ledger.deposit("B2", {"101": amount}, on_day=on_day, kind="top-up")
        else:
            paid_out(ledger, amount, on_day, project=f"P{number}")
        entries.append((on_day, not into, number, amount if into else -amount))
    balance, balances = 0, []
    for *_, amount in sorted(entries):
        balance += amount
        balances.append(balance)
    found = i43.find(Figures(replay(ledger.log), load()))
    lowest = min(balances)
    assert [finding.amount for finding in found] == (
        [f"{-lowest // 100}.{-lowest % 100:02d}"] if lowest < 0 else []
    )
    assert [len(finding.events) for finding in found] == (
        [sum(balance < 0 for balance in balances)] if lowest < 0 else []
    )


# I44 不足30%未续交


@pytest.mark.parametrize(
    ("amount", "paid_on", "found"),
    [
        (651_000, "2014-06-20", []),  # exactly 30 % left
        (651_001, "2014-06-20", [("I44", f"{C} E1 B2 101", "0.01", ("building/B2@4",))]),
        (651_001, "2014-06-21", []),  # less than twelve months ago
    ],
)
def test_below_thirty_percent_for_twelve_months(ledger, amount, paid_on, found):
    ledger.building("B2", {"101": 10000}, warranty_until="2013-06-30")
    ledger.deposit("B2")
    paid_out(ledger, amount, paid_on, start="2014-03-01")
    assert ledger.found() == found


@pytest.mark.parametrize(
    ("amount", "on_day", "rules"),
    [
        (1, "2015-04-30", []),  # somebody paid, though not enough
        (1, "2015-05-01", ["I44"]),  # twelve months later it is too late
        (500_000, "2015-05-02", []),  # made good
    ],
)
def test_a_deposit_within_twelve_months_answers(ledger, amount, on_day, rules):
    ledger.building("B2", {"101": 10000}, warranty_until="2013-06-30")
    ledger.deposit("B2")
    paid_out(ledger, 800_000, "2014-05-01", start="2014-03-01")
    ledger.deposit("B2", {"101": amount}, on_day=on_day, kind="top-up")
    assert [rule for rule, *_ in ledger.found()] == rules


def test_a_withdrawal_that_was_reversed_leaves_the_balance(ledger):
    ledger.building("B2", {"101": 10000}, warranty_until="2013-06-30")
    ledger.deposit("B2")
    paid_out(ledger, 800_000, "2014-05-01", start="2014-03-01")
    ledger.reverse("building/B2@4", (0, "101", "withdrawal", 800_000))
    assert ledger.found() == []
