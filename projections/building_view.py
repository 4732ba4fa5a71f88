"""One building (楼幢): its facts, its total, and the accounts of its units, now or at a cut."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Row, cast, func, select

from ledger.identity import Part
from ledger.money import yuan
from projections.accounts import accounts
from projections.buildings import buildings
from projections.checkpoints import position as reached
from projections.postings import postings


class UnitView(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a unit; area in dm² (0.01 m²), amounts in yuan; facts, closed and frozen as of now."""

    unit: str
    part: Part
    fund: str
    usage: str
    area_dm2: int
    principal: str
    interest: str
    balance: str
    closed: bool
    frozen: str | None


class BuildingView(msgspec.Struct, frozen=True, kw_only=True):
    """A building's facts and the sum of its accounts; amounts in yuan."""

    building: str
    county: str
    estate: str
    estate_name: str
    name: str
    management: str
    lift: bool
    storeys: int
    completed_on: date | None
    warranty_until: date | None
    as_of: date | None
    position: str
    principal: str
    interest: str
    balance: str
    units: tuple[UnitView, ...]


def building_view(
    connection: Connection, building: str, as_of: date | None = None, position: int | None = None
) -> BuildingView | None:
    """The building, or None where none of this code was known.

    ``as_of`` cuts its money by value date, ``position`` by what the log held.
    """
    known = reached(connection)
    cut = known if position is None else min(position, known)
    opened = select(buildings).where(buildings.c.building == building, buildings.c.position <= cut)
    facts = connection.execute(opened).mappings().first()
    if facts is None:
        return None
    units = _units(connection, building, as_of, cut)
    principal = sum(unit.principal_fen for unit in units)
    interest = sum(unit.interest_fen for unit in units)
    stated = {name: value for name, value in facts.items() if name != "position"}
    return BuildingView(
        **stated,
        as_of=as_of,
        position=str(cut),
        principal=yuan(principal),
        interest=yuan(interest),
        balance=yuan(principal + interest),
        units=tuple(
            UnitView(
                unit=row.unit,
                part=row.part,
                fund=row.fund,
                usage=row.usage,
                area_dm2=row.area_dm2,
                principal=yuan(row.principal_fen),
                interest=yuan(row.interest_fen),
                balance=yuan(row.principal_fen + row.interest_fen),
                closed=row.closed,
                frozen=row.frozen,
            )
            for row in units
        ),
    )


def _units(connection: Connection, building: str, as_of: date | None, cut: int) -> Sequence[Row[Any]]:
    """The accounts that the log held at the cut, each with the sum of its postings."""
    entry, account = postings.c, accounts.c
    counted = select(
        entry.unit,
        entry.part,
        func.sum(entry.principal_fen).label("principal_fen"),
        func.sum(entry.interest_fen).label("interest_fen"),
    ).where(entry.building == building, entry.position <= cut)
    if as_of is not None:
        counted = counted.where(entry.value_date <= as_of)
    moved = counted.group_by(entry.unit, entry.part).subquery()
    return connection.execute(
        select(
            account.unit,
            account.part,
            account.fund,
            account.usage,
            account.area_dm2,
            account.closed,
            account.frozen,
            cast(func.coalesce(moved.c.principal_fen, 0), BigInteger).label("principal_fen"),
            cast(func.coalesce(moved.c.interest_fen, 0), BigInteger).label("interest_fen"),
        )
        .outerjoin_from(accounts, moved, (moved.c.unit == account.unit) & (moved.c.part == account.part))
        .where(account.building == building, account.position <= cut)
        .order_by(account.unit, account.part)
    ).all()
