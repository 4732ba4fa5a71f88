"""Owners' yearly statements (业主年度对账单): opening, what came, what went, and closing of every account."""

from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select

from ledger.errors import InputError
from ledger.identity import FUND_NAMES, PART_NAMES
from projections.lot_entries import lot_entries
from projections.postings import postings
from projections.views.flows import fen
from projections.views.units import ACCOUNT, same, unit_accounts
from projections.views.view import Asked, Column, Filter, View


def year_of(year: int) -> tuple[date, date]:
    """The first and the last day; raises InputError ``filter-invalid``."""
    if not 1949 < year < 10_000:
        raise InputError("filter-invalid", f"年度：{year} 不是年份")
    return date(year, 1, 1), date(year, 12, 31)


def _statements(asked: Asked) -> Select[Any]:
    """Every account that was open in the year, as it stood at its end or on an earlier day asked."""
    first, last = year_of(asked.filters["year"])
    upto = asked._replace(as_of=last if asked.as_of is None else min(asked.as_of, last))
    account = unit_accounts(upto).subquery("account")
    money, placed = _money(upto, first), _placed(upto)
    own, flow = account.c, money.c
    return (
        select(
            *(own[name] for name in ("county", "estate", "estate_name", "building", "name", "unit", "part")),
            own.fund,
            own.area,
            own.owner,
            *(fen(flow[name], name) for name in _FLOWS),
            fen(placed.c.placed, "placed"),
        )
        .select_from(account)
        .outerjoin(money, same(own, flow, ACCOUNT))
        .outerjoin(placed, and_(placed.c.county == own.county, placed.c.fund == own.fund))
        .where(or_(own.closed_on.is_(None), own.closed_on >= first, flow.closing != 0))
    )


def _money(asked: Asked, first: date) -> Subquery:
    entry = postings.c
    whole = entry.principal_fen + entry.interest_fen
    before, within = entry.value_date < first, entry.value_date >= first

    def of(amount: Any, *kinds: str) -> ColumnElement[Any]:
        return func.sum(amount).filter(within, entry.kind.in_(kinds))

    key = [entry[name] for name in ACCOUNT]
    return (
        select(
            *key,
            fen(func.sum(whole).filter(before), "opening"),
            fen(of(whole, "deposit", "opening"), "deposits"),
            fen(of(whole, "interest"), "credited"),
            fen(of(whole, "income"), "income"),
            fen(-of(whole, "withdrawal", "return"), "repaired"),
            fen(-of(whole, "refund", "custody"), "refunded"),
            fen(of(whole, "moved"), "moved"),
            fen(func.sum(whole), "closing"),
        )
        .where(*asked.counted(postings))
        .group_by(*key)
        .subquery("money")
    )


def _placed(asked: Asked) -> Subquery:
    """What each book had in deposits that had not matured (未到期定期存款): their interest is to come."""
    lot = lot_entries.c
    by_lot = (
        select(lot.county, lot.fund, lot.lot, func.sum(lot.amount_fen).label("out"))
        .where(lot.lot_kind.in_(("time", "notice", "agreement")), *asked.counted(lot_entries))
        .group_by(lot.county, lot.fund, lot.lot)
        .subquery("by_lot")
    )
    book = (by_lot.c.county, by_lot.c.fund)
    return select(*book, fen(func.sum(by_lot.c.out), "placed")).group_by(*book).subquery("placed")


_FLOWS: Final = ("opening", "deposits", "credited", "income", "repaired", "refunded", "moved", "closing")

OWNER_STATEMENTS: Final = View(
    name="owner-statements",
    title="业主年度对账单",
    columns=(
        Column("county", "区县", "county"),
        Column("estate", "小区编码", "text"),
        Column("estate_name", "小区名称", "text"),
        Column("building", "楼幢编码", "text"),
        Column("name", "幢号", "text"),
        Column("unit", "户号", "text"),
        Column("part", "归属", "text", terms=PART_NAMES),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("area", "建筑面积", "area"),
        Column("owner", "业主", "person"),
        Column("opening", "年初余额", "money", total=True),
        Column("deposits", "交存", "money", total=True),
        Column("credited", "增值", "money", total=True),
        Column("income", "其他收入", "money", total=True),
        Column("repaired", "维修支出", "money", total=True),
        Column("refunded", "其他支出", "money", total=True),
        Column("moved", "转户", "money", total=True),
        Column("closing", "年末余额", "money", total=True),
        Column("placed", "账套未到期定期存款", "money"),
    ),
    order=("building", "unit", "part"),
    select=_statements,
    filters={
        "year": Filter("年度", "count", required=True),
        "estate": Filter("小区编码", "text"),
        "building": Filter("楼幢编码", "text"),
        "unit": Filter("户号", "text"),
        "fund": Filter("资金类型", "text", terms=FUND_NAMES),
    },
    note="年末余额=年初余额+交存+增值+其他收入-维修支出-其他支出+转户；账套有未到期的定期存款时，其利息到期后才计入",
)
