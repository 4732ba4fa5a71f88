"""Filling shadows from the log: one stream from zero, folded in memory, written by COPY in short commits.

The database takes one batch in while the next is folded, and makes the keys of two tables at a time.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, func, select

from ledger.store.feed import Source
from ledger.store.tables import events
from projections.accounts import accounts
from projections.accounts_anew import AccountsAnew
from projections.batch import Batch, Model
from projections.models import TABLES, Shadows
from projections.shadow import commit_soon, complete

BATCH = 5000
"""Events a commit."""

_AT_A_TIME = 2
"""Tables that get their keys and indexes at the same time."""

Folded = Sequence[tuple[Model, Any]]
"""What each model found in a batch."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a rebuild is: events read, events in all, and the seconds it will probably still take."""

    done: int
    total: int
    seconds_left: float


Report = Callable[[Progress], None]


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """The position that the shadows have reached and the events they read."""

    position: int
    events: int


def fill(engine: Engine, feed: Source, shadows: Shadows, upto: int, report: Report | None = None) -> Filled:
    """Fill the shadows with everything up to a position, then give them their keys and indexes.

    Raises ProjectionStopped.
    """
    with _no_search_for_cycles():
        filled = _stream(engine, feed, shadows, upto, report)
    _complete(engine, shadows.accounts, filled.position)
    shadows.vouchers.settle()
    return filled


def _stream(engine: Engine, feed: Source, shadows: Shadows, upto: int, report: Report | None) -> Filled:
    """Write each batch while the next one is folded; an error of either ends both."""
    total = _count(engine, upto)
    started = time.monotonic()
    filled = Filled(position=0, events=0)
    with _threads(1) as writer:
        writing: Future[None] | None = None
        for rows in feed.scan(upto=upto, batch=BATCH):
            batch = Batch(rows)
            folded = _folded(shadows, batch)
            if writing is not None:
                writing.result()
            writing = writer.submit(_write_soon, engine, folded)
            filled = _further(filled, batch)
            if report is not None:
                spent = time.monotonic() - started
                left = spent / filled.events * max(total - filled.events, 0)
                report(Progress(done=filled.events, total=total, seconds_left=left))
        if writing is not None:
            writing.result()
    return filled


def _complete(engine: Engine, summed: AccountsAnew, position: int) -> None:
    """The other tables get their keys while the accounts are summed."""
    with _threads(_AT_A_TIME) as pool:
        others = [pool.submit(complete, engine, table) for table in TABLES if table is not accounts]
        with engine.begin() as connection:
            commit_soon(connection)
            summed.total(connection, position)
        complete(engine, accounts)
        with engine.begin() as connection:
            commit_soon(connection)
            summed.settle(connection, position)
        for each in others:
            each.result()


@contextmanager
def _threads(number: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that have ended when the block has, and begin nothing new once it fails."""
    pool = ThreadPoolExecutor(number)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Millions of small tuples without a cycle among them: looking for one takes a third of the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def follow(engine: Engine, feed: Source, shadows: Shadows, filled: Filled, upto: int | None) -> Filled:
    """Bring filled shadows further, to a position or to the horizon, in short commits."""
    while rows := feed.rows(filled.position, BATCH):
        wanted = [row for row in rows if upto is None or row.position <= upto]
        if wanted:
            with engine.begin() as connection:
                filled = taken(connection, shadows, filled, Batch(wanted))
        if len(wanted) < BATCH:
            break
    return filled


def taken(connection: Connection, shadows: Shadows, filled: Filled, batch: Batch) -> Filled:
    """Fold one more batch and write it within the caller's transaction."""
    _write(connection, _folded(shadows, batch))
    return _further(filled, batch)


def _folded(shadows: Shadows, batch: Batch) -> Folded:
    return [(model, model.fold(batch)) for model in shadows.models]


def _write(connection: Connection, folded: Folded) -> None:
    for model, changes in folded:
        model.write(connection, changes)


def _write_soon(engine: Engine, folded: Folded) -> None:
    with engine.begin() as connection:
        commit_soon(connection)
        _write(connection, folded)


def _further(filled: Filled, batch: Batch) -> Filled:
    return Filled(position=batch.position, events=filled.events + len(batch.rows))


def _count(engine: Engine, upto: int) -> int:
    with engine.connect() as connection:
        return connection.execute(
            select(func.count()).select_from(events).where(events.c.position <= upto)
        ).scalar_one()
