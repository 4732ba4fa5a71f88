"""Units and their accounts as they were known (户、分户账户): facts by position, owners, freezes by day too.

The fund, the seller and the place of an account never change and come from ``read.accounts``; all that
changes comes from ``read.unit_facts``.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from projections.accounts import accounts
from projections.buildings import buildings
from projections.deposits import deposits
from projections.postings import postings
from projections.unit_changes import ORDERS
from projections.unit_facts import unit_facts
from projections.views.flows import fen
from projections.views.view import Asked

UNIT = ("building", "unit")
ACCOUNT = ("building", "unit", "part")


def same(left: Any, right: Any, names: tuple[str, ...] = UNIT) -> ColumnElement[bool]:
    """Both speak of one unit, or of one account."""
    return and_(*(left[name] == right[name] for name in names))


def unit_accounts(asked: Asked) -> Select[Any]:
    """Every account that was opened by then, a row for each part of each unit.

    Columns: county, estate, estate_name, building, name, unit, part, fund, usage, area, owner, seller,
    realty_no, closed_on (null: open) and frozen (the orders, null: none).
    """
    account, begun = accounts.c, _said(asked, "registered", "opened").subquery("begun")
    corrected, owner = _last(asked, "corrected"), _last(asked, "owner")
    closed, frozen = _said(asked, "closed").subquery("closed"), _frozen(asked)
    joined = (
        accounts.join(begun, and_(begun.c.position == account.position, begun.c.unit == account.unit))
        .join(buildings, buildings.c.building == account.building)
        .outerjoin(corrected, same(account, corrected.c))
        .outerjoin(owner, same(account, owner.c))
        .outerjoin(closed, same(account, closed.c))
        .outerjoin(frozen, and_(same(account, frozen.c), account.part == "owner"))
    )

    def now(name: str) -> ColumnElement[Any]:
        was_corrected = corrected.c.position.is_not(None)
        return case((was_corrected, corrected.c[name]), else_=begun.c[name])

    return (
        select(
            account.county,
            account.estate,
            buildings.c.estate_name,
            account.building,
            buildings.c.name,
            account.unit,
            account.part,
            account.fund,
            now("usage").label("usage"),
            now("area_dm2").label("area"),
            func.coalesce(owner.c.owner_ref, begun.c.owner_ref).label("owner"),
            account.seller,
            now("realty_no").label("realty_no"),
            closed.c.value_date.label("closed_on"),
            frozen.c.orders.label("frozen"),
        )
        .select_from(joined)
        .where(*asked.known(accounts))
    )


def held(asked: Asked) -> Subquery:
    """Principal and interest of each account; one that never had money has no row."""
    key = [postings.c[name] for name in ACCOUNT]
    sums = (
        fen(func.sum(postings.c.principal_fen), "principal"),
        fen(func.sum(postings.c.interest_fen), "interest"),
    )
    return select(*key, *sums).where(*asked.counted(postings)).group_by(*key).subquery("held")


def first_deposits(asked: Asked) -> Subquery:
    """First deposits (首期) of each account less what went back, and the day of the first that stands."""
    line = deposits.c
    key = [line[name] for name in ACCOUNT]
    by_day = (
        select(*key, line.deposited_on, func.sum(line.amount_fen).label("amount"))
        .where(line.kind.in_(("first", "moved")), *asked.counted(deposits))
        .group_by(*key, line.deposited_on)
        .subquery("by_day")
    )
    account = [by_day.c[name] for name in ACCOUNT]
    first_on = func.min(by_day.c.deposited_on).filter(by_day.c.amount > 0)
    return (
        select(*account, fen(func.sum(by_day.c.amount), "first"), first_on.label("first_on"))
        .group_by(*account)
        .subquery("first_deposits")
    )


def _said(asked: Asked, *kinds: str) -> Select[Any]:
    return select(unit_facts).where(unit_facts.c.kind.in_(kinds), *asked.known(unit_facts))


def _last(asked: Asked, kind: str) -> Subquery:
    """The last row of a kind that was recorded about each unit; of owners among those in force by the day."""
    fact = unit_facts.c
    cuts = asked.counted(unit_facts) if kind == "owner" else asked.known(unit_facts)
    found = select(unit_facts).where(fact.kind == kind, *cuts).ext(distinct_on(fact.building, fact.unit))
    return found.order_by(fact.building, fact.unit, fact.position.desc()).subquery(f"last_{kind}")


def _frozen(asked: Asked) -> Subquery:
    """The orders in force by the day that were not released by then, in the order in which they came."""
    fact = unit_facts.c
    order = (fact.building, fact.unit, fact.order_no)
    last = (
        select(*order, fact.kind, fact.position)
        .where(fact.kind.in_(("frozen", "released")), *asked.counted(unit_facts))
        .ext(distinct_on(*order))
        .order_by(*order, fact.position.desc())
        .subquery("last_order")
    )
    orders = func.string_agg(last.c.order_no, aggregate_order_by(literal(ORDERS), last.c.position))
    unit = [last.c[name] for name in UNIT]
    return (
        select(*unit, orders.label("orders"))
        .where(last.c.kind == "frozen")
        .group_by(*unit)
        .subquery("frozen")
    )
