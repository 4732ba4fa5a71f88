"""I40, I46, and what a loss or a transfer means for I44: money that left, late, short or to somebody else."""

from datetime import date

import pytest

from ledger import events as on
from ledger.identity import building_stream

C = "532301"
B2 = building_stream("B2")


def found(ledger):
    """What the audit says, but for the county that used too little of its fund (I49)."""
    return [each for each in ledger.found() if each[0] != "I49"]


def destroy(ledger, *lines, on_day="2016-01-10", building="B2", lost="2016-01-05"):
    made = tuple(
        on.ObligationLine(unit=unit, part=part, principal_fen=amount, payee=payee, payee_ref=ref)
        for unit, part, amount, payee, ref in lines
    )
    return ledger.append(
        building_stream(building),
        on.BuildingDestroyed,
        on_day,
        destroyed_on=date.fromisoformat(lost),
        document="灭失证明",
        lines=made,
    )


def pay(ledger, obligation, amount, payee="o1", on_day="2016-02-01", reason=None):
    line = on.ObligationPaymentLine(line=0, unit="101", amount_fen=amount, payee="owner", payee_ref=payee)
    return ledger.append(
        B2,
        on.ObligationPaid,
        on_day,
        obligation=int(obligation.rpartition("@")[2]),
        reason=reason,
        lines=(line,),
    )


def hand_over(ledger, amount, on_day="2016-02-01", noticed="2016-01-02", building="B2", unit="101"):
    lines = (on.CustodyLine(unit=unit, principal_fen=amount),) if amount else ()
    return ledger.append(
        building_stream(building),
        on.CustodyTransferredOut,
        on_day,
        noticed_on=date.fromisoformat(noticed),
        assembly="业主大会",
        lines=lines,
    )


def back(ledger, event, kind, *amounts, obligation=False):
    stream, _, version = event.rpartition("@")
    lines = tuple(
        on.ReversalLine(line=index, unit="101", kind=kind, principal_fen=amount)
        for index, amount in enumerate(amounts)
    )
    return ledger.append(
        stream,
        on.EntryReversed,
        "2016-01-10",
        version=int(version),
        reason="登记错误",
        obligation=obligation,
        lines=lines,
    )


@pytest.fixture
def kept(empty):
    """B2 101 of o1 with 9,300.00, of estate E1."""
    stream = building_stream("B2")
    empty.building("B2", {"101": 10000})
    empty.append(
        stream, on.OwnerChanged, "2010-01-01", unit="101", owner_ref="o1", principal_fen=0, interest_fen=0
    )
    empty.deposit("B2")
    return empty


# I46 灭失返还

OWED = ("101", "owner", 930_000, "owner", "o1")


def test_a_loss_that_is_paid_is_in_order(kept):
    event = destroy(kept, OWED)
    pay(kept, event, 930_000)
    assert found(kept) == []


def test_money_left_in_a_destroyed_building(kept):
    event = destroy(kept, ("101", "owner", 930_000 - 100, "owner", "o1"))
    pay(kept, event, 929_900)
    assert found(kept) == [("I46", f"{C} E1 B2", "1.00", (event,))]


def test_what_is_owed_for_more_than_six_months(kept):
    event = destroy(kept, OWED)
    first = pay(kept, event, 30_000)
    kept.gain(1, "2016-07-10")
    assert found(kept) == []
    kept.gain(1, "2016-07-11")
    assert found(kept) == [("I46", f"{C} E1 B2 101", "9000.00", (event, first))]
    pay(kept, event, 900_000)
    assert found(kept) == []


def test_more_than_is_owed(kept):
    event = destroy(kept, OWED)
    once, again = pay(kept, event, 930_000), pay(kept, event, 1)
    assert found(kept) == [("I46", f"{C} E1 B2 101", "0.01", (event, once, again))]


def test_paid_to_somebody_else(kept):
    event = destroy(kept, OWED)
    wrong = pay(kept, event, 930_000, payee="o2")
    assert found(kept) == [("I46", f"{C} E1 B2 101", "9300.00", (wrong,))]


def test_paid_to_an_heir_for_a_reason(kept):
    pay(kept, destroy(kept, OWED), 930_000, payee="o2", reason="继承公证")
    assert found(kept) == []


def test_the_owner_is_that_of_the_day_of_the_loss(kept):
    """A change of owner that is dated before the loss and came late: the money went to the former owner."""
    event = destroy(kept, OWED)
    paid = pay(kept, event, 930_000)
    kept.append(
        B2, on.OwnerChanged, "2015-12-31", unit="101", owner_ref="o9", principal_fen=930_000, interest_fen=0
    )
    assert kept.found("I46") == [("I46", f"{C} E1 B2 101", "9300.00", (paid,))]


def test_a_payment_that_was_reversed_is_none(kept):
    event = destroy(kept, OWED)
    wrong = pay(kept, event, 930_000, payee="o2")
    kept.append(
        B2,
        on.ObligationPaymentReversed,
        "2016-02-01",
        version=int(wrong.rpartition("@")[2]),
        obligation=int(event.rpartition("@")[2]),
        reason="付错人",
        lines=(on.ObligationReversalLine(line=0, owed=0, unit="101", amount_fen=-930_000),),
    )
    pay(kept, event, 930_000)
    assert found(kept) == []


def test_a_loss_that_was_reversed_is_none(kept):
    event = destroy(kept, ("101", "owner", 1, "owner", "o1"))
    back(kept, event, "refund", 1, obligation=True)
    kept.gain(1, "2018-01-01")
    assert kept.found("I46") == []


# I40 划转


def test_a_transfer_on_the_thirtieth_day_is_in_order(kept):
    hand_over(kept, 930_000)
    assert found(kept) == []


def test_a_transfer_on_the_thirty_first_day_is_late(kept):
    event = hand_over(kept, 930_000, noticed="2016-01-01")
    assert found(kept) == [("I40", f"{C} E1 B2", "9300.00", (event,))]


def test_what_was_not_passed_is_short_until_it_is(kept):
    event = hand_over(kept, 929_900)
    assert found(kept) == [("I40", f"{C} E1 B2", "1.00", (event,))]
    hand_over(kept, 100)
    assert found(kept) == []


def test_a_building_of_the_estate_that_was_left_out(kept):
    kept.building("B3", {"1": 10000})
    kept.deposit("B3")
    event = hand_over(kept, 930_000)
    assert found(kept) == [("I40", f"{C} E1 B3", "9300.00", (event,))]


def test_another_estate_is_none_of_it(kept):
    kept.building("B3", {"1": 10000}, estate="E2")
    kept.deposit("B3")
    hand_over(kept, 930_000)
    assert found(kept) == []


def test_money_that_came_back_or_never_went_is_with_us(kept):
    event = hand_over(kept, 930_000, noticed="2016-01-01")
    back(kept, event, "custody", 930_000)
    assert found(kept) == []
    hand_over(kept, 930_000)
    kept.append(
        B2, on.CustodyTransferredIn, "2017-01-01", lines=(on.CustodyLine(unit="101", principal_fen=800_000),)
    )
    assert found(kept) == []


# I44 续交


def test_accounts_that_left_whole_are_not_asked_for_more(kept):
    kept.building("B3", {"101": 10000})
    kept.deposit("B3")
    hand_over(kept, 930_000)
    hand_over(kept, 930_000, building="B3")
    kept.gain(1, "2018-01-01")
    assert kept.found("I44") == []
    line = on.CustodyLine(unit="101", principal_fen=1)
    kept.append(building_stream("B3"), on.CustodyTransferredIn, "2016-03-01", lines=(line,))
    assert [(rule, subject) for rule, subject, *_ in kept.found("I44")] == [("I44", f"{C} E1 B3 101")]


# Reversed payments


def test_a_reversed_payment_counts_nowhere(ledger):
    """A final payment before the acceptance is no finding once it is reversed, whatever was drawn for it."""
    *_, paid, _, _ = ledger.repair("P2", payments=(("final", 50_000, "2015-04-03", {}),), settled=50_000)
    assert [rule for rule, *_ in ledger.found("I48")] == ["I48"]
    stream, _, version = paid.rpartition("@")
    ledger.append(
        stream, on.PaymentReversed, "2015-04-03", version=int(version), reason="付错", amount_fen=-50_000
    )
    assert ledger.found("I48") == []
