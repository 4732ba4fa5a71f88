"""Corrections: reversals (冲正), and imports undone (撤销导入)."""

from collections.abc import Iterator, Sequence
from typing import Final

from ledger import bank, book, building, destruction, refund, repair, treasury, undo
from ledger.batch import Batch
from ledger.commands import ReverseEntry, UndoImport
from ledger.errors import Refusal, Refused
from ledger.events import Event, ObligationPaid, RepairPaid
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import building_stream, event_id, import_stream
from ledger.limits import refuse_any
from ledger.reversal import FOLLOWING, origin
from ledger.rules import Circumstances


def _reversal_streams(command: ReverseEntry) -> Iterator[str]:
    yield command.stream


def _undo_streams(command: UndoImport) -> Iterator[str]:
    yield import_stream(command.import_id)


def _reverse(batch: Batch, command: ReverseEntry) -> None:
    original = _original(batch, command)
    name = command.stream
    if name in batch.buildings:
        _reverse_on_building(batch, name, original, command)
    elif name in batch.books:
        batch.books.add(name, _reversed_on_book(batch, original, command))
    elif name in batch.banks:
        batch.banks.add(name, bank.decide_reversal(batch.banks[name], original, command, batch.stamp))
    elif name in batch.repairs:
        _reverse_payment(batch, name, original, command)
    else:
        raise Refused(Refusal("not-reversible", f"“{name}”中的事件不能冲正", "stream"))


def _reversed_on_book(batch: Batch, original: Event | None, command: ReverseEntry) -> Sequence[Event]:
    state = batch.books[command.stream]
    if not isinstance(original, treasury.TreasuryEvent):
        return book.decide_reversal(state, original, command, batch.stamp)
    stored = batch.stored(command.stream)
    following = stored[command.version] if command.version < len(stored) else None
    return treasury.decide_reversal(state.invested, original, following, command, batch.stamp)


def _reverse_on_building(batch: Batch, name: str, original: Event | None, command: ReverseEntry) -> None:
    state = batch.buildings[name]
    if batch.live:
        given_back = refund.given_back(batch.history(name), command.version)
        about = Circumstances(given_back=given_back, building=state, original=original, today=batch.today)
        refuse_any(batch.judge(about, command))
    if isinstance(original, ObligationPaid):
        paid_back = destruction.decide_payment_reversal(state, original, command, batch.stamp)
        batch.buildings.add(name, paid_back)
    else:
        batch.buildings.add(name, building.decide_reversal(state, original, command, batch.stamp))


def _reverse_payment(batch: Batch, name: str, original: Event | None, command: ReverseEntry) -> None:
    """Take a payment back on the project, and what follows from it on every building."""
    batch.repairs.add(name, repair.decide_reversal(batch.repairs[name], original, command, batch.stamp))
    scope = {
        *batch.repairs[name].buildings,
        *(original.buildings if isinstance(original, RepairPaid) else ()),
    }
    payment = event_id(name, command.version)
    batch.buildings.also([building_stream(code) for code in scope])
    for stream in map(building_stream, sorted(scope)):
        for version, event in enumerate(batch.history(stream), 1):
            if origin(event) == payment:
                state = batch.buildings[stream]
                back = ReverseEntry(stream=stream, version=version, reason=command.reason)
                about = Circumstances(building=state, original=event, today=batch.today)
                refuse_any(batch.judge(about, back))
                made = building.decide_reversal(state, event, back, batch.stamp, FOLLOWING)
                batch.buildings.add(stream, made)


def _original(batch: Batch, command: ReverseEntry) -> Event | None:
    events = batch.stored(command.stream)
    return events[command.version - 1] if 0 < command.version <= len(events) else None


def _undo(batch: Batch, command: UndoImport) -> None:
    name, events = import_stream(command.import_id), batch.undoing[command.import_id]
    undone = undo.decide_undo(batch.undone[name], command, events, batch.stamp, batch.today)
    batch.undone.add(name, [undone])


HANDLERS: Final[Handlers] = {
    ReverseEntry: Handler(_reversal_streams, lambda command: command.stream, _reverse),
    UndoImport: Handler(_undo_streams, lambda command: command.import_id, _undo),
}
