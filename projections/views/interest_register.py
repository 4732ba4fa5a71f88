"""The registers of interest (计息登记簿): every distribution by building, and one building's by unit."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select

from ledger.identity import FUND_NAMES, PART_NAMES
from projections.buildings import buildings
from projections.causes import causes
from projections.distributions import distributions
from projections.postings import postings
from projections.views.projects import fen
from projections.views.view import Asked, Column, Filter, View

METHODS: Final = {"pool": "积数分摊", "rates": "定率计息"}


def _run(table: Any) -> ColumnElement[str]:
    """The id of a distribution."""
    return func.concat("book/", table.c.county, "/", table.c.fund, "@", table.c.version)


def _buildings(asked: Asked) -> Select[Any]:
    """What was fixed for each building, and what of it has reached its accounts."""
    run, place, credited = distributions.c, buildings.c, _credited(asked)
    reached = and_(credited.c.run == _run(distributions), credited.c.building == run.building)
    return (
        select(
            run.county,
            run.fund,
            run.version.label("number"),
            run.method,
            run.value_date,
            run.previous,
            run.boundary,
            place.estate,
            place.estate_name,
            run.building,
            run.weight,
            run.share_fen.label("share"),
            fen(credited.c.units).label("units"),
            fen(credited.c.interest).label("credited"),
            _run(distributions).label("event"),
        )
        .join_from(distributions, buildings, place.building == run.building, isouter=True)
        .outerjoin(credited, reached)
        .where(*asked.counted(distributions))
    )


def _credited(asked: Asked) -> Subquery:
    entry, cause = postings.c, causes.c
    return (
        select(
            cause.cause.label("run"),
            entry.building,
            func.count(entry.unit.distinct()).label("units"),
            func.sum(entry.interest_fen).label("interest"),
        )
        .join_from(causes, postings, entry.position == cause.position)
        .where(cause.kind == "interest", *asked.counted(postings))
        .group_by(cause.cause, entry.building)
        .subquery("credited")
    )


def _by_unit(asked: Asked) -> Select[Any]:
    entry, cause, run = postings.c, causes.c, distributions
    fixed = (
        select(_run(run).label("run"), run.c.building, run.c.method, run.c.version.label("number"))
        .where(*asked.known(run))
        .subquery("fixed")
    )
    wanted = (
        select(
            entry.county,
            entry.fund,
            entry.building,
            entry.unit,
            entry.part,
            fixed.c.number,
            fixed.c.method,
            entry.value_date,
            entry.interest_fen.label("interest"),
            cause.cause.label("run"),
            func.concat("building/", entry.building, "@", entry.version).label("event"),
            (entry.line + 1).label("line"),
        )
        .join_from(postings, causes, cause.position == entry.position)
        .outerjoin(fixed, and_(fixed.c.run == cause.cause, fixed.c.building == entry.building))
        .where(entry.kind == "interest", *asked.counted(postings))
    )
    return wanted.where(entry.building == asked.filters["building"])


INTEREST: Final = View(
    name="interest",
    title="计息登记簿",
    columns=(
        Column("county", "区县", "county"),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("number", "账套序号", "count"),
        Column("method", "计息方式", "text", terms=METHODS),
        Column("value_date", "计息日", "date"),
        Column("previous", "起息日", "date"),
        Column("boundary", "止息日（不含）", "date"),
        Column("estate", "小区编码", "text"),
        Column("estate_name", "小区名称", "text"),
        Column("building", "楼幢编码", "text"),
        Column("weight", "积数", "money"),
        Column("share", "应计利息", "money", total=True),
        Column("units", "计入户数", "count", total=True),
        Column("credited", "已计入分户账", "money", total=True),
        Column("event", "凭证", "text"),
    ),
    order=("county", "fund", "number", "building"),
    select=_buildings,
    filters={
        "fund": Filter("资金类型", "text", terms=FUND_NAMES),
        "method": Filter("计息方式", "text", terms=METHODS),
        "estate": Filter("小区编码", "text"),
        "building": Filter("楼幢编码", "text"),
        "event": Filter("凭证", "text"),
        "from": Filter("计息起始日", "date", column="value_date", test=">="),
        "to": Filter("计息终止日", "date", column="value_date", test="<="),
    },
    note="每次分配或定率计息、每幢一行；积数按元·天计；应计与已计入不等的，是计入还没有做完",
)

INTEREST_BY_UNIT: Final = View(
    name="interest-by-unit",
    title="分户计息登记簿",
    columns=(
        Column("county", "区县", "county"),
        Column("building", "楼幢编码", "text"),
        Column("unit", "户号", "text"),
        Column("part", "资金归属", "text", terms=PART_NAMES),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("number", "账套序号", "count"),
        Column("method", "计息方式", "text", terms=METHODS),
        Column("value_date", "计息日", "date"),
        Column("interest", "利息", "money", total=True),
        Column("run", "分配凭证", "text"),
        Column("event", "凭证", "text"),
        Column("line", "行", "count"),
    ),
    order=("building", "unit", "part", "value_date", "event", "line"),
    select=_by_unit,
    filters={
        "building": Filter("楼幢编码", "text", required=True),
        "unit": Filter("户号", "text"),
        "part": Filter("资金归属", "text", terms=PART_NAMES),
        "fund": Filter("资金类型", "text", terms=FUND_NAMES),
        "from": Filter("计息起始日", "date", column="value_date", test=">="),
        "to": Filter("计息终止日", "date", column="value_date", test="<="),
    },
    note="一幢楼各户每次计入的利息",
)
