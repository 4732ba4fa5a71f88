"""The feed: events in commit order, for everything that follows the log.

A position is ``(transaction id + epoch) << 20 | ordinal``. Transactions commit in any order, so a reader that
remembers a position may only look below the oldest transaction still running: the horizon
(``pg_snapshot_xmin``). Nothing can appear below it any more, and so nothing is ever missed.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import BigInteger, ColumnElement, Engine, Select, cast, func, literal_column, select
from sqlalchemy import Text as SqlText

from ledger.events import Event
from ledger.store.codec import decode
from ledger.store.tables import cell, events

ORDINAL_BITS = 20
"""Bits of a position that count the events of one transaction."""


class Row(NamedTuple):
    """One stored event, raw: every column as it lies in the log (the seal hashes exactly these)."""

    position: int
    stream: str
    version: int
    topic: str
    schema: int
    recorded_at: datetime
    data: str


class Recorded(NamedTuple):
    """One event with its place in the log."""

    position: int
    stream: str
    version: int
    event: Event


class Source(Protocol):
    """What followers and the audit read from: ``Feed`` in PostgreSQL, ``MemoryLog`` in unit tests."""

    def rows(self, after: int, limit: int) -> list[Row]:
        """Up to ``limit`` events after a position, in position order, below the horizon."""
        ...

    def scan(self, after: int = 0, upto: int | None = None, batch: int = 5000) -> Iterator[list[Row]]:
        """All events after a position and up to another (inclusive), in batches of one snapshot."""
        ...

    def horizon(self) -> int:
        """The highest position that may safely be read now; 0 when there is none."""
        ...


def recorded(rows: Iterable[Row]) -> list[Recorded]:
    """The rows decoded; raises UnreadableEvent."""
    return [
        Recorded(position, stream, version, decode(topic, schema, data))
        for position, stream, version, topic, schema, _, data in rows
    ]


def _horizon() -> ColumnElement[int]:
    """The first position that a transaction still running could take."""
    xmin = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), SqlText), BigInteger)
    epoch = select(cell.c.epoch).scalar_subquery()
    return (xmin + epoch).op("<<", return_type=BigInteger())(literal_column(str(ORDINAL_BITS)))


class Feed:
    """The events of the log in PostgreSQL, in commit order, never past the horizon."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rows(
        self, after: int, limit: int, *, upto: int | None = None, topics: Sequence[str] = ()
    ) -> list[Row]:
        """Up to ``limit`` events after a position, in position order, below the horizon.

        ``upto`` is the last position wanted; ``topics``, when given, the only topics.
        """
        wanted = self._select(after, upto).limit(limit)
        if topics:
            wanted = wanted.where(events.c.topic.in_(topics))
        with self._engine.connect() as connection:
            return [Row._make(row) for row in connection.execute(wanted)]

    def scan(self, after: int = 0, upto: int | None = None, batch: int = 5000) -> Iterator[list[Row]]:
        """All events after a position and up to another (inclusive), in batches of one snapshot.

        A server-side cursor keeps memory constant; the snapshot is read only and holds no reader back.
        """
        with self._engine.connect() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=batch)
            for partition in streaming.execute(self._select(after, upto)).partitions(batch):
                yield [Row._make(row) for row in partition]

    def horizon(self) -> int:
        """The highest position that may safely be read now; 0 when there is none."""
        newest = select(func.max(events.c.position)).where(events.c.position < _horizon())
        with self._engine.connect() as connection:
            return connection.execute(newest).scalar_one() or 0

    @staticmethod
    def _select(after: int, upto: int | None) -> Select[Any]:
        wanted = select(*(events.c[name] for name in Row._fields))
        # "+ 0" keeps the horizon out of the index range: the planner does not know it, guesses that few rows
        # match, and would fetch and sort the whole rest of the log for each batch.
        wanted = wanted.where(events.c.position > after, events.c.position + 0 < _horizon())
        if upto is not None:
            wanted = wanted.where(events.c.position <= upto)
        return wanted.order_by(events.c.position)
