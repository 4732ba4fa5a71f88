"""What an office owes every year (对账、公布): read from every building of a book, written to the book."""

from collections.abc import Iterator
from typing import Final

from ledger import publishing, reconciling
from ledger.batch import Batch
from ledger.commands import IssuePublication, ReconcileStatement
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import bank_stream, book_stream, building_stream
from ledger.limits import refuse_any
from ledger.reconciling import Found
from ledger.rules import Circumstances


def _reconciled(command: ReconcileStatement) -> Iterator[str]:
    yield book_stream(command.county, command.fund)
    yield bank_stream(command.account)


def _published(command: IssuePublication) -> Iterator[str]:
    yield book_stream(command.county, command.fund)


def _subject(command: ReconcileStatement | IssuePublication) -> str:
    return f"{command.county}/{command.fund}"


def _buildings(batch: Batch, book: str) -> dict[str, Found]:
    """Every building of the book."""
    return {code: Found.of(batch.history(building_stream(code))) for code in batch.books[book].buildings}


def _reconcile(batch: Batch, command: ReconcileStatement) -> None:
    name = book_stream(command.county, command.fund)
    history = [*batch.stored(name), *batch.books.new(name)]
    events = reconciling.decide_reconciliation(
        command,
        batch.banks[bank_stream(command.account)],
        _buildings(batch, name),
        history,
        batch.stamp,
        batch.today,
    )
    unexplained = Circumstances(unexplained_fen=events[0].difference_fen)
    refuse_any(batch.judge(unexplained, command))
    batch.books.add(name, events)


def _publish(batch: Batch, command: IssuePublication) -> None:
    name = book_stream(command.county, command.fund)
    chosen = {
        code: found
        for code, found in _buildings(batch, name).items()
        if found.state.facts is not None and command.estate in (None, found.state.facts.estate)
    }
    batch.books.add(name, publishing.decide_publication(command, chosen, batch.stamp, batch.today))


HANDLERS: Final[Handlers] = {
    ReconcileStatement: Handler(_reconciled, _subject, _reconcile, county=True),
    IssuePublication: Handler(_published, _subject, _publish, county=True),
}
