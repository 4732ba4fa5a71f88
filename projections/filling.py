"""Filling shadows from the log: one stream from zero, folded in memory, written by COPY in short commits."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from sqlalchemy import Connection, Engine, func, select, text

from ledger.store.feed import Source
from ledger.store.tables import events
from projections.batch import Batch
from projections.models import TABLES, Shadows
from projections.shadow import complete

BATCH = 10_000
"""Events a commit."""


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
    with engine.begin() as connection:
        _commit_soon(connection)
        shadows.accounts.finish(connection)
    complete(engine, TABLES)
    return filled


def _stream(engine: Engine, feed: Source, shadows: Shadows, upto: int, report: Report | None) -> Filled:
    total = _count(engine, upto)
    started = time.monotonic()
    filled = Filled(position=0, events=0)
    for rows in feed.scan(upto=upto, batch=BATCH):
        with engine.begin() as connection:
            _commit_soon(connection)
            filled = taken(connection, shadows, filled, Batch(rows))
        if report is not None:
            spent = time.monotonic() - started
            left = spent / filled.events * max(total - filled.events, 0)
            report(Progress(done=filled.events, total=total, seconds_left=left))
    return filled


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
    for model in shadows.models:
        model.write(connection, model.fold(batch))
    return Filled(position=batch.position, events=filled.events + len(batch.rows))


def _commit_soon(connection: Connection) -> None:
    """Shadows are nobody's truth yet: their commits need not wait for the disk, the swap's will."""
    connection.execute(text("set local synchronous_commit = off"))


def _count(engine: Engine, upto: int) -> int:
    with engine.connect() as connection:
        return connection.execute(
            select(func.count()).select_from(events).where(events.c.position <= upto)
        ).scalar_one()
