"""Lists (名册) of what owners owe: a building's dues, and the units in arrears (欠交)."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from ledger.policy import Policy
from projections.owing import DueList, Rates, cut_of, owners, unit_due
from projections.paging import LIMIT, page, place_of


def dues(
    connection: Connection,
    policy: Policy,
    building: str,
    unit: str | None = None,
    *,
    as_of: date | None = None,
    today: date,
) -> DueList | None:
    """What every unit of a building owes, or one of them; None where there is no such unit."""
    cut = cut_of(connection, as_of, today)
    rates = Rates(policy)
    units = tuple(
        unit_due(cut, row, paid, rates.owed(cut, row, paid))
        for row, paid in owners(connection, cut, building=building, unit=unit)
    )
    return DueList(as_of=as_of, position=str(cut.position), units=units) if units else None


def arrears(
    connection: Connection,
    policy: Policy,
    counties: Collection[str] | None = None,
    *,
    as_of: date | None = None,
    today: date,
    after: str | None = None,
    limit: int = LIMIT,
) -> DueList:
    """Units of which something is missing (欠交), art. 6, 7, 12; a building owes nothing before completion.

    Raises InputError ``cursor-invalid``, ``limit-invalid``.
    """
    cut = cut_of(connection, as_of, today)
    rates = Rates(policy)
    found = (
        unit_due(cut, row, paid, owed)
        for row, paid in owners(connection, cut, place_of(after), counties)
        if (row.completed_on is None or row.completed_on <= cut.asked)
        and (owed := rates.owed(cut, row, paid)).missing_fen
    )
    units, more = page(found, limit)
    return DueList(as_of=as_of, position=str(cut.position), units=units, next=more)
