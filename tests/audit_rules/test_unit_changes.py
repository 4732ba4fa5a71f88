"""C21, C22, and what changes of units mean for I01 and I44."""

import pytest

from ledger import events as on
from ledger.identity import building_stream
from ledger.money import split as by_weight

from .conftest import COUNTY, day

B2 = building_stream("B2")


@pytest.fixture
def paid(ledger):
    """B2 101 with a first deposit of 9,300.00 by the standard on 2009-07-15; ``ledger.first`` names it."""
    ledger.building("B2", {"101": 10000})
    ledger.first = ledger.deposit("B2")
    return ledger


def freeze(ledger, since="2012-01-01", *, order="执1号", until=None, amount_fen=None):
    return ledger.append(
        B2, on.UnitFrozen, since, unit="101", court="法院", order_no=order, until=day(until),
        amount_fen=amount_fen,
    )  # fmt: skip


def release(ledger, on_day, order="执1号"):
    return ledger.append(B2, on.UnitReleased, on_day, unit="101", order_no=order)


def split(ledger, areas=(4000, 6000), on_day="2012-06-01", held=930_000, note=None):
    def line(unit, area):
        return on.UnitLine(unit=unit, fund="commodity", usage="residential", area_dm2=area)

    shares = by_weight(held, areas)
    moved = [("101", -held), *((f"101{'AB'[index]}", share) for index, share in enumerate(shares))]
    return ledger.append(
        B2,
        on.UnitsChanged,
        on_day,
        reason="split",
        before=(line("101", 10000),),
        after=tuple(line(f"101{'AB'[index]}", area) for index, area in enumerate(areas)),
        note=note,
        lines=tuple(
            on.MoveLine(unit=unit, principal_fen=amount, first_deposit_fen=amount)
            for unit, amount in moved
            if amount
        ),
    )


# C21 冻结账户资金转出


@pytest.mark.parametrize(
    ("on_day", "found"),
    [("2011-12-31", False), ("2012-01-01", True), ("2012-02-29", True), ("2012-03-01", False)],
)
@pytest.mark.parametrize("ends", ["until", "release"])
def test_a_refund_within_the_days_of_the_freeze_is_a_finding(paid, ends, on_day, found):
    frozen = freeze(paid, until="2012-02-29" if ends == "until" else None)
    if ends == "release":
        release(paid, "2012-03-01")
    gone = paid.refund("B2", "101", 1_000, of=paid.first, on_day=on_day)
    expected = [("C21", f"{COUNTY} E1 B2 101", "10.00", (frozen, gone))] if found else []
    assert paid.found("C21") == expected


def test_all_that_left_is_one_finding_of_the_unit(paid):
    one, two = freeze(paid), freeze(paid, order="执2号")
    gone = paid.refund("B2", "101", 1_000, of=paid.first, on_day="2012-02-01")
    passed = paid.transfer("B2", "101", "p9", "2012-03-01", held=929_000)
    assert paid.found("C21") == [("C21", f"{COUNTY} E1 B2 101", "9300.00", (one, two, gone, passed))]
    assert "执1号、执2号" in next(found for found in paid.findings() if found.rule == "C21").message


def test_what_an_order_leaves_may_go(paid):
    frozen = freeze(paid, amount_fen=900_000)
    paid.refund("B2", "101", 30_000, of=paid.first, on_day="2012-02-01")
    assert paid.found("C21") == []
    gone = paid.refund("B2", "101", 1, of=paid.first, on_day="2012-02-02")
    assert paid.found("C21") == [("C21", f"{COUNTY} E1 B2 101", "0.01", (frozen, gone))]


def test_orders_add_up(paid):
    freezes = (freeze(paid, amount_fen=900_000), freeze(paid, order="执2号", amount_fen=20_000))
    gone = paid.refund("B2", "101", 10_001, of=paid.first, on_day="2012-02-01")
    assert paid.found("C21") == [("C21", f"{COUNTY} E1 B2 101", "100.01", (*freezes, gone))]


def test_a_repair_or_a_split_of_a_frozen_unit_is_a_finding_and_a_reversed_refund_is_none(paid):
    frozen = freeze(paid)
    gone = paid.refund("B2", "101", 1_000, of=paid.first, on_day="2012-02-01")
    paid.reverse(gone, (0, "101", "refund", 1_000))
    assert paid.found("C21") == []
    paid.repair("P2", start="2012-03-01", buildings=("B2",), payments=(
        ("final", 5_000, "2012-05-01", {}),
    ))  # fmt: skip
    moved = split(paid, held=925_000)
    (found,) = paid.found("C21")
    assert (found[2], found[3][0], found[3][-1]) == ("9300.00", frozen, moved)


def lose(ledger, on_day="2012-06-01"):
    line = on.ObligationLine(
        unit="101", part="owner", principal_fen=930_000, interest_fen=0, payee="owner", payee_ref="p1"
    )
    return ledger.append(B2, on.BuildingDestroyed, on_day, destroyed_on=day(on_day), lines=(line,))


def pay(ledger, lost, amount_fen, on_day):
    line = on.ObligationPaymentLine(
        line=0, unit="101", part="owner", amount_fen=amount_fen, payee="owner", payee_ref="p1"
    )
    version = int(lost.rpartition("@")[2])
    return ledger.append(B2, on.ObligationPaid, on_day, obligation=version, lines=(line,))


def test_a_frozen_account_comes_to_be_owed_without_a_finding_and_is_one_when_it_is_paid(paid):
    frozen = freeze(paid, until="2012-12-31")
    lost = lose(paid)
    assert paid.found("C21") == []
    gone = pay(paid, lost, 1_000, "2012-07-01")
    pay(paid, lost, 2_000, "2013-01-01")
    assert paid.found("C21") == [("C21", f"{COUNTY} E1 B2 101", "10.00", (frozen, gone))]


def test_of_what_is_owed_may_go_what_an_order_leaves(paid):
    frozen = freeze(paid, amount_fen=900_000)
    lost = lose(paid)
    pay(paid, lost, 30_000, "2012-07-01")
    assert paid.found("C21") == []
    gone = pay(paid, lost, 1, "2012-07-02")
    assert paid.found("C21") == [("C21", f"{COUNTY} E1 B2 101", "0.01", (frozen, gone))]


# C22 房屋变更


def test_a_split_in_order_is_no_finding_at_all(paid):
    split(paid)
    assert paid.found() == []


def test_areas_that_differ_without_a_reason_are_a_finding(paid):
    event = split(paid, (4000, 6500))
    assert paid.found("C22") == [("C22", f"{COUNTY} E1 B2", "9300.00", (event,))]
    (found,) = paid.findings()
    assert "100.00，变更后 105.00 平方米" in found.message


def test_areas_that_differ_with_their_reason_are_none(paid):
    split(paid, (4000, 6500), note="实测")
    assert paid.found("C22") == []


def test_a_split_before_its_own_money_is_a_finding(paid):
    event = split(paid, on_day="2009-07-14")
    assert paid.found("C22") == [("C22", f"{COUNTY} E1 B2", "9300.00", (paid.first, event))]
    assert "2009-07-14 早于所转余额的分录（最后 2009-07-15）" in next(
        found.message for found in paid.findings() if found.rule == "C22"
    )


# I01, I44


def test_the_units_of_a_split_have_paid_what_the_old_one_paid(paid):
    split(paid)
    assert paid.found("I01") == []


def test_the_units_of_a_split_owe_what_the_old_one_never_paid(ledger):
    ledger.building("B2", {"101": 10000})
    event = split(ledger, held=0)
    assert ledger.found("I01") == [
        ("I01", f"{COUNTY} E1 B2 101A", "3720.00", (event,)),
        ("I01", f"{COUNTY} E1 B2 101B", "5580.00", (event,)),
    ]


def test_the_floor_moves_with_the_first_deposit(paid):
    split(paid)
    assert paid.found("I44") == []
    paid.areas["B2"] = {"101A": 4000, "101B": 6000}
    paid.repair("P2", start="2014-03-01", buildings=("B2",), payments=(("final", 660_000, "2014-06-20", {}),))
    assert [(unit, amount) for _, unit, amount, _ in paid.found("I44")] == [
        (f"{COUNTY} E1 B2 101A", "36.00"),
        (f"{COUNTY} E1 B2 101B", "54.00"),
    ]


# I32


@pytest.mark.parametrize(("amount_fen", "found"), [(372_000, []), (372_001, ["0.01"])])
def test_what_moved_to_an_account_may_be_given_back_once(paid, amount_fen, found):
    split(paid)
    paid.refund("B2", "101A", amount_fen, on_day="2013-01-01")
    assert [amount for _, _, amount, _ in paid.found("I32")] == found
