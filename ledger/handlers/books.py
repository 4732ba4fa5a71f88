"""Books (账套) and their banks: gains received, and statements of bank accounts."""

from collections.abc import Iterator
from typing import Final

from ledger import bank, book
from ledger.batch import Batch
from ledger.commands import ReceiveGains, RecordStatement
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import bank_stream, book_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances


def _book(command: ReceiveGains) -> Iterator[str]:
    yield book_stream(command.county, command.fund)


def book_subject(command: ReceiveGains) -> str:
    """``532301/commodity``: the book that a command is about."""
    return f"{command.county}/{command.fund}"


def _receive(batch: Batch, command: ReceiveGains) -> None:
    name = book_stream(command.county, command.fund)
    events = book.decide_gains(command, batch.stamp, batch.today)
    standing = {command.fund: batch.books[name].designations}
    refuse_any(batch.judge(Circumstances(designations=standing), command))
    batch.books.add(name, events)


def _record_statement(batch: Batch, command: RecordStatement) -> None:
    name = bank_stream(command.account)
    state = batch.banks[name]
    events = bank.decide_statement(state, command, batch.stamp, batch.today)
    refuse_any(batch.judge(Circumstances(breaks=bank.breaks(state, command)), command))
    batch.banks.add(name, events)


HANDLERS: Final[Handlers] = {
    ReceiveGains: Handler(_book, book_subject, _receive, county=True),
    RecordStatement: Handler(
        lambda command: iter([bank_stream(command.account)]),
        lambda command: command.account,
        _record_statement,
    ),
}
