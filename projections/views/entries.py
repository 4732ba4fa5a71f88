"""The entries of unit accounts (分户账明细) of one building or one unit, each with the balance after it."""

from typing import Any, Final

from sqlalchemy import BigInteger, Select, cast, func, literal, select

from ledger.identity import PART_NAMES
from ledger.terms import ENTRY_NAMES
from projections.postings import postings
from projections.views.view import Asked, Column, Filter, View


def _entries(asked: Asked) -> Select[Any]:
    """In the order of a statement: value date, money in before money out, position, line."""
    entry = postings.c
    amount = entry.principal_fen + entry.interest_fen
    account = (entry.building, entry.unit, entry.part)
    sequence = (entry.value_date, amount < 0, entry.position, entry.line)
    balance = func.sum(amount).over(partition_by=account, order_by=sequence, rows=(None, 0))
    wanted = select(
        entry.county,
        entry.building,
        entry.unit,
        entry.part,
        func.row_number().over(partition_by=account, order_by=sequence).label("number"),
        entry.value_date,
        entry.kind,
        entry.reversal,
        entry.principal_fen.label("principal"),
        entry.interest_fen.label("interest"),
        amount.label("amount"),
        cast(balance, BigInteger).label("balance"),
        (literal("building/") + entry.building + literal("@") + cast(entry.version, _TEXT)).label("event"),
    ).where(*asked.counted(postings))
    if "building" in asked.filters:
        wanted = wanted.where(entry.building == asked.filters["building"])
    return wanted


_TEXT: Final = postings.c.building.type

ENTRIES: Final = View(
    name="entries",
    title="分户账明细",
    columns=(
        Column("county", "区县", "county"),
        Column("building", "楼幢编码", "text"),
        Column("unit", "户号", "text"),
        Column("part", "归属", "text", terms=PART_NAMES),
        Column("number", "序号", "count"),
        Column("value_date", "记账日", "date"),
        Column("kind", "摘要", "text", terms=ENTRY_NAMES),
        Column("reversal", "冲正", "flag"),
        Column("principal", "本金", "money", total=True),
        Column("interest", "利息", "money", total=True),
        Column("amount", "金额", "money", total=True),
        Column("balance", "余额", "money"),
        Column("event", "凭证", "text"),
    ),
    order=("building", "unit", "part", "number"),
    select=_entries,
    filters={
        "building": Filter("楼幢编码", "text", required=True),
        "unit": Filter("户号", "text"),
        "part": Filter("归属", "text", terms=PART_NAMES),
        "kind": Filter("摘要", "text", terms=ENTRY_NAMES),
        "from": Filter("起始日", "date", column="value_date", test=">="),
        "to": Filter("终止日", "date", column="value_date", test="<="),
    },
    note="逐笔分录和逐笔余额；余额按账户（户、归属）累计，不受筛选影响",
)
