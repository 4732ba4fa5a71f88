"""Rules of the money of a repair (维修付款), from the first payment to the close."""

from msgspec.structs import replace

from ledger.commands import (
    AcceptRepair,
    CloseRepair,
    PayRepair,
    RecordRepair,
    RepairPayment,
    ReturnRepairMoney,
    SettleRepair,
)
from ledger.events import Payee, ProjectUnit

from .books import deposit
from .case import COUNTY, Case, day, units
from .steps import (
    APPROVE,
    APPROVED,
    AREAS,
    NOTICE,
    ONE_HAND,
    P1,
    PROPOSE,
    REVIEW,
    REVIEWED,
    SCENE,
    START,
    URGENT,
    VOTE,
)

MONEY = tuple(deposit(900_000, unit, receipt_no=unit) for unit in ("101", "102", "103"))
READY = (*APPROVED, *MONEY, START)
PAY = PayRepair(
    **P1,
    stage="first",
    amount_fen=100_000,
    paid_on=day("2025-04-01"),
    payee=Payee(kind="firm", name="某建筑公司", account="6222"),
)
FINAL = replace(PAY, stage="final", amount_fen=50_000, paid_on=day("2025-05-20"))
ACCEPT = AcceptRepair(**P1, accepted_on=day("2025-05-01"))
SETTLE = SettleRepair(**P1, settled_on=day("2025-05-10"), settled_fen=100_000)
CLOSE = CloseRepair(**P1, closed_on=day("2025-06-01"))
PAID = (*READY, PAY)
ACCEPTED = (*PAID, ACCEPT)
SETTLED = (*ACCEPTED, SETTLE)
CLOSED = (*SETTLED, CLOSE)
BACK = ReturnRepairMoney(
    **P1,
    payment=f"repair/{COUNTY}/P1@7",
    amount_fen=30_000,
    returned_on=day("2025-09-01"),
    reason="审减",
)
URGENTLY = (
    *SCENE,
    *MONEY,
    URGENT,
    replace(REVIEW, reviewed_on=day("2025-03-01")),
    replace(APPROVE, approved_on=day("2025-03-02")),
    replace(START, started_on=day("2025-03-02")),
)
UNSOLD = units("B2", {"201": 8931})
BOTH = replace(PROPOSE, buildings=("B1", "B2"))
STEPS_OF_BOTH = (BOTH, VOTE, NOTICE, REVIEW, APPROVE, START)

CASES = {
    "history_only history-only": Case(
        given=(*SCENE, *MONEY),
        when=RecordRepair(
            **P1,
            estate="E1",
            buildings=("B1",),
            object="屋面",
            content="屋面防水层翻修",
            emergency=True,
            budget_fen=200_000,
            applied_on=day("2025-03-15"),
            accepted_on=day("2025-04-01"),
            payments=(RepairPayment(stage="final", amount_fen=30_000, paid_on=day("2025-04-01")),),
        ),
        codes=("history-only",),
        silent="a finished repair, with what its papers tell of the steps, is what history records",
    ),
    "approved_first repair-not-approved": Case(
        given=(*REVIEWED, *MONEY), when=PAY, codes=("repair-not-approved",), found="I27", said="批准"
    ),
    "approved_first repair-not-approved: an emergency": Case(
        given=(*SCENE, *MONEY, URGENT), when=PAY, codes=("repair-not-approved",), found="I27", said="批准"
    ),
    "approved_first repair-not-approved: before it": Case(
        given=READY,
        when=replace(PAY, paid_on=day("2025-03-18")),
        codes=("repair-not-approved",),
        found="I26",
        said="首次付款（2025-03-18）早于批准",
    ),
    "approved_first payment-exceeds-approved": Case(
        given=ACCEPTED,
        when=replace(FINAL, amount_fen=80_001),
        codes=("payment-exceeds-approved",),
        found="I30",
        said="多付 0.01 元",
    ),
    "within_final_account payment-exceeds-settled": Case(
        given=SETTLED,
        when=replace(FINAL, amount_fen=1),
        codes=("payment-exceeds-settled",),
        found="I30",
        said="决算金额 1000.00 元，多付 0.01 元",
    ),
    "within_final_account settled-below-paid": Case(
        given=ACCEPTED,
        when=replace(SETTLE, settled_fen=99_999),
        codes=("settled-below-paid",),
        found="I30",
        said="多付 0.01 元",
    ),
    "paid_by_stage final-before-acceptance": Case(
        given=READY,
        when=replace(PAY, stage="final"),
        codes=("final-before-acceptance",),
        found="I48",
        said="支付尾款",
    ),
    "paid_by_stage stage-cap": Case(
        given=READY,
        when=replace(PAY, amount_fen=144_001),
        codes=("stage-cap",),
        found="I48",
        said="超过批准金额的规定比例 0.01 元",
    ),
    "paid_to_firm payee-not-firm": Case(
        given=READY,
        when=replace(PAY, payee=Payee(kind="person", party_ref="p1", account_ref="a1")),
        codes=("payee-not-firm",),
        found="I47",
        said="付给自然人",
    ),
    "paid_to_firm payee-not-firm: nobody": Case(
        given=READY,
        when=replace(PAY, payee=None),
        codes=("payee-not-firm",),
        found="I47",
        said="没有写明维修单位",
    ),
    "paid_to_firm payee-account-changed": Case(
        given=ACCEPTED,
        when=replace(FINAL, payee=Payee(kind="firm", name="某建筑公司", account="6333")),
        codes=("payee-account-changed",),
        found="I47",
        said="收款账户先后为",
    ),
    "unsold_borne unsold-charged": Case(
        given=(*SCENE, UNSOLD, *MONEY, *STEPS_OF_BOTH),
        when=PAY,
        codes=("unsold-charged",),
        found="I41",
        said="（B2 201）",
    ),
    "unsold_borne unsold-charged: left out for that reason": Case(
        given=(
            *SCENE,
            UNSOLD,
            *MONEY,
            replace(STEPS_OF_BOTH[0], units=tuple(ProjectUnit(building="B1", unit=unit) for unit in AREAS)),
            *STEPS_OF_BOTH[1:],
        ),
        when=PAY,
        codes=("unsold-charged",),
        found="I41",
        said="（B2 201）",
    ),
    "payer_apart payer-not-separate": Case(
        given=READY, when=PAY, actor="clerk", codes=("payer-not-separate",), silent=ONE_HAND
    ),
    "accepted_after_works works-not-begun": Case(
        given=(*APPROVED, *MONEY),
        when=ACCEPT,
        codes=("works-not-begun",),
        found="I27",
        said="开工",
    ),
    "accepted_after_works acceptance-early": Case(
        given=PAID,
        when=replace(ACCEPT, accepted_on=day("2025-03-24")),
        codes=("acceptance-early",),
        found="I26",
        said="早于开工",
    ),
    "accepted_after_works acceptance-early: first payment": Case(
        given=(*APPROVED, *MONEY, PAY),
        when=replace(ACCEPT, accepted_on=day("2025-03-31")),
        codes=("acceptance-early",),
        found="I27",
        said="开工",
    ),
    "settled_after_acceptance not-accepted": Case(
        given=PAID,
        when=SETTLE,
        codes=("not-accepted",),
        found="I27",
        said="验收",
    ),
    "settled_after_acceptance settlement-early": Case(
        given=ACCEPTED,
        when=replace(SETTLE, settled_on=day("2025-04-30")),
        codes=("settlement-early",),
        found="I26",
        said="决算（2025-04-30）早于验收",
    ),
    "closed_when_done not-accepted": Case(
        given=(*PAID, SETTLE), when=CLOSE, codes=("not-accepted",), found="I30", said="没有验收"
    ),
    "closed_when_done not-settled": Case(
        given=ACCEPTED, when=CLOSE, codes=("not-settled",), found="I30", said="没有决算"
    ),
    "closed_when_done not-paid-up": Case(
        given=(*ACCEPTED, replace(SETTLE, settled_fen=100_001)),
        when=CLOSE,
        codes=("not-paid-up",),
        found="I30",
        said="付款与决算相差 0.01 元",
    ),
    "closed_when_done notice-missing": Case(
        given=(*URGENTLY, PAY, ACCEPT, SETTLE),
        when=CLOSE,
        codes=("notice-missing",),
        found="I28",
        said="没有事后公示",
    ),
    "closed_when_done close-early": Case(
        given=SETTLED,
        when=replace(CLOSE, closed_on=day("2025-05-09")),
        codes=("close-early",),
        found="I26",
        said="办结（2025-05-09）早于决算",
    ),
    "closed_when_done close-early: last payment": Case(
        given=(*ACCEPTED, replace(SETTLE, settled_fen=150_000), FINAL),
        when=replace(CLOSE, closed_on=day("2025-05-19")),
        codes=("close-early",),
        found="I48",
        said="办结后又付款",
    ),
    "nothing_after_close repair-closed: payment": Case(
        given=CLOSED,
        when=replace(FINAL, amount_fen=1, paid_on=day("2025-06-02")),
        codes=("repair-closed", "payment-exceeds-settled"),
        found="I48",
        said="办结后又付款",
    ),
    "nothing_after_close repair-closed: works": Case(
        given=(*APPROVED, *MONEY, PAY, ACCEPT, SETTLE, CLOSE),
        when=replace(START, started_on=day("2025-06-02")),
        codes=("repair-closed",),
        found="I26",
        said="早于开工",
    ),
    "nothing_after_close repair-closed: notice": Case(
        given=(*URGENTLY, PAY, ACCEPT, SETTLE, CLOSE),
        when=NOTICE,
        codes=("repair-closed",),
        silent="papers may come in after the close; a notice before it puts the project in order",
    ),
    "returned_within_payment return-exceeds-payment": Case(
        given=PAID,
        when=replace(BACK, amount_fen=100_001),
        codes=("return-exceeds-payment",),
        found="I32",
    ),
    "returned_within_payment return-early": Case(
        given=PAID,
        when=replace(BACK, returned_on=day("2025-03-31")),
        codes=("return-early",),
        found="I26",
        said="退回（2025-03-31）早于付款",
    ),
}
