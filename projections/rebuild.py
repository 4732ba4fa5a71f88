"""Rebuilding (重建): every read model from zero beside the live tables, then compared or swapped in.

The shadows are loaded in short commits, because an open writing transaction would hold every reader of the
log back. The swap alone is one transaction: it catches up what came meanwhile, renames the tables and moves
the checkpoints. Readers wait for it some milliseconds; a rebuild that ends early changes nothing. The log is
never locked.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from ledger.store.feed import Feed, Source
from projections.batch import Batch
from projections.checkpoints import READ_MODELS, checkpoints, lock, refuse_newer
from projections.differences import Difference, differences
from projections.exclusive import Held, Task, exclusive
from projections.filling import BATCH, Filled, Report, fill, follow, taken
from projections.models import DRAFTS, TABLES, Shadows, read_models, shadow_models
from projections.pauses import pauses
from projections.runner import Follower
from projections.shadow import as_owner, create, drop, replace

MOST_DIFFERENCES = 1000
"""Differences that a check lists for one table."""

_SWAP_WITHIN = 60.0
"""Seconds to find a moment for the swap in, between the queries of readers."""

_LOCK_TIMEOUT = "100ms"
"""What readers may have to wait for a swap that itself waits; shorter than the deadlock timeout."""

_LOCK_NOT_AVAILABLE = "55P03"


class RebuildRunning(Exception):  # noqa: N818 - names the condition
    """Another process is rebuilding or checking."""

    def __init__(self) -> None:
        super().__init__("另一个进程正在重建或核对")


class NotSwapped(Exception):  # noqa: N818 - names the condition
    """Readers left no moment for the swap; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("查询一直占用读表，未能切换；读模型没有改动，请稍后再试")


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild or a check did: position, events read, seconds; a rebuild lists no differences.

    ``cleared`` are shadow tables that an earlier rebuild left when it was killed.
    """

    position: int
    events: int
    seconds: float
    cleared: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


def rebuild(engine: Engine, feed: Source | None = None, report: Report | None = None) -> Rebuilt:
    """Rebuild every read model from the log and swap all in at once.

    Raises RebuildRunning; NewerModel; ProjectionStopped when an event cannot be read; NotSwapped when readers
    leave no moment for the swap. In every such case, and when interrupted, the live tables stay as they are.
    """
    source: Source = feed or Feed(engine)
    started = time.monotonic()
    with _shadows(engine) as (shadows, cleared, held):
        filled = fill(engine, source, shadows, source.horizon(), report)
        filled = _swap(engine, source, shadows, follow(engine, source, shadows, filled, None), held)
    return Rebuilt(
        position=filled.position,
        events=filled.events,
        seconds=time.monotonic() - started,
        cleared=cleared,
    )


def check(engine: Engine, feed: Source | None = None, report: Report | None = None) -> Rebuilt:
    """Rebuild beside and compare at the same position, after catching up; the live tables stay as they are.

    Raises what ``rebuild`` and ``Follower.catch_up`` raise.
    """
    source: Source = feed or Feed(engine)
    started = time.monotonic()
    position = Follower(engine, read_models(engine), source).catch_up()
    with _shadows(engine) as (shadows, cleared, _):
        filled = fill(engine, source, shadows, position, report)
        with engine.begin() as connection:
            # A table lock, not row locks: these would make this a writing transaction.
            connection.execute(text("lock table read.checkpoints in share mode"))
            stood = dict(
                connection.execute(
                    select(checkpoints.c.model, checkpoints.c.position).where(
                        checkpoints.c.model.in_(READ_MODELS)
                    )
                ).all()
            )
            filled = follow(engine, source, shadows, filled, max(stood.values(), default=0))
            found = [
                Difference(
                    table="read.checkpoints", key=model, message=f"停在位置 {at}，应为 {filled.position}"
                )
                for model, at in sorted(stood.items())
                if at != filled.position
            ]
            for table in TABLES:
                found += differences(connection, table, MOST_DIFFERENCES)
    return Rebuilt(
        position=filled.position,
        events=filled.events,
        seconds=time.monotonic() - started,
        cleared=cleared,
        differences=tuple(found),
    )


@contextmanager
def _shadows(engine: Engine) -> Iterator[tuple[Shadows, tuple[str, ...], Held]]:
    """Empty shadow tables and their models, gone at the end whatever happens, unless swapped in.

    With them the names of tables that were left of an earlier rebuild, and the lock that makes them ours.
    """
    shadows = shadow_models(engine)
    with exclusive(engine, Task.REBUILD) as held:
        if held is None:
            raise RebuildRunning
        with engine.connect() as connection:
            refuse_newer(connection, {model.name: model.version for model in shadows.models})
        cleared = tuple(drop(engine))
        try:
            create(engine, TABLES, DRAFTS)
            yield shadows, cleared, held
        finally:
            if not held.lost:
                drop(engine)


def _swap(engine: Engine, feed: Source, shadows: Shadows, filled: Filled, held: Held) -> Filled:
    """Try until a moment is found in which no reader's query holds a table longer than the lock waits.

    Shadows are known by their names alone: nobody else may have made them meanwhile.
    """
    deadline = time.monotonic() + _SWAP_WITHIN
    for pause in pauses():
        try:
            with as_owner(engine) as connection:
                connection.execute(text(f"set local lock_timeout = '{_LOCK_TIMEOUT}'"))
                caught_up = _catch_up(connection, feed, shadows, filled)
                replace(connection, TABLES)
                held.ensure()
                _move_checkpoints(connection, shadows, caught_up.position)
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE:
                raise
            if time.monotonic() > deadline:
                raise NotSwapped from error
        else:
            return caught_up
        time.sleep(pause)
    raise AssertionError("pauses never end")


def _catch_up(connection: Connection, feed: Source, shadows: Shadows, filled: Filled) -> Filled:
    """Hold the followers at their checkpoints, then read at least as far as they had come.

    Followers lock their checkpoints before their tables, and so do we: nobody waits in a circle.
    """
    lock(connection, READ_MODELS)
    while rows := feed.rows(filled.position, BATCH):
        filled = taken(connection, shadows, filled, Batch(rows))
    return filled


def _move_checkpoints(connection: Connection, shadows: Shadows, position: int) -> None:
    for model in shadows.models:
        moved = {"version": model.version, "position": position, "updated_at": func.now()}
        connection.execute(
            insert(checkpoints)
            .values(model=model.name, **moved)
            .on_conflict_do_update(index_elements=["model"], set_=moved)
        )
