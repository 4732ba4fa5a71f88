"""Rules of buildings that are gone (灭失) and of custody (划转)."""

from msgspec.structs import replace

from ledger.commands import (
    CustodyAmount,
    DestroyBuilding,
    HandOver,
    ObligationPart,
    PayObligation,
    ReturnCustody,
    ReverseEntry,
)
from ledger.identity import building_stream

from .books import OURS, UNITS, deposit, gains
from .case import Case, day, units
from .money import FREEZE, refund

B1 = building_stream("B1")
UNOWNED = units("B1", {"101": 8931})
KEPT = (UNITS, deposit(930_000, receipt_no="1"))
DESTROY = DestroyBuilding(
    building="B1", destroyed_on=day("2026-03-01"), reason="地震", document="楚建灭〔2026〕1号"
)
LOST = (*KEPT, DESTROY)
PAY = PayObligation(
    building="B1",
    obligation=f"{B1}@4",
    paid_on=day("2026-04-01"),
    lines=(ObligationPart(line=0, amount_fen=930_000),),
)
HAND_OVER = HandOver(
    buildings=("B1",), noticed_on=day("2026-03-01"), handed_on=day("2026-03-31"), assembly="业主大会"
)
OUT = (*KEPT, HAND_OVER)
AMOUNT = CustodyAmount(building="B1", unit="101", principal_fen=930_000)
RETURN = ReturnCustody(buildings=("B1",), returned_on=day("2026-06-01"), lines=(AMOUNT,))
LATE = deposit(10_000, on="2026-04-01", receipt_no="2")


def reverse(version):
    return ReverseEntry(stream=B1, version=version, reason="登记错误")


CASES = {
    "closed building-destroyed": Case(
        given=LOST, when=LATE, codes=("building-destroyed",), found="I46", said="未列应付"
    ),
    "closed custody-out": Case(
        given=OUT, when=LATE, codes=("custody-out",), found="I40", said="已划转，账上仍有"
    ),
    "leaving_whole entries-later: destruction": Case(
        given=(*KEPT, LATE), when=DESTROY, codes=("entries-later",), found="I46", said="未列应付"
    ),
    "leaving_whole entries-later: hand over": Case(
        given=(*KEPT, LATE), when=HAND_OVER, codes=("entries-later",), found="I40", said="已划转，账上仍有"
    ),
    "leaving_whole account-overdrawn": Case(
        given=(*KEPT, refund(930_001)),
        when=DESTROY,
        codes=("account-overdrawn",),
        silent="what made the account negative was found when it was recorded (I32, I43), not the loss",
    ),
    "leaving_whole gains-undistributed": Case(
        given=(*KEPT, gains(3_000, "2025-12-31")),
        when=DESTROY,
        codes=("gains-undistributed",),
        found="I11",
        said="灭失或划转时",
    ),
    "obligation_free unit-frozen": Case(
        given=(*LOST, FREEZE), when=PAY, codes=("unit-frozen",), found="C21", said="冻结"
    ),
    "custody_free unit-frozen": Case(
        given=(*KEPT, FREEZE), when=HAND_OVER, codes=("unit-frozen",), found="C21", said="冻结"
    ),
    "reversal_free unit-frozen": Case(
        given=(*KEPT, FREEZE),
        when=reverse(3),
        codes=("unit-frozen",),
        silent="the audit weighs entries that stand; what was reversed never stood, so nothing frozen left",
    ),
    "leaving_its_bank account-not-designated": Case(
        given=(*LOST, OURS),
        when=replace(PAY, account="6333"),
        codes=("account-not-designated",),
        found="I09",
        said="灭失返还从非专户账号付出：6333",
    ),
    "loss_on_paper document-missing": Case(
        given=KEPT,
        when=replace(DESTROY, document=None),
        codes=("document-missing",),
        found="I46",
        said="没有依据文件",
    ),
    "loss_on_paper confirmed-early": Case(
        given=KEPT,
        when=replace(DESTROY, confirmed_on=day("2026-02-28")),
        codes=("confirmed-early",),
        found="I46",
        said="早于灭失日期",
    ),
    "obligation_kept obligation-paid": Case(
        given=(*LOST, PAY), when=PAY, codes=("obligation-paid",), found="I46", said="付了 18600.00 元"
    ),
    "obligation_kept obligation-exceeds": Case(
        given=LOST,
        when=replace(PAY, lines=(ObligationPart(line=0, amount_fen=930_001),)),
        codes=("obligation-exceeds",),
        found="I46",
        said="付了 9300.01 元",
    ),
    "obligation_kept payment-early": Case(
        given=LOST,
        when=replace(PAY, paid_on=day("2026-02-28")),
        codes=("payment-early",),
        found="I46",
        said="早于应付发生日期",
    ),
    "obligation_kept payee-missing": Case(
        given=(UNOWNED, *KEPT[1:], DESTROY),
        when=PAY,
        codes=("payee-missing",),
        found="I46",
        said="没有收款人",
    ),
    "obligation_kept payee-differs": Case(
        given=LOST,
        when=replace(PAY, payee_ref="o9"),
        codes=("payee-differs",),
        found="I46",
        said="收款人不是灭失日",
    ),
    "custody_proved custody-balance": Case(
        given=KEPT,
        when=replace(HAND_OVER, lines=(replace(AMOUNT, principal_fen=929_999),)),
        codes=("custody-balance",),
        found="I40",
        said="账上仍有业主余额 0.01 元",
    ),
    "custody_proved estate-mixed": Case(
        given=(*KEPT, units("B2", {"201": 1}, estate="E2"), gains(1, "2026-11-01")),
        when=replace(HAND_OVER, buildings=("B1", "B2")),
        codes=("estate-mixed",),
        silent="each building has a transfer of its own, and papers may tell those of two estates at once",
    ),
    "custody_proved notice-missing": Case(
        given=KEPT,
        when=replace(HAND_OVER, noticed_on=None),
        codes=("notice-missing",),
        found="I40",
        said="没有通知日期",
    ),
    "custody_proved notice-late": Case(
        given=KEPT,
        when=replace(HAND_OVER, noticed_on=day("2026-04-01")),
        codes=("notice-late",),
        found="I40",
        said="早于通知",
    ),
    "custody_proved custody-late": Case(
        given=KEPT,
        when=replace(HAND_OVER, handed_on=day("2026-04-01")),
        codes=("custody-late",),
        found="I40",
        said="31 日才划转",
    ),
    "custody_comes_back custody-not-out": Case(
        given=KEPT, when=RETURN, codes=("custody-not-out",), found="I40", said="没有划转出去"
    ),
    "reversal_keeps_the_end building-destroyed": Case(
        given=LOST, when=reverse(3), codes=("building-destroyed",), found="I43"
    ),
    "reversal_keeps_the_end custody-out": Case(
        given=OUT, when=reverse(3), codes=("custody-out",), found="I43"
    ),
    "reversal_keeps_the_end custody-later": Case(
        given=(*OUT, RETURN),
        when=reverse(4),
        codes=("custody-later",),
        found="I40",
        said="没有划转出去",
    ),
}
