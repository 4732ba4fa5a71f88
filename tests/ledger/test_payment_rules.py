"""What live payments of a repair must keep, each also recorded as history."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from ledger.commands import AcceptRepair, CloseRepair, PayRepair, Recording, ReturnRepairMoney, SettleRepair
from ledger.errors import Refused
from ledger.events import Payee, RepairApproved, RepairProposed, RepairStarted
from ledger.log import Change

PROJECT = "repair/532301/P1"
FIRM = Payee(kind="firm", name="楚雄某建筑公司", account="6222")
CASHIER = Recording(actor="cashier")
PAY = PayRepair(
    county="532301",
    project="P1",
    stage="first",
    amount_fen=100_000,
    paid_on=date(2026, 4, 1),
    payee=FIRM,
)
ACCEPT = AcceptRepair(county="532301", project="P1", accepted_on=date(2026, 5, 1))
SETTLE = SettleRepair(county="532301", project="P1", settled_on=date(2026, 5, 10), settled_fen=100_000)
CLOSE = CloseRepair(county="532301", project="P1", closed_on=date(2026, 6, 1))
BACK = ReturnRepairMoney(
    county="532301",
    project="P1",
    payment=f"{PROJECT}@3",
    amount_fen=30_000,
    returned_on=date(2026, 9, 1),
    reason="审减",
)


def said(actor, day):
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return {"actor": actor, "recorded_at": moment, "value_date": day, "origin": "live", "policy": "p1"}


def proposed(emergency=False):
    return RepairProposed(
        **said("clerk", date(2026, 1, 5)),
        project="P1",
        county="532301",
        estate="E1",
        buildings=("B1",),
        object="屋面",
        content="屋面防水翻修",
        emergency=emergency,
        budget_fen=200_000,
    )


def approved(amount_fen=200_000):
    return RepairApproved(**said("head", date(2026, 3, 1)), amount_fen=amount_fen)


@pytest.fixture
def case(office):
    """A project of one building with money, brought to some state by earlier facts and commands."""
    office.register("B1", {"101": 8931, "102": 10247})
    for unit in ("101", "102"):
        office.execute(office.deposit("B1", unit, 900_000, date(2011, 1, 1)))

    def brought(*steps):
        for step in steps:
            if isinstance(step, PayRepair | AcceptRepair | SettleRepair | CloseRepair | ReturnRepairMoney):
                office.execute(step, recording=CASHIER)
            else:
                office.log.append([Change(PROJECT, len(office.events(PROJECT)), (step,))])
        return office

    return brought


CASES = {
    "not approved": ((proposed(),), PAY, ["repair-not-approved"]),
    "approved without an amount": ((proposed(), approved(None)), PAY, ["repair-not-approved"]),
    "an emergency is approved too": ((proposed(emergency=True),), PAY, ["repair-not-approved"]),
    "before the approval": (
        (proposed(), approved()),
        replace(PAY, paid_on=date(2026, 2, 28)),
        ["repair-not-approved"],
    ),
    "more than approved": (
        (proposed(), approved(), PAY, ACCEPT),
        replace(PAY, amount_fen=100_001, paid_on=date(2026, 5, 2)),
        ["payment-exceeds-approved"],
    ),
    "more than the cap before acceptance": (
        (proposed(), approved(), PAY),
        replace(PAY, amount_fen=60_001),
        ["stage-cap"],
    ),
    "the acceptance is later than the payment": (
        (proposed(), approved(), PAY, ACCEPT),
        replace(PAY, amount_fen=60_001, paid_on=date(2026, 4, 30)),
        ["stage-cap"],
    ),
    "final before acceptance": (
        (proposed(), approved()),
        replace(PAY, stage="final"),
        ["final-before-acceptance"],
    ),
    "more than the final account": (
        (proposed(), approved(), PAY, ACCEPT, SETTLE),
        replace(PAY, amount_fen=1, paid_on=date(2026, 5, 20)),
        ["payment-exceeds-settled"],
    ),
    "nobody is paid": ((proposed(), approved()), replace(PAY, payee=None), ["payee-not-firm"]),
    "a person is paid": (
        (proposed(), approved()),
        replace(PAY, payee=Payee(kind="person", party_ref="p1", account_ref="a1")),
        ["payee-not-firm"],
    ),
    "a firm without account": (
        (proposed(), approved()),
        replace(PAY, payee=Payee(kind="firm", name="某公司")),
        ["payee-not-firm"],
    ),
    "another account of the firm": (
        (proposed(), approved(), PAY),
        replace(PAY, amount_fen=1, payee=replace(FIRM, account="6333")),
        ["payee-account-changed"],
    ),
    "accepted before anything began": ((proposed(), approved()), ACCEPT, ["works-not-begun"]),
    "accepted before the start": (
        (proposed(), approved(), RepairStarted(**said("clerk", date(2026, 5, 2)))),
        ACCEPT,
        ["acceptance-early"],
    ),
    "accepted before the first payment": (
        (proposed(), approved(), PAY),
        replace(ACCEPT, accepted_on=date(2026, 3, 31)),
        ["acceptance-early"],
    ),
    "settled without acceptance": ((proposed(), approved(), PAY), SETTLE, ["not-accepted"]),
    "settled before acceptance": (
        (proposed(), approved(), PAY, ACCEPT),
        replace(SETTLE, settled_on=date(2026, 4, 30)),
        ["settlement-early"],
    ),
    "settled below what was paid": (
        (proposed(), approved(), PAY, ACCEPT),
        replace(SETTLE, settled_fen=99_999),
        ["settled-below-paid"],
    ),
    "closed with nothing done": ((proposed(), approved(), PAY), CLOSE, ["not-accepted", "not-settled"]),
    "closed before all is paid": (
        (proposed(), approved(), PAY, ACCEPT, replace(SETTLE, settled_fen=120_000)),
        CLOSE,
        ["not-paid-up"],
    ),
    "closed before the last step": (
        (proposed(), approved(), PAY, ACCEPT, SETTLE),
        replace(CLOSE, closed_on=date(2026, 5, 9)),
        ["close-early"],
    ),
    "an emergency without its notice": (
        (proposed(emergency=True), approved(), PAY, ACCEPT, SETTLE),
        CLOSE,
        ["notice-missing"],
    ),
    "paid after the close": (
        (proposed(), approved(), PAY, ACCEPT, SETTLE, CLOSE),
        replace(PAY, amount_fen=1, paid_on=date(2026, 6, 2)),
        ["repair-closed", "payment-exceeds-settled"],
    ),
    "more comes back than was paid": (
        (proposed(), approved(), PAY, replace(BACK, amount_fen=90_000)),
        replace(BACK, amount_fen=10_001),
        ["return-exceeds-payment"],
    ),
    "comes back before it was paid": (
        (proposed(), approved(), PAY),
        replace(BACK, returned_on=date(2026, 3, 31)),
        ["return-early"],
    ),
}


@pytest.mark.parametrize(("before", "command", "codes"), CASES.values(), ids=CASES)
def test_a_live_command_is_refused_and_leaves_one_trace(case, before, command, codes):
    office = case(*before)
    log = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(command, recording=CASHIER)
    assert [found.code for found in caught.value.refusals] == codes
    assert all(found.basis for found in caught.value.refusals)
    trace = [row for row in office.everything() if row not in log]
    assert len(office.everything()) == len(log) + 1
    assert [row[0].split("/")[0] for row in trace] == ["refusal"]


@pytest.mark.parametrize(("before", "command", "codes"), CASES.values(), ids=CASES)
def test_the_same_is_recorded_as_history(case, before, command, codes, history):
    office = case(*before)
    known = len(office.events(PROJECT))
    office.execute(command, recording=history)
    assert len(office.events(PROJECT)) == known + 1


@pytest.mark.parametrize(("actor", "named"), [("clerk", "申请"), ("head", "批准")])
def test_who_pays_has_neither_proposed_nor_approved(case, actor, named):
    office = case(proposed(), approved())
    with pytest.raises(Refused) as caught:
        office.execute(PAY, recording=Recording(actor=actor))
    (refusal,) = caught.value.refusals
    assert refusal.code == "payer-not-separate"
    assert named in refusal.message


def test_what_came_back_may_be_paid_again(case):
    again = replace(PAY, amount_fen=90_000, paid_on=date(2026, 9, 2))
    office = case(proposed(), approved(), PAY, replace(BACK, amount_fen=30_000))
    with pytest.raises(Refused):
        office.execute(replace(again, amount_fen=90_001), recording=CASHIER)
    office.execute(again, recording=CASHIER)


def test_money_may_still_come_back_after_the_close(case):
    office = case(proposed(), approved(), PAY, ACCEPT, SETTLE, CLOSE)
    office.execute(BACK, recording=CASHIER)
    assert office.events(PROJECT)[-1].TOPIC == "repair-money-returned"
