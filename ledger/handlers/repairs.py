"""Repairs (维修使用): a finished repair as history, and what its payments take from unit accounts."""

from collections.abc import Iterator
from typing import Final

from ledger import repair
from ledger.batch import Batch
from ledger.commands import RecordRepair
from ledger.events import RepairPaid
from ledger.handlers.handler import Handler, Handlers
from ledger.handlers.payments import charge
from ledger.identity import building_stream, repair_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances


def _streams(command: RecordRepair) -> Iterator[str]:
    yield repair_stream(command.county, command.project)
    yield from map(building_stream, command.buildings)


def _record(batch: Batch, command: RecordRepair) -> None:
    refuse_any(batch.judge(Circumstances(), command))
    name = repair_stream(command.county, command.project)
    state = batch.repairs[name]
    scope = {code: batch.buildings[building_stream(code)] for code in command.buildings}
    events = repair.decide_repair(state, scope, command, batch.stamp, batch.today)
    for event in events:
        if isinstance(event, RepairPaid):
            charge(batch, name, event)
        else:
            batch.repairs.add(name, [event])


HANDLERS: Final[Handlers] = {
    RecordRepair: Handler(_streams, lambda command: command.project, _record, county=True),
}
