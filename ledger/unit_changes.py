"""Units that change (房屋变更): split, merged or corrected, and what moves with them. All pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from ledger.building import PARTS, Account, State, account_refusal, code_refusal, unknown
from ledger.commands import CorrectUnit, MergeUnits, NewUnit, SplitUnit
from ledger.entries import entries
from ledger.errors import Refusal
from ledger.events import (
    DepositCollected,
    DepositRefunded,
    EntryReversed,
    Event,
    MoveLine,
    UnitLine,
    UnitsChanged,
)
from ledger.identity import Part
from ledger.limits import day_refusal, refuse_any
from ledger.money import Fen
from ledger.sharing import share
from ledger.stamp import Stamp
from ledger.units import MAX_AREA_DM2

Sums = tuple[Fen, Fen, Fen]
"""Principal, interest and first deposit of an account."""

CORRECTED: Final = ("area_dm2", "usage", "realty_no")
"""The facts of a unit that a correction may change; the fund kind and the selling unit are not among them."""


def decide_split(
    state: State, history: Iterable[Event], command: SplitUnit, stamp: Stamp, today: date
) -> tuple[UnitsChanged]:
    """Split (分割) a unit: its balance is shared over the new units by area, each part by itself.

    ``history`` holds all events of the building. Raises Refused ``building-unknown``, ``unit-unknown``,
    ``unit-closed``, ``unit-exists``, ``units-few``, ``area-invalid``, ``code-invalid``, ``date-future``,
    ``document-missing``.
    """
    refuse_any(_moving_refusals(state, command, [command.unit], command.into, today))
    if len(command.into) < 2:
        refuse_any([Refusal("units-few", "分割应至少分为两户", "into")])
    return _moved(state, history, command, stamp, [command.unit], command.into)


def decide_merger(
    state: State, history: Iterable[Event], command: MergeUnits, stamp: Stamp, today: date
) -> tuple[UnitsChanged]:
    """Merge (合并) units of one fund kind and selling unit: the new unit has the sum of their balances.

    Raises Refused as ``decide_split`` does, ``units-differ`` for units that cannot be one, and
    ``owner-missing`` where they had several owners and the command names none.
    """
    refuse_any(_moving_refusals(state, command, command.units, [command.into], today))
    if len(set(command.units)) < max(len(command.units), 2):
        refuse_any([Refusal("units-few", "合并应至少有两户，每户一次", "units")])
    lines = [state.units[unit] for unit in command.units]
    if len({(line.fund, line.seller) for line in lines}) > 1:
        refuse_any(
            [Refusal("units-differ", "资金类型或售房单位不同的户不能合并", "units", basis="165号令第8、11条")]
        )
    if command.into.owner_ref is None and len({state.owner_ref(unit) for unit in command.units}) > 1:
        refuse_any([Refusal("owner-missing", "各户业主不同，合并应写明新户的业主", "owner_ref")])
    return _moved(state, history, command, stamp, command.units, [command.into])


def decide_correction(state: State, command: CorrectUnit, stamp: Stamp, today: date) -> tuple[UnitsChanged]:
    """Correct facts of a unit; its money stays where it is, later costs are shared by the new area.

    Raises Refused ``building-unknown``, ``unit-unknown``, ``unit-closed``, ``area-invalid``,
    ``date-future``, ``nothing-changed``.
    """
    refuse_any(_correction_refusals(state, command, today))
    before = replace(state.units[command.unit], owner_ref=state.owner_ref(command.unit))
    after = replace(before, **_corrections(command))
    if after == before:
        refuse_any([Refusal("nothing-changed", f"户“{command.unit}”的登记与更正后相同", "unit")])
    return (
        UnitsChanged(
            **stamp,
            value_date=command.changed_on,
            reason=command.reason,
            before=(before,),
            after=(after,),
            document_no=command.document_no,
            note=command.note,
        ),
    )


def _corrections(command: CorrectUnit) -> dict[str, object]:
    said = {name: getattr(command, name) for name in CORRECTED}
    return {name: value for name, value in said.items() if value is not None}


# Refusing


def _moving_refusals(
    state: State,
    command: SplitUnit | MergeUnits,
    units: Sequence[str],
    into: Sequence[NewUnit],
    today: date,
) -> Iterator[Refusal | None]:
    yield day_refusal(command.changed_on, today, "changed_on")
    if not command.document_no.strip():
        yield Refusal("document-missing", "房屋变更应有文件依据", "document_no")
    yield from _known(state, command.building, units)
    taken = set(state.units)
    for index, new in enumerate(into):
        yield code_refusal(new.unit, "unit", "户号", index)
        yield _area_refusal(new.unit, new.area_dm2, index)
        if new.unit in taken:
            message = f"户号“{new.unit}”已经登记，分割、合并后的户应使用新户号"
            yield Refusal("unit-exists", message, "unit", index)
        taken.add(new.unit)


def _correction_refusals(state: State, command: CorrectUnit, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.changed_on, today, "changed_on")
    yield from _known(state, command.building, [command.unit])
    if command.area_dm2 is not None:
        yield _area_refusal(command.unit, command.area_dm2, None)


def _known(state: State, building: str, units: Sequence[str]) -> Iterator[Refusal | None]:
    if state.facts is None:
        yield unknown(building)
        return
    for index, unit in enumerate(units):
        yield account_refusal(state, building, unit, "owner", index if len(units) > 1 else None)


def _area_refusal(unit: str, area_dm2: int, index: int | None) -> Refusal | None:
    if 0 < area_dm2 <= MAX_AREA_DM2:
        return None
    return Refusal("area-invalid", f"户“{unit}”的建筑面积应大于零", "area_dm2", index)


# Moving


def _moved(
    state: State,
    history: Iterable[Event],
    command: SplitUnit | MergeUnits,
    stamp: Stamp,
    units: Sequence[str],
    into: Sequence[NewUnit],
) -> tuple[UnitsChanged]:
    before = tuple(replace(state.units[unit], owner_ref=state.owner_ref(unit)) for unit in units)
    after = tuple(_new_line(before, new) for new in into)
    return (
        UnitsChanged(
            **stamp,
            value_date=command.changed_on,
            reason="split" if isinstance(command, SplitUnit) else "merge",
            before=before,
            after=after,
            document_no=command.document_no,
            note=command.note,
            lines=tuple(moves(state.accounts, first_deposits(history), before, after)),
        ),
    )


def _new_line(before: Sequence[UnitLine], new: NewUnit) -> UnitLine:
    """A new unit: fund kind, seller and use of the (first) unit before, its owner where there is one."""
    owners = {line.owner_ref for line in before}
    return UnitLine(
        unit=new.unit,
        fund=before[0].fund,
        usage=new.usage or before[0].usage,
        area_dm2=new.area_dm2,
        owner_ref=new.owner_ref if new.owner_ref is not None or len(owners) > 1 else owners.pop(),
        seller=before[0].seller,
        realty_no=new.realty_no,
    )


def moves(
    accounts: Mapping[tuple[str, Part], Account],
    firsts: Mapping[tuple[str, Part], Fen],
    before: Collection[UnitLine],
    after: Collection[UnitLine],
) -> Iterator[MoveLine]:
    """The lines that empty the accounts of the units before and share each over those after by area.

    Principal, interest and first deposit are shared each by itself; an account without any has no line.
    """
    areas = {line.unit: line.area_dm2 for line in after}
    gained: dict[tuple[str, Part], Sums] = {}
    for line in before:
        for part in PARTS[line.fund]:
            account = accounts[line.unit, part]
            held = (account.principal_fen, account.interest_fen, firsts.get((line.unit, part), 0))
            yield from _line(line.unit, part, (-held[0], -held[1], -held[2]))
            principal, interest, first = (share(amount, areas) for amount in held)
            for unit in areas:
                old = gained.get((unit, part), (0, 0, 0))
                gained[unit, part] = (old[0] + principal[unit], old[1] + interest[unit], old[2] + first[unit])
    for (unit, part), sums in sorted(gained.items()):
        yield from _line(unit, part, sums)


def _line(unit: str, part: Part, sums: Sums) -> Iterator[MoveLine]:
    if any(sums):
        principal, interest, first = sums
        yield MoveLine(
            unit=unit, part=part, principal_fen=principal, interest_fen=interest, first_deposit_fen=first
        )


# What the events so far say


def first_deposits(history: Iterable[Event]) -> dict[tuple[str, Part], Fen]:
    """The first deposits (首期) of each account, less what was reversed or given back, and as they moved."""
    found: dict[tuple[str, Part], Fen] = {}
    firsts: set[tuple[int, int]] = set()
    for version, event in enumerate(history, 1):
        match event:
            case UnitsChanged():
                for move in event.lines:
                    key = move.unit, move.part
                    found[key] = found.get(key, 0) + move.first_deposit_fen
            case DepositCollected() | DepositRefunded() | EntryReversed():
                for index, entry in enumerate(entries(event)):
                    if _is_first(event, index, firsts):
                        firsts.add((version, index))
                        key = entry.unit, entry.part
                        found[key] = found.get(key, 0) + entry.principal_fen
    return found


def _is_first(
    event: DepositCollected | DepositRefunded | EntryReversed, index: int, firsts: set[tuple[int, int]]
) -> bool:
    match event:
        case DepositCollected():
            return event.kind == "first"
        case DepositRefunded():
            return event.lines[index].deposit_kind == "first"
        case EntryReversed():
            return (event.version, event.lines[index].line) in firsts


def last_day(history: Iterable[Event], units: Collection[str]) -> date | None:
    """The latest value date of any entry of some units; None where they have none."""
    days = [event.value_date for event in history if any(entry.unit in units for entry in entries(event))]
    return max(days, default=None)
