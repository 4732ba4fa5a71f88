"""Commands about units (户) and their owners."""

from datetime import date

from ledger.commands.command import Command
from ledger.events import Management, UnitLine


class RegisterUnits(Command, frozen=True, kw_only=True):
    """Open a building or add units to it (房屋登记); the building's facts must agree with those on record."""

    building: str
    name: str
    county: str
    estate: str
    estate_name: str
    management: Management
    lift: bool
    storeys: int
    completed_on: date | None = None
    warranty_until: date | None = None
    units: tuple[UnitLine, ...]


class ChangeOwner(Command, frozen=True, kw_only=True):
    """Pass a unit and its balance to another owner (过户), art. 28."""

    building: str
    unit: str
    transferred_on: date
    owner_ref: str
    deed_no: str | None = None
