"""Repairs (维修使用): a finished repair as history, and what its payments take from unit accounts."""

from collections.abc import Iterator
from typing import Final

from ledger import building, repair
from ledger.batch import Batch
from ledger.commands import RecordRepair
from ledger.events import RepairPaid
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import building_stream, event_id, repair_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances
from ledger.sharing import repair_shares


def _streams(command: RecordRepair) -> Iterator[str]:
    yield repair_stream(command.county, command.project)
    yield from map(building_stream, command.buildings)


def _record(batch: Batch, command: RecordRepair) -> None:
    refuse_any(batch.judge(Circumstances(), command))
    name = repair_stream(command.county, command.project)
    state = batch.repairs[name]
    scope = {code: batch.buildings[building_stream(code)] for code in command.buildings}
    events = repair.decide_repair(state, scope, command, batch.stamp, batch.today)
    for version, event in enumerate(events, state.version + 1):
        if isinstance(event, RepairPaid):
            _withdraw(batch, event, event_id(name, version))
    batch.repairs.add(name, events)


def _withdraw(batch: Batch, paid: RepairPaid, payment: str) -> None:
    """Take one payment from the owner accounts of the buildings in scope."""
    scope = {code: batch.buildings[building_stream(code)] for code in paid.buildings}
    interest_first = batch.policy.interest_first(paid.value_date)
    for code, shares in repair_shares(paid.amount_fen, scope).items():
        batch.buildings.add(
            building_stream(code),
            building.decide_withdrawal(
                scope[code], shares, payment, paid.value_date, interest_first, batch.stamp
            ),
        )


HANDLERS: Final[Handlers] = {
    RecordRepair: Handler(_streams, lambda command: command.project, _record, county=True),
}
