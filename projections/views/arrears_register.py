"""The list of arrears (欠交名册): what owners owe at first, art. 6, 7 and 12, what came in, what is missing.

It says what ``projections.arrears`` says of every unit, set-wise, so that it pages, filters and adds up.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnClause,
    ColumnElement,
    Date,
    Select,
    String,
    Subquery,
    Values,
    and_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import distinct_on

from ledger import policy
from ledger.identity import FUND_NAMES, Fund
from ledger.policy import Policy
from ledger.standards import rate
from projections.buildings import buildings
from projections.deposits import deposits
from projections.due_decisions import due_decisions
from projections.postings import postings
from projections.views.accounts import exempt_units, gone
from projections.views.projects import fen
from projections.views.units import same, unit_accounts
from projections.views.view import Asked, Column, Filter, View

BASES: Final = {"standard": "按标准", "decided": "核定"}


def _arrears(asked: Asked) -> Select[Any]:
    """Units of which something is missing; a building owes nothing before it is completed."""
    owing = _owing(asked)
    missing = func.greatest(owing.c.due - owing.c.paid, 0)
    return select(
        *(owing.c[name] for name in _SHOWN),
        case((owing.c.decided, "decided"), else_="standard").label("basis"),
        fen(missing).label("missing"),
        (literal(asked.day, Date) - owing.c.completed_on).label("days"),
    ).where(
        missing > 0,
        or_(owing.c.completed_on.is_(None), owing.c.completed_on <= asked.day),
    )


_SHOWN: Final = (
    "county",
    "estate",
    "estate_name",
    "building",
    "unit",
    "owner",
    "fund",
    "area",
    "on",
    "standard",
    "factor",
    "due",
    "paid",
    "completed_on",
)


def _owing(asked: Asked) -> Subquery:
    """Every owner with what is due and what came in; no row where nothing is due or an opening hides it."""
    unit, place = unit_accounts(asked).subquery("unit").c, buildings.c
    paid, brought, exempt = _paid(asked), _brought(asked), exempt_units(asked)
    decided, rates = _decided(asked), _rates(policy.load())
    on = func.coalesce(paid.c.first_on, literal(asked.day, Date))
    due = func.coalesce(decided.c.due_fen, _due(rates, unit.area))
    rows = (
        unit.unit.table.join(buildings, unit.building == place.building)
        .outerjoin(paid, same(unit, paid.c))
        .outerjoin(brought, same(unit, brought.c))
        .outerjoin(decided, same(unit, decided.c))
        .outerjoin(exempt, same(unit, exempt.c))
        .outerjoin(rates, _of_rate(rates, unit, on))
    )
    return (
        select(
            unit.county,
            unit.estate,
            unit.estate_name,
            unit.building,
            unit.unit,
            unit.owner,
            unit.fund,
            unit.area,
            on.label("on"),
            rates.c.fen_per_m2.label("standard"),
            rates.c.factor,
            due.label("due"),
            fen(func.coalesce(paid.c.paid, 0) + func.coalesce(brought.c.principal, 0)).label("paid"),
            place.completed_on,
            decided.c.due_fen.is_not(None).label("decided"),
        )
        .select_from(rows)
        .where(
            unit.part == "owner",
            unit.closed_on.is_(None),
            unit.building.not_in(gone(asked)),
            exempt.c.building.is_(None),
            due.is_not(None),
            func.coalesce(brought.c.whole, 0) == 0,
        )
        .subquery("owing")
    )


def _paid(asked: Asked) -> Subquery:
    """First and make-up deposits less what went back, and the day of the first one that stands."""
    line = deposits.c
    day = case((line.kind.is_not(None), line.deposited_on)).label("day")
    by_day = (
        select(line.building, line.unit, day, func.sum(line.amount_fen).label("amount"))
        .where(*asked.counted(deposits), line.part == "owner")
        .where(or_(line.kind.is_(None), line.kind.in_(("first", "make-up"))))
        .group_by(line.building, line.unit, day)
        .subquery("by_day")
    )
    each = by_day.c
    return (
        select(
            each.building,
            each.unit,
            func.sum(each.amount).label("paid"),
            func.min(each.day).filter(each.amount > 0).label("first_on"),
        )
        .group_by(each.building, each.unit)
        .subquery("paid")
    )


def _brought(asked: Asked) -> Subquery:
    """What an account was opened with (期初), or took over from another unit."""
    entry = postings.c
    return (
        select(
            entry.building,
            entry.unit,
            func.sum(entry.principal_fen).label("principal"),
            func.sum(entry.principal_fen + entry.interest_fen).label("whole"),
        )
        .where(*asked.counted(postings), entry.part == "owner", entry.kind.in_(("opening", "moved")))
        .group_by(entry.building, entry.unit)
        .subquery("brought")
    )


def _decided(asked: Asked) -> Subquery:
    """What officers decided last about each unit: by the day of the decision, then by record."""
    made = due_decisions.c
    wanted = select(made.building, made.unit, made.due_fen).where(
        made.position <= asked.cut, made.kind == "override"
    )
    if asked.as_of is not None:
        wanted = wanted.where(made.decided_on <= asked.as_of)
    ordered = wanted.ext(distinct_on(made.building, made.unit)).order_by(
        made.building, made.unit, made.decided_on.desc(), made.position.desc()
    )
    return ordered.subquery("decided")


# Rates


class _Rate(NamedTuple):
    county: str
    fund: Fund
    lift: bool
    storeys_from: int
    storeys_to: int
    valid_from: date
    valid_to: date
    fen_per_m2: int
    numerator: int
    denominator: int
    factor: str


_TYPES: Final = {int: BigInteger, str: String, bool: Boolean, date: Date}
_HIGHEST: Final = 2**31 - 1


def _rates(rules: Policy) -> Values:
    """What a m² costs by county, fund kind, lift, storeys and day, as far as the policy knows."""
    columns: list[ColumnClause[Any]] = [
        column(name, _TYPES.get(kind, String)) for name, kind in _Rate.__annotations__.items()
    ]
    return values(*columns, name="rates").data(list(_tabled(rules)))


def _tabled(rules: Policy) -> Iterator[_Rate]:
    """``ledger.standards.rate``, asked once for each stretch of days and storeys on which it is the same."""
    periods = (*rules.standards, *rules.dues.multipliers, *rules.dues.reform_costs, *rules.dues.owner_shares)
    days = sorted(
        {date.min, date.max}
        | {each.valid_from for each in periods}
        | {each.valid_to for each in periods if each.valid_to is not None}
    )
    classes = {each.storeys_from for each in rules.standards}
    classes |= {each.storeys_to + 1 for each in rules.standards if each.storeys_to is not None}
    heights = sorted({0, _HIGHEST} | classes)
    for county in rules.county_of:
        for fund in FUND_NAMES:
            for lift in (False, True):
                for lowest, above in pairwise(heights):
                    for first, after in pairwise(days):
                        known = rate(rules, county, fund, lift, lowest, first)
                        if known is not None:
                            yield _Rate(
                                county, fund, lift, lowest, above - 1, first, after - timedelta(days=1),
                                known.fen_per_m2, *known.factor.as_integer_ratio(), str(known.factor),
                            )  # fmt: skip


def _of_rate(rates: Values, unit: Any, on: ColumnElement[date]) -> ColumnElement[bool]:
    each = rates.c
    return and_(
        each.county == unit.county,
        each.fund == unit.fund,
        each.lift == buildings.c.lift,
        buildings.c.storeys.between(each.storeys_from, each.storeys_to),
        on.between(each.valid_from, each.valid_to),
    )


def _due(rates: Values, area_dm2: ColumnElement[int]) -> ColumnElement[int]:
    """Area × standard × factor, half-up to the fen, in whole numbers."""
    asked = rates.c.fen_per_m2 * area_dm2 * rates.c.numerator
    whole = 100 * rates.c.denominator
    return (2 * asked + whole) // (2 * whole)


ARREARS: Final = View(
    name="arrears",
    title="欠交名册",
    columns=(
        Column("county", "区县", "county"),
        Column("estate", "小区编码", "text"),
        Column("estate_name", "小区名称", "text"),
        Column("building", "楼幢编码", "text"),
        Column("unit", "户号", "text"),
        Column("owner", "业主", "person"),
        Column("fund", "资金类型", "text", terms=FUND_NAMES),
        Column("area", "建筑面积", "area", total=True),
        Column("basis", "应交依据", "text", terms=BASES),
        Column("on", "标准适用日", "date"),
        Column("standard", "每平方米标准", "money"),
        Column("factor", "系数", "text"),
        Column("due", "首期应交", "money", total=True),
        Column("paid", "已交", "money", total=True),
        Column("missing", "欠交", "money", total=True),
        Column("completed_on", "竣工日期", "date"),
        Column("days", "竣工至今天数", "count"),
    ),
    order=("building", "unit"),
    select=_arrears,
    filters={
        "fund": Filter("资金类型", "text", terms=FUND_NAMES),
        "estate": Filter("小区编码", "text"),
        "building": Filter("楼幢编码", "text"),
        "basis": Filter("应交依据", "text", terms=BASES),
        "missing": Filter("欠交不少于", "money", test=">="),
        "days": Filter("竣工天数不少于", "count", test=">="),
    },
    note="首期应交多于已交的户；已交含补交，扣退款；有期初的户以前交过多少账上没有，不列；免交、灭失、销户和未竣工的不列",
)
