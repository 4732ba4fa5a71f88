"""Rules of unit accounts: opening balances, refunds, owners, units that change or are frozen, exemptions."""

from msgspec.structs import replace

from ledger.commands import (
    ChangeOwner,
    ExemptUnit,
    FreezeUnit,
    MergeUnits,
    NewUnit,
    OpenBalance,
    Refund,
    RefundDeposit,
    ReverseEntry,
    SplitUnit,
)
from ledger.events import OpeningLine
from ledger.identity import building_stream

from .books import UNITS, deposit, gains
from .case import Case, day

B1 = building_stream("B1")
PAID = deposit(830_583, receipt_no="1")
KEPT = (UNITS, PAID)


def refund(amount=830_583, on="2012-01-10", receipt_no="1"):
    line = Refund(unit="101", amount_fen=amount, receipt_no=receipt_no)
    return RefundDeposit(building="B1", reason="overpaid", refunded_on=day(on), lines=(line,))


TRANSFER = ChangeOwner(building="B1", unit="101", transferred_on=day("2015-03-01"), owner_ref="o3")
FREEZE = FreezeUnit(
    building="B1", unit="101", frozen_on=day("2014-01-01"), court="楚雄市人民法院", order_no="（2014）1号"
)
SPLIT = SplitUnit(
    building="B1",
    unit="101",
    into=(NewUnit(unit="101A", area_dm2=4000), NewUnit(unit="101B", area_dm2=4931)),
    changed_on=day("2016-01-01"),
    document_no="云2016",
)
MERGE = MergeUnits(
    building="B1",
    units=("101", "102"),
    into=NewUnit(unit="101M", area_dm2=19178, owner_ref="o1"),
    changed_on=day("2016-01-01"),
    document_no="云2016",
)

CASES = {
    "opening_first opening-late": Case(
        given=KEPT,
        when=OpenBalance(
            building="B1",
            value_date=day("2011-12-31"),
            basis="移交清册",
            lines=(OpeningLine(unit="101", principal_fen=1),),
        ),
        codes=("opening-late",),
        found="I53",
        said="另有 1 笔明细",
    ),
    "exemption_ground exemption-ground": Case(
        given=(
            UNITS,
            deposit(952_971, "102", receipt_no="2"),
            gains(1),
            ExemptUnit(building="B1", unit="101", reason="sole-owner", decided_on=day("2011-01-01")),
        ),
        when=ExemptUnit(building="B1", unit="101", reason="熟人", decided_on=day("2011-06-01")),
        codes=("exemption-ground",),
        found="I01",
    ),
    "refund_covered deposit-unknown": Case(
        given=KEPT,
        when=refund(1, receipt_no="2"),
        codes=("deposit-unknown",),
        found="I33",
    ),
    "refund_covered refund-twice": Case(
        given=(*KEPT, deposit(952_971, receipt_no="2"), refund()),
        when=refund(1, "2012-01-11"),
        codes=("refund-twice",),
        found="I32",
        said="退款 2 次",
    ),
    "refund_covered refund-exceeds": Case(
        given=KEPT,
        when=refund(830_584),
        codes=("refund-exceeds",),
        found="I32",
    ),
    "refund_covered refund-early": Case(
        given=KEPT,
        when=refund(1, "2010-04-30"),
        codes=("refund-early",),
        found="I33",
        said="早于原交存",
    ),
    "refund_covered balance-short": Case(
        given=(*KEPT, refund(830_000, "2012-01-10", "3")),
        when=refund(1_000),
        codes=("balance-short",),
        found="I43",
    ),
    "refund_reversed_first refund-stands": Case(
        given=(*KEPT, refund()),
        when=ReverseEntry(stream=B1, version=3, reason="登记错误"),
        codes=("refund-stands",),
        found="I43",
    ),
    "owner_changes owner-same": Case(
        given=KEPT,
        when=replace(TRANSFER, owner_ref="o1"),
        codes=("owner-same",),
        found="I45",
        said="过户前后是同一人",
    ),
    "owner_changes transfer-early": Case(
        given=(*KEPT, TRANSFER),
        when=replace(TRANSFER, owner_ref="o4", transferred_on=day("2015-02-01")),
        codes=("transfer-early",),
        found="I45",
        said="不是日期最近一次过户的业主",
    ),
    "areas_agree area-differs": Case(
        given=KEPT,
        when=replace(SPLIT, into=(NewUnit(unit="101A", area_dm2=4000), NewUnit(unit="101B", area_dm2=4932))),
        codes=("area-differs",),
        found="C22",
        said="没有说明",
    ),
    "areas_agree area-differs: merger": Case(
        given=KEPT,
        when=replace(MERGE, into=replace(MERGE.into, area_dm2=19177)),
        codes=("area-differs",),
        found="C22",
        said="没有说明",
    ),
    "change_in_order change-early": Case(
        given=KEPT,
        when=replace(SPLIT, changed_on=day("2010-04-30")),
        codes=("change-early",),
        found="C22",
        said="早于所转余额的分录",
    ),
    "change_in_order change-early: merger": Case(
        given=KEPT,
        when=replace(MERGE, changed_on=day("2010-04-30")),
        codes=("change-early",),
        found="C22",
        said="早于所转余额的分录",
    ),
    "not_frozen unit-frozen: split": Case(
        given=(*KEPT, FREEZE), when=SPLIT, codes=("unit-frozen",), found="C21"
    ),
    "not_frozen unit-frozen: merger": Case(
        given=(*KEPT, FREEZE), when=MERGE, codes=("unit-frozen",), found="C21"
    ),
    "not_frozen unit-frozen: change of owner": Case(
        given=(*KEPT, FREEZE), when=TRANSFER, codes=("unit-frozen",), found="C21"
    ),
    "refund_free unit-frozen": Case(
        given=(*KEPT, FREEZE), when=refund(1, "2015-01-10"), codes=("unit-frozen",), found="C21"
    ),
}
