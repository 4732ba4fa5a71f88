"""Whatever the rules let through of a repair's money, the audit has nothing against."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands import (
    AcceptRepair,
    CloseRepair,
    CollectDeposit,
    PayRepair,
    Recording,
    ReturnRepairMoney,
    SettleRepair,
)
from ledger.errors import Refused
from ledger.events import DepositLine, Payee, RepairPaid

from .test_steps import LIVE, P1, STEPS, Desk

PROJECT = "repair/532301/P1"
CASHIER = Recording(actor="cashier")


def approved():
    """A project approved live over three units, two of which have little."""
    desk = Desk()
    for unit, amount in (("101", 900_000), ("102", 7_000), ("103", 1)):
        line = DepositLine(unit=unit, amount_fen=amount)
        deposit = CollectDeposit(building="B1", kind="first", value_date=date(2012, 1, 5), lines=(line,))
        desk.take(deposit)
    for name, step in STEPS.items():
        desk.take(step, recording=Recording(actor=LIVE.get(name, "officer")))
    return desk


def pay(amount_fen, on, stage="first", account="6222"):
    payee = Payee(kind="firm", name="某公司", account=account)
    return PayRepair(**P1, stage=stage, amount_fen=amount_fen, paid_on=on, payee=payee)


def test_from_the_proposal_to_the_close():
    desk = approved()
    desk.take(
        pay(140_000, date(2025, 4, 1)),
        AcceptRepair(**P1, accepted_on=date(2025, 5, 1)),
        SettleRepair(**P1, settled_on=date(2025, 5, 9), settled_fen=170_000),
        pay(30_000, date(2025, 5, 20), "final"),
        CloseRepair(**P1, closed_on=date(2025, 6, 1)),
        recording=CASHIER,
    )
    paid = [event for event in desk.log.events(PROJECT) if isinstance(event, RepairPaid)]
    assert [event.cost_fen for event in paid] == [140_000, 30_000]
    assert paid[0].amount_fen + sum(each.amount_fen for each in paid[0].self_raised) == 140_000
    assert desk.found() == []
    assert desk.problems() == []


TRIES = st.tuples(
    st.sampled_from(["pay"] * 4 + ["back", "back", "accept", "settle", "close"]),
    st.integers(0, 60),
    st.sampled_from(["cashier", "cashier", "officer"]),
    st.one_of(st.integers(1, 60_000), st.just(30_000), st.integers(1, 250_000)),
    st.sampled_from(["first", "progress", "final"]),
    st.sampled_from(["6222", "6222", "6333"]),
)


def attempt(desk, kind, days, amount, stage, account):
    on = date(2025, 3, 18) + timedelta(days)
    if kind == "pay":
        return pay(amount, on, stage, account)
    if kind == "accept":
        return AcceptRepair(**P1, accepted_on=on)
    if kind == "settle":
        spent = sum(event.cost_fen or event.amount_fen for event in events(desk, RepairPaid))
        return SettleRepair(**P1, settled_on=on, settled_fen=spent + amount // 50_000 * 1_000 or 1)
    if kind == "close":
        return CloseRepair(**P1, closed_on=on)
    versions = [
        version for version, event in enumerate(desk.log.events(PROJECT), 1) if isinstance(event, RepairPaid)
    ]
    payment = f"{PROJECT}@{versions[amount % len(versions)] if versions else 1}"
    return ReturnRepairMoney(**P1, payment=payment, amount_fen=amount, returned_on=on, reason="审减")


def events(desk, kind):
    return [event for event in desk.log.events(PROJECT) if isinstance(event, kind)]


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(tries=st.lists(TRIES, min_size=3, max_size=25))
def test_whatever_the_rules_let_through_the_audit_has_nothing_against(tries):
    desk = approved()
    for kind, days, actor, *facts in tries:
        try:
            desk.take(attempt(desk, kind, days, *facts), recording=Recording(actor=actor))
        except Refused:
            continue
    assert desk.found() == []
    assert desk.problems() == []
