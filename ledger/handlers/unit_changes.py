"""Units (户) that change: split, merged, corrected; their accounts frozen and released."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final, TypeVar

from ledger import building, freezing, unit_changes
from ledger.batch import Batch
from ledger.commands import Command, CorrectUnit, FreezeUnit, MergeUnits, ReleaseUnit, SplitUnit
from ledger.events import Event
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import building_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances
from ledger.stamp import Stamp

COMMAND = TypeVar("COMMAND", bound=Command)


def _split(batch: Batch, command: SplitUnit) -> None:
    name = building_stream(command.building)
    state, history = batch.buildings[name], batch.history(name)
    events = unit_changes.decide_split(state, history, command, batch.stamp, batch.today)
    _judge(batch, command, state, unit_changes.last_day(history, {command.unit}))
    batch.buildings.add(name, events)


def _merge(batch: Batch, command: MergeUnits) -> None:
    name = building_stream(command.building)
    state, history = batch.buildings[name], batch.history(name)
    events = unit_changes.decide_merger(state, history, command, batch.stamp, batch.today)
    _judge(batch, command, state, unit_changes.last_day(history, set(command.units)))
    batch.buildings.add(name, events)


def _judge(batch: Batch, command: Command, state: building.State, last: date | None) -> None:
    refuse_any(batch.judge(Circumstances(building=state, today=batch.today, last_entry=last), command))


def _of_state(
    decide: Callable[[building.State, COMMAND, Stamp, date], Sequence[Event]],
) -> Callable[[Batch, Any], None]:
    """What is decided by the building as it stands, without further circumstances."""

    def carry_out(batch: Batch, command: Any) -> None:
        name = building_stream(command.building)
        refuse_any(batch.judge(Circumstances(building=batch.buildings[name], today=batch.today), command))
        batch.buildings.add(name, decide(batch.buildings[name], command, batch.stamp, batch.today))

    return carry_out


def _building(command: Any) -> Iterator[str]:
    yield building_stream(command.building)


def _subject(command: Any) -> str:
    return str(command.building)


HANDLERS: Final[Handlers] = {
    SplitUnit: Handler(_building, _subject, _split),
    MergeUnits: Handler(_building, _subject, _merge),
    CorrectUnit: Handler(_building, _subject, _of_state(unit_changes.decide_correction)),
    FreezeUnit: Handler(_building, _subject, _of_state(freezing.decide_freeze)),
    ReleaseUnit: Handler(_building, _subject, _of_state(freezing.decide_release)),
}
