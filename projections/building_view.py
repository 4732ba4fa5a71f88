"""One building (楼幢) as it stands: its facts, its total, and the accounts of its units."""

from datetime import date

import msgspec
from sqlalchemy import Connection, select

from ledger.money import yuan
from projections.accounts import accounts
from projections.buildings import buildings
from projections.checkpoints import position as reached


class UnitView(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a unit; area in dm² (0.01 m²), amounts in yuan."""

    unit: str
    part: str
    fund: str
    usage: str
    area_dm2: int
    principal: str
    interest: str
    balance: str


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
    position: str
    principal: str
    interest: str
    balance: str
    units: tuple[UnitView, ...]


def building_view(connection: Connection, building: str) -> BuildingView | None:
    """The building as it stands now, or None where there is none of this code."""
    known = reached(connection)
    facts = connection.execute(select(buildings).where(buildings.c.building == building)).mappings().first()
    if facts is None:
        return None
    account = accounts.c
    rows = connection.execute(
        select(accounts).where(account.building == building).order_by(account.unit, account.part)
    ).all()
    principal = sum(row.principal_fen for row in rows)
    interest = sum(row.interest_fen for row in rows)
    stated = {name: value for name, value in facts.items() if name != "position"}
    return BuildingView(
        **stated,
        position=str(known),
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
            )
            for row in rows
        ),
    )
