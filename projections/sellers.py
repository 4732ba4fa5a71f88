"""Selling units (售房单位): their share of the proceeds of public housing, due, paid and late; art. 8, 12."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Row, func, select, tuple_

from ledger.money import Fen, round_half_up, yuan
from ledger.policy import Policy
from projections.buildings import buildings
from projections.owing import Cut, cut_of
from projections.paging import LIMIT, Place, page, place_of
from projections.postings import postings
from projections.unit_sales import unit_sales


class SellerDue(msgspec.Struct, frozen=True, kw_only=True):
    """What the selling unit owes for one unit sold; yuan.

    ``days_late`` counts from the last day, to the day the share was complete, else to the day asked for.
    ``due`` and ``due_on`` are null where no rule was in force.
    """

    county: str
    estate: str
    building: str
    unit: str
    seller: str | None
    received_on: date
    proceeds: str
    percent: int | None
    due: str | None
    due_on: date | None
    paid: str
    missing: str | None
    paid_on: date | None
    days_late: int


class SellerList(msgspec.Struct, frozen=True, kw_only=True):
    """Units sold and what their selling units owe; ``next`` is the cursor of the page that follows."""

    as_of: date | None
    position: str
    units: tuple[SellerDue, ...]
    next: str | None = None


def sellers(
    connection: Connection,
    policy: Policy,
    counties: Collection[str] | None = None,
    *,
    late: bool = False,
    as_of: date | None = None,
    today: date,
    after: str | None = None,
    limit: int = LIMIT,
) -> SellerList:
    """The sales on record, or those whose share was or is ``late``.

    Raises InputError ``cursor-invalid``, ``limit-invalid``.
    """
    cut = cut_of(connection, as_of, today)
    found = (_due(policy, cut, row, days) for row, days in _sold(connection, cut, place_of(after), counties))
    units, more = page((due for due in found if due.days_late > 0 or not late), limit)
    return SellerList(as_of=as_of, position=str(cut.position), units=units, next=more)


def _sold(
    connection: Connection, cut: Cut, after: Place, counties: Collection[str] | None
) -> Iterator[tuple[Row[Any], list[tuple[date, Fen]]]]:
    """The last record of each sale, and what came into the selling unit's account by day."""
    sale, facts = unit_sales.c, buildings.c
    columns: list[Column[Any]] = [*sale, facts.county, facts.estate, facts.lift, facts.storeys]
    last = select(func.max(sale.position)).where(sale.position <= cut.position)
    wanted = (
        select(*columns)
        .join_from(unit_sales, buildings, facts.building == sale.building)
        .where(
            sale.position.in_(last.group_by(sale.building, sale.unit)),
            tuple_(sale.building, sale.unit) > tuple_(*after),
        )
        .order_by(sale.building, sale.unit)
    )
    if counties is not None:
        wanted = wanted.where(facts.county.in_(counties))
    if cut.as_of is not None:
        wanted = wanted.where(sale.received_on <= cut.as_of)
    moved = _moved(connection, cut)
    for row in connection.execute(wanted).all():
        yield row, moved.get(Place(row.building, row.unit), [])


def _moved(connection: Connection, cut: Cut) -> dict[Place, list[tuple[date, Fen]]]:
    entry = postings.c
    wanted = (
        select(entry.building, entry.unit, entry.value_date, func.sum(entry.principal_fen).label("fen"))
        .where(
            entry.part == "seller",
            entry.kind.in_(("opening", "deposit", "refund")),
            entry.position <= cut.position,
        )
        .group_by(entry.building, entry.unit, entry.value_date)
        .order_by(entry.building, entry.unit, entry.value_date)
    )
    if cut.as_of is not None:
        wanted = wanted.where(entry.value_date <= cut.as_of)
    moved: dict[Place, list[tuple[date, Fen]]] = {}
    for row in connection.execute(wanted):
        moved.setdefault(Place(row.building, row.unit), []).append((row.value_date, int(row.fen)))
    return moved


def _due(policy: Policy, cut: Cut, row: Row[Any], days: list[tuple[date, Fen]]) -> SellerDue:
    share = policy.dues.seller_share(row.lift, row.storeys, row.received_on)
    term = policy.dues.seller_term(row.received_on)
    due = None if share is None else round_half_up(Fraction(row.proceeds_fen * share.percent, 100))
    due_on = None if term is None else row.received_on + timedelta(days=term.days)
    paid = sum(amount for _, amount in days)
    paid_on = None if due is None else _complete_on(days, due)
    end = paid_on or cut.asked
    return SellerDue(
        county=row.county,
        estate=row.estate,
        building=row.building,
        unit=row.unit,
        seller=row.seller,
        received_on=row.received_on,
        proceeds=yuan(row.proceeds_fen),
        percent=None if share is None else share.percent,
        due=None if due is None else yuan(due),
        due_on=due_on,
        paid=yuan(paid),
        missing=None if due is None else yuan(max(due - paid, 0)),
        paid_on=paid_on,
        days_late=0 if due is None or due_on is None else max((end - due_on).days, 0),
    )


def _complete_on(days: list[tuple[date, Fen]], due: Fen) -> date | None:
    """The day from which on the share was there and stayed; None while something is missing."""
    held, complete = 0, None
    for day, amount in days:
        held += amount
        if held < due:
            complete = None
        elif complete is None:
            complete = day
    return complete
