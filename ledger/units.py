"""Units (户): a building is opened and units are registered, with facts that agree with those on record."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from ledger.building import State, code_refusal
from ledger.commands import RegisterUnits
from ledger.errors import Refusal
from ledger.events import BuildingOpened, Event, UnitsRegistered
from ledger.limits import day_refusal, refuse_any
from ledger.stamp import Stamp
from ledger.terms import TERMS

MAX_AREA_DM2: Final = 10**9
"""Ten million m²: an area beyond it is a slip of the pen."""

MAX_STOREYS: Final = 999

FACTS: Final = (
    "name",
    "county",
    "estate",
    "estate_name",
    "management",
    "lift",
    "storeys",
    "completed_on",
    "warranty_until",
)


def decide_units(state: State, command: RegisterUnits, stamp: Stamp, today: date) -> tuple[Event, ...]:
    """Open the building or add units (房屋清册); what is on record with the same facts adds nothing.

    Raises Refused ``building-contradicts`` or ``unit-contradicts`` (with the field) where facts differ from
    those on record; a fact left out does not contradict, nor do the owner since the last change of owner
    and a fact as it was before a correction.
    Also ``code-invalid``, ``storeys-invalid``,
    ``area-invalid``, ``date-future``.
    """
    refuse_any(_unit_refusals(state, command, today))
    value_date = command.completed_on or today
    events: list[Event] = []
    if state.facts is None:
        facts = {name: getattr(command, name) for name in FACTS}
        events.append(BuildingOpened(**stamp, value_date=value_date, **facts))
    new = {unit.unit: unit for unit in reversed(command.units) if unit.unit not in state.units}
    if new:
        lines = tuple(reversed(new.values()))
        events.append(UnitsRegistered(**stamp, value_date=value_date, lines=lines))
    return tuple(events)


def _unit_refusals(state: State, command: RegisterUnits, today: date) -> Iterator[Refusal | None]:
    yield code_refusal(command.building, "building", "楼幢编码")
    yield code_refusal(command.estate, "estate", "小区编码")
    yield day_refusal(command.completed_on, today, "completed_on")
    if not 1 <= command.storeys <= MAX_STOREYS:
        yield Refusal("storeys-invalid", f"层数 {command.storeys} 不合理", "storeys")
    if state.facts is not None:
        for field in _contradictions(state.facts, command, FACTS):
            message = f"楼幢“{command.building}”的{TERMS[field]}与已登记的不一致"
            yield Refusal("building-contradicts", message, field)
    known = dict(state.units)
    for index, unit in enumerate(command.units):
        yield code_refusal(unit.unit, "unit", "户号", index)
        if not 0 < unit.area_dm2 <= MAX_AREA_DM2:
            yield Refusal("area-invalid", f"户“{unit.unit}”的建筑面积应大于零", "area_dm2", index)
        before = known.setdefault(unit.unit, unit)
        for field in _contradictions(before, unit, unit.__struct_fields__):
            if getattr(unit, field) in _others(state, unit.unit, field):
                continue  # The register is older or newer than a change of the unit or of its owner.
            message = f"楼幢“{command.building}”户“{unit.unit}”的{TERMS[field]}与已登记的不一致"
            yield Refusal("unit-contradicts", message, field, index)


def _others(state: State, unit: str, field: str) -> set[object]:
    """What else the ledger knows of a fact of a unit: what it was before, and who owns the unit now."""
    known = {getattr(line, field) for line in state.former.get(unit, ())}
    if field == "owner_ref" and unit in state.owners:
        known.add(state.owners[unit].owner_ref)
    return known


def _contradictions(known: object, said: object, fields: tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        value = getattr(said, field)
        if value is not None and value != getattr(known, field):
            yield field
