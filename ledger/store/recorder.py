"""``eventsourcing``'s recorder on our log: ordered reads without a table lock, with SELECT and INSERT only.

The library's own recorders lock the table so that a reader who remembers the last id misses nothing. Here a
position holds the transaction id, and readers stay below the oldest running transaction (see ``feed``).
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final
from uuid import UUID

import psycopg2
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    InfrastructureFactoryError,
    IntegrityError,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    TrackingRecorder,
)
from psycopg2 import errors
from sqlalchemy import Connection, Engine

from ledger.store.append import LARGE, Beside, MissingHead, copy, insert
from ledger.store.codec import StoredFact
from ledger.store.feed import Feed, Row

__all__ = ["FundFactory", "FundRecorder", "Polling"]

_CONFLICTS: Final = (psycopg2.IntegrityError, errors.DeadlockDetected, MissingHead)
_LAST_POSITION: Final = "fund last position"
_STREAMS_A_QUERY: Final = 200
_COLUMNS: Final = "stream, version, topic, schema, recorded_at, data"
_FROM_HEADS: Final = f"""
    select {_COLUMNS}
    from unnest(%(streams)s::text[], %(versions)s::int[]) as head (of_stream, reached)
    cross join lateral (
        select {_COLUMNS} from log.events where stream = of_stream and version > reached order by version
    ) as found
"""  # noqa: S608 - constant parts


class FundRecorder(ApplicationRecorder):
    """Records and reads events of the log in PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._feed = Feed(engine)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append all events, with what is ``beside`` them, or none; returns their positions.

        ``connection``: a SQLAlchemy connection whose transaction the append joins; without one it is a
        transaction of its own. Raises IntegrityError when something of it was recorded before, and
        ValueError for more than 2^20 - 1 events at once; the database refuses more in one transaction.
        """
        beside: Beside = kwargs.get("beside") or Beside()
        connection: Connection | None = kwargs.get("connection")
        stored = [_fact(event) for event in stored_events]
        if not stored and beside == Beside():
            return None
        try:
            if connection is not None:
                base = _join(connection, stored, beside)
            else:
                base = self._append(stored, beside)
        except _CONFLICTS as error:
            raise IntegrityError(type(error).__name__) from error
        return range(base + 1, base + 1 + len(stored))

    def _append(self, stored: Sequence[StoredFact], beside: Beside) -> int:
        if len(stored) + beside.size < LARGE:
            with self.cursor() as cursor:
                return insert(cursor, stored, beside)
        with self._engine.begin() as connection:
            return copy(connection.connection.cursor(), stored, beside)

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """A psycopg2 cursor in autocommit mode: one statement is one transaction and one round trip."""
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            if connection.closed:
                pooled.invalidate()
                self._engine.dispose()  # a server that is gone is gone for the other idle connections too
            else:
                connection.autocommit = False
            pooled.close()

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one stream after version ``gt`` and up to ``lte``, by version."""
        with self.cursor() as cursor:
            cursor.execute(
                f"""
                select {_COLUMNS} from log.events
                where stream = %s and version > %s and version <= coalesce(%s, 2147483647)
                order by version {"desc" if desc else "asc"} limit %s
                """,  # noqa: S608 - constant parts
                [str(originator_id), gt or 0, lte, limit],
            )
            return [_stored(row) for row in cursor]

    def select_streams(self, heads: Mapping[str, int]) -> Iterator[StoredFact]:
        """The events of many streams after the version given for each; a stream's events by version."""
        remaining = iter(heads.items())
        while some := list(islice(remaining, _STREAMS_A_QUERY)):
            streams, versions = zip(*some, strict=True)
            with self.cursor() as cursor:
                cursor.execute(_FROM_HEADS, {"streams": list(streams), "versions": list(versions)})
                found = cursor.fetchall()
            yield from map(_stored, found)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events of the whole log in position order, below the horizon."""
        after = (start or 0) - (1 if inclusive_of_start else 0)
        found = self._feed.rows(after, limit, upto=stop, topics=topics)
        return [_notification(row) for row in found]

    def max_notification_id(self) -> int | None:
        """The highest position below the horizon, or None."""
        return self._feed.horizon() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "Polling":
        """New events as they pass the horizon."""
        return Polling(self, gt, topics)


class Polling(Subscription[FundRecorder]):
    """A subscription that looks again after 1, 2, 4 … 50 ms: NOTIFY would serialise all commits."""

    def __init__(self, recorder: FundRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._waiting: Iterator[Notification] = iter(())

    def __next__(self) -> Notification:
        pause = 0.001
        while not self._has_been_stopped:
            for notification in self._waiting:
                self._last_notification_id = notification.id
                return notification
            found = self._recorder.select_notifications(
                self._last_notification_id, 500, topics=self._topics, inclusive_of_start=False
            )
            self._waiting = iter(found)
            if not found:
                time.sleep(pause)
                pause = min(pause * 2, 0.05)
        raise StopIteration


class FundFactory(InfrastructureFactory[TrackingRecorder]):
    """Makes the recorder; the read models keep their own checkpoints, so there is nothing to track."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(env={})
        self._engine = engine

    def application_recorder(self) -> FundRecorder:
        """A recorder on the log."""
        return FundRecorder(self._engine)

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """A recorder on the log; raises InfrastructureFactoryError for snapshots, which we do not keep."""
        if purpose != "events":
            raise InfrastructureFactoryError(f"no recorder for {purpose}")
        return self.application_recorder()

    def tracking_recorder(
        self,
        tracking_recorder_class: type[TrackingRecorder] | None = None,  # noqa: ARG002 - the library's signature
    ) -> TrackingRecorder:
        """Raises InfrastructureFactoryError."""
        raise InfrastructureFactoryError("read models keep their own checkpoints")

    def process_recorder(self) -> ProcessRecorder:
        """Raises InfrastructureFactoryError."""
        raise InfrastructureFactoryError("read models keep their own checkpoints")

    def close(self) -> None:
        """Close the idle connections."""
        self._engine.dispose()


def _join(connection: Connection, stored: Sequence[StoredFact], beside: Beside) -> int:
    """Append inside a transaction that may hold other appends: their ordinals run on."""
    after = connection.info.get(_LAST_POSITION, 0)
    large = len(stored) + beside.size >= LARGE
    base = (copy if large else insert)(connection.connection.cursor(), stored, beside, after)
    connection.info[_LAST_POSITION] = base + len(stored)
    return base


def _fact(event: StoredEvent) -> StoredFact:
    if not isinstance(event, StoredFact):
        raise TypeError(f"{type(event).__name__} has no schema")
    return event


def _stored(row: tuple[Any, ...]) -> StoredFact:
    stream, version, topic, schema, recorded_at, data = row
    return StoredFact(stream, version, topic, data.encode(), schema, recorded_at)


def _notification(row: Row) -> Notification:
    return Notification(row.stream, row.version, row.topic, row.data.encode(), row.position)
