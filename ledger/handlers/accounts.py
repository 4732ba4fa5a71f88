"""The designated bank accounts (专户) of books."""

from collections.abc import Iterator
from typing import Final

from ledger import designation
from ledger.batch import Batch
from ledger.commands import CloseAccount, DesignateAccount
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import Fund, book_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances


def _book(command: DesignateAccount | CloseAccount) -> Iterator[str]:
    yield book_stream(command.county, command.fund)


def _subject(command: DesignateAccount | CloseAccount) -> str:
    return f"{command.county}/{command.fund}"


def _designate(batch: Batch, command: DesignateAccount) -> None:
    name = book_stream(command.county, command.fund)
    events = designation.decide_designation(command, batch.stamp, batch.today)
    standing = {command.fund: batch.books[name].designations}
    if batch.live:
        other: Fund = "public" if command.fund == "commodity" else "commodity"
        standing[other] = batch.book(book_stream(command.county, other)).designations
    refuse_any(batch.judge(Circumstances(designations=standing), command))
    batch.books.add(name, events)


def _close(batch: Batch, command: CloseAccount) -> None:
    name = book_stream(command.county, command.fund)
    found = batch.books[name].designations
    batch.books.add(name, designation.decide_account_closing(found, command, batch.stamp, batch.today))


HANDLERS: Final[Handlers] = {
    DesignateAccount: Handler(_book, _subject, _designate, county=True),
    CloseAccount: Handler(_book, _subject, _close, county=True),
}
