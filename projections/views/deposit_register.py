"""The registers of deposits (交存登记簿) and of refunds (退款登记簿): every line and every reversal."""

from typing import Any, Final

from sqlalchemy import Select, and_, func, select

from ledger.identity import FUND_NAMES, PART_NAMES
from ledger.terms import DEPOSIT_NAMES, REFUND_NAMES
from projections.buildings import buildings
from projections.deposits import deposits
from projections.postings import postings
from projections.views.view import Asked, Column, Filter, View

BOOKED: Final = {"refund": "冲减交存收入", "refund-earlier": "返还支出", "refund-untraced": "原交存不明"}
"""How a refund is booked by its posting rule: against this year's deposits (4001), or as expense (5101)."""


def _lines(asked: Asked, kind: str) -> Select[Any]:
    """What both registers show: a line of a deposit is a posting with its papers."""
    line, entry, place = deposits.c, postings.c, buildings.c
    joined = deposits.join(
        postings, and_(entry.position == line.position, entry.line == line.line)
    ).outerjoin(buildings, place.building == line.building)
    return (
        select(
            line.value_date,
            line.county,
            place.estate,
            place.estate_name,
            line.building,
            line.unit,
            line.part,
            entry.fund,
            line.kind,
            line.receipt_no,
            line.bank_ref,
            line.account,
            line.party_ref.label("person"),
            entry.reversal,
            func.concat("building/", line.building, "@", entry.version).label("event"),
            (line.line + 1).label("line"),
        )
        .select_from(joined)
        .where(*asked.counted(deposits), entry.kind == kind)
    )


def _deposits(asked: Asked) -> Select[Any]:
    return _lines(asked, "deposit").add_columns(deposits.c.amount_fen.label("amount"))


def _refunds(asked: Asked) -> Select[Any]:
    """Money given back is shown as positive, what of it is taken back as negative."""
    line, entry = deposits.c, postings.c
    return _lines(asked, "refund").add_columns(
        line.reason,
        line.deposited_on,
        entry.entry.label("booked"),
        (-entry.principal_fen).label("principal"),
        (-entry.interest_fen).label("interest"),
        (-entry.principal_fen - entry.interest_fen).label("amount"),
    )


_PLACE: Final = (
    Column("county", "区县", "county"),
    Column("estate", "小区编码", "text"),
    Column("estate_name", "小区名称", "text"),
    Column("building", "楼幢编码", "text"),
    Column("unit", "户号", "text"),
    Column("part", "资金归属", "text", terms=PART_NAMES),
    Column("fund", "资金类型", "text", terms=FUND_NAMES),
)
_EVENT: Final = (
    Column("reversal", "冲正", "flag"),
    Column("event", "凭证", "text"),
    Column("line", "行", "count"),
)
_ORDER: Final = ("value_date", "building", "unit", "part", "event", "line")
_FILTERS: Final = {
    "estate": Filter("小区编码", "text"),
    "building": Filter("楼幢编码", "text"),
    "unit": Filter("户号", "text"),
    "part": Filter("资金归属", "text", terms=PART_NAMES),
    "fund": Filter("资金类型", "text", terms=FUND_NAMES),
    "kind": Filter("交存类型", "text", terms=DEPOSIT_NAMES),
    "receipt_no": Filter("票据号", "text"),
    "from": Filter("起始日", "date", column="value_date", test=">="),
    "to": Filter("终止日", "date", column="value_date", test="<="),
}

DEPOSITS: Final = View(
    name="deposits",
    title="交存登记簿",
    columns=(
        Column("value_date", "入账日期", "date"),
        *_PLACE,
        Column("kind", "交存类型", "text", terms=DEPOSIT_NAMES),
        Column("amount", "交存金额", "money", total=True),
        Column("receipt_no", "票据号", "text"),
        Column("bank_ref", "银行流水号", "text"),
        Column("account", "收款账号", "text"),
        Column("person", "交款人", "person"),
        *_EVENT,
    ),
    order=_ORDER,
    select=_deposits,
    filters={**_FILTERS, "account": Filter("收款账号", "text")},
    note="逐笔交存；冲正为红字（负数），票据号、流水号随原笔",
)

REFUNDS: Final = View(
    name="refunds",
    title="退款登记簿",
    columns=(
        Column("value_date", "退款日期", "date"),
        *_PLACE,
        Column("reason", "退款原因", "text", terms=REFUND_NAMES),
        Column("principal", "退本金", "money", total=True),
        Column("interest", "退利息", "money", total=True),
        Column("amount", "退款金额", "money", total=True),
        Column("kind", "原交存类型", "text", terms=DEPOSIT_NAMES),
        Column("deposited_on", "原交存日期", "date"),
        Column("booked", "核算", "text", terms=BOOKED),
        Column("receipt_no", "原票据号", "text"),
        Column("bank_ref", "银行流水号", "text"),
        Column("person", "收款人", "person"),
        *_EVENT,
    ),
    order=_ORDER,
    select=_refunds,
    filters={
        **_FILTERS,
        "reason": Filter("退款原因", "text", terms=REFUND_NAMES),
        "booked": Filter("核算", "text", terms=BOOKED),
    },
    note="逐笔退款；冲正为负数。房屋灭失应付的返还不在此列，见灭失返还名册",
)
