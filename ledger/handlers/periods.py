"""Periods (会计期间) of books: closing them."""

from collections.abc import Iterator
from typing import Final

from ledger import periods
from ledger.batch import Batch
from ledger.commands import ClosePeriod
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import book_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances


def _book(command: ClosePeriod) -> Iterator[str]:
    yield book_stream(command.county, command.fund)


def _close(batch: Batch, command: ClosePeriod) -> None:
    name = book_stream(command.county, command.fund)
    events = periods.decide_close(command, batch.stamp, batch.today)
    refuse_any(batch.judge(Circumstances(closings=batch.books[name].closings), command))
    batch.books.add(name, events)


HANDLERS: Final[Handlers] = {
    ClosePeriod: Handler(_book, lambda command: f"{command.county}/{command.fund}", _close, county=True),
}
