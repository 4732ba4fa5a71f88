"""Balances of buildings and estates (楼幢、小区余额), and what they are made of, by fund kind."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Select, and_, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from ledger.identity import FUND_NAMES
from projections.buildings import buildings
from projections.postings import postings
from projections.views.flows import ON_UNITS, fen, on_units
from projections.views.units import unit_accounts
from projections.views.view import Asked, Column, Filter, View

MANAGEMENTS: Final[dict[str, str]] = {
    "professional": "专业物业",
    "self": "单位自管",
    "community": "社区托管",
    "other": "其他",
}
_NAMES: Final = tuple(column.name for column in ON_UNITS)
_COUNTS: Final = (
    Column("units", "户数", "count", total=True),
    Column("area", "建筑面积", "area", total=True),
)
_MONEY: Final = (*ON_UNITS, Column("balance", "余额", "money", total=True))
_NOTE: Final = "余额=交存+计入增值+其他收入-使用-退款划转，等于各户余额之和；户数和面积不含已销户的"


def _buildings(asked: Asked) -> Select[Any]:
    """Every building that was opened by then, a row for each fund kind that it has units of."""
    stock, money = _stock(asked), _money(asked)
    facts, own = buildings.c, stock.c
    return (
        select(
            facts.county,
            facts.estate,
            facts.estate_name,
            facts.building,
            facts.name,
            own.fund,
            facts.management,
            facts.lift,
            facts.storeys,
            facts.completed_on,
            *_figures(own, money.c),
        )
        .select_from(buildings)
        .outerjoin(stock, own.building == facts.building)
        .outerjoin(money, and_(money.c.building == own.building, money.c.fund == own.fund))
        .where(*asked.known(buildings))
    )


def _estates(asked: Asked) -> Select[Any]:
    """The same by estate (小区), named as its last building was."""
    each = _buildings(asked).subquery("each")
    named = (
        select(buildings.c.county, buildings.c.estate, buildings.c.estate_name)
        .where(*asked.known(buildings))
        .ext(distinct_on(buildings.c.county, buildings.c.estate))
        .order_by(buildings.c.county, buildings.c.estate, buildings.c.position.desc())
        .subquery("named")
    )
    place = [each.c.county, each.c.estate, named.c.estate_name, each.c.fund]
    sums = [fen(func.sum(each.c[column.name]), column.name) for column in (*_COUNTS, *_MONEY)]
    return (
        select(*place, func.count().label("buildings"), *sums)
        .join_from(each, named, and_(named.c.county == each.c.county, named.c.estate == each.c.estate))
        .group_by(*place)
    )


def _stock(asked: Asked) -> Any:
    """Units and their area by building and fund kind; who has only closed units has none."""
    account = unit_accounts(asked).subquery("account")
    own = account.c
    open_units = and_(own.part == "owner", own.closed_on.is_(None))
    return (
        select(
            own.building,
            own.fund,
            cast(func.count().filter(open_units), BigInteger).label("units"),
            fen(func.sum(own.area).filter(open_units), "area"),
        )
        .group_by(own.building, own.fund)
        .subquery("stock")
    )


def _money(asked: Asked) -> Any:
    entry = postings.c
    moved = select(entry.building, entry.fund, *on_units(postings)).where(*asked.counted(postings))
    return moved.group_by(entry.building, entry.fund).subquery("money")


def _figures(own: Any, money: Any) -> Sequence[Any]:
    flows = {name: func.coalesce(money[name], 0) for name in (*_NAMES, "moved")}
    into = flows["deposits"] + flows["credited"] + flows["income"] + flows["moved"]
    return [
        fen(own.units, "units"),
        fen(own.area, "area"),
        *(fen(flows[name], name) for name in _NAMES),
        fen(into - flows["withdrawn"] - flows["refunded"], "balance"),
    ]


_FILTERS: Final = {
    "estate": Filter("小区编码", "text"),
    "fund": Filter("资金类型", "text", terms=FUND_NAMES),
}

BUILDINGS: Final = View(
    name="buildings",
    title="楼幢余额",
    columns=(
        Column("county", "区县", "county"),
        Column("estate", "小区编码", "text"),
        Column("estate_name", "小区名称", "text"),
        Column("building", "楼幢编码", "text"),
        Column("name", "幢号", "text"),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("management", "管理方式", "text", terms=MANAGEMENTS),
        Column("lift", "电梯", "flag"),
        Column("storeys", "层数", "count"),
        Column("completed_on", "竣工日期", "date"),
        *_COUNTS,
        *_MONEY,
    ),
    order=("building", "fund"),
    select=_buildings,
    filters={**_FILTERS, "building": Filter("楼幢编码", "text")},
    note=_NOTE,
)

ESTATES: Final = View(
    name="estates",
    title="小区余额",
    columns=(
        Column("county", "区县", "county"),
        Column("estate", "小区编码", "text"),
        Column("estate_name", "小区名称", "text"),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("buildings", "楼幢数", "count", total=True),
        *_COUNTS,
        *_MONEY,
    ),
    order=("county", "estate", "fund"),
    select=_estates,
    filters=_FILTERS,
    note=_NOTE,
)
