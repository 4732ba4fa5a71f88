"""Units (户) and their owners: the register of houses, and changes of owner."""

from collections.abc import Iterator
from typing import Final

from ledger import ownership, units
from ledger.batch import Batch
from ledger.commands import ChangeOwner, RegisterUnits
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import book_stream, building_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances


def _register_streams(command: RegisterUnits) -> Iterator[str]:
    yield building_stream(command.building)
    yield from {book_stream(command.county, unit.fund) for unit in command.units}


def _register(batch: Batch, command: RegisterUnits) -> None:
    name = building_stream(command.building)
    batch.buildings.add(name, units.decide_units(batch.buildings[name], command, batch.stamp, batch.today))
    for unit in command.units:
        batch.entering[book_stream(command.county, unit.fund)].add(command.building)


def _transfer(batch: Batch, command: ChangeOwner) -> None:
    name = building_stream(command.building)
    state = batch.buildings[name]
    refuse_any(batch.judge(Circumstances(building=state, today=batch.today), command))
    events = ownership.decide_transfer(state, batch.history(name), command, batch.stamp, batch.today)
    batch.buildings.add(name, events)


HANDLERS: Final[Handlers] = {
    RegisterUnits: Handler(_register_streams, lambda command: command.building, _register, county=True),
    ChangeOwner: Handler(
        lambda command: iter([building_stream(command.building)]), lambda command: command.building, _transfer
    ),
}
