"""The library's own conformance cases, on our recorder.

Three things are translated: the cases number events 1, 2, 3 while our positions hold transaction ids, so
positions are shown by rank; their streams are UUIDs while ours are text; and their events carry no schema
and no moment.
"""

import gc
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from uuid import UUID, uuid4

import psycopg2
import pytest
from eventsourcing import cryptography
from eventsourcing.persistence import (
    InfrastructureFactoryError,
    IntegrityError,
    Notification,
    ProgrammingError,
    StoredEvent,
)

from ledger.store.append import Beside
from ledger.store.codec import StoredFact
from ledger.store.feed import ORDINAL_BITS, Feed
from ledger.store.recorder import FundFactory, FundRecorder

# The module of the cases imports the cipher that needs pycryptodome; the library's other one serves as well.
sys.modules.setdefault("eventsourcing.cipher", cryptography)
cases = import_module("eventsourcing.tests.persistence")

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Translated(FundRecorder):
    """Our recorder as the conformance cases know recorders."""

    def __init__(self, engine) -> None:
        super().__init__(engine)
        self._every = Feed(engine)

    def _positions(self) -> list[int]:
        return [row.position for batch in self._every.scan() for row in batch]

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs):
        facts = [
            StoredFact(str(event.originator_id), event.originator_version, event.topic, event.state, 1, NOW)
            for event in stored_events
        ]
        found = super().insert_events(facts, **kwargs)
        if found is None or len(found) > 10:  # of the concurrent cases, which do not look at positions
            return found
        positions = self._positions()
        return [positions.index(position) + 1 for position in found]

    def select_events(self, originator_id, **kwargs):
        return [shown(event) for event in super().select_events(originator_id, **kwargs)]

    def select_notifications(self, start, limit, stop=None, topics=(), *, inclusive_of_start=True):
        positions = [0, *self._positions()]
        found = super().select_notifications(
            start and (positions[start] if start < len(positions) else positions[-1] + 1),
            limit,
            stop and positions[stop],
            topics,
            inclusive_of_start=inclusive_of_start,
        )
        rank = {position: number for number, position in enumerate(positions)}
        return [
            Notification(UUID(n.originator_id), n.originator_version, n.topic, n.state, rank[n.id])
            for n in found
            if n.id in rank
        ]

    def max_notification_id(self):
        found = super().max_notification_id()
        return found and self._positions().index(found) + 1


def shown(event: StoredEvent) -> StoredEvent:
    return StoredEvent(UUID(event.originator_id), event.originator_version, event.topic, event.state)


class OnAServer:
    """A fresh database for each case."""

    server: str

    @pytest.fixture(autouse=True)
    def _fresh(self, request):
        with request.getfixturevalue(self.server).database() as made:
            self._engine = made.engine
            yield
        gc.collect()

    def create_recorder(self) -> Translated:
        return Translated(self._engine)


@pytest.mark.slow
class TestEmbeddedRecorder(OnAServer, cases.ApplicationRecorderTestCase):
    server = "embedded"

    def test_insert_subscribe(self):
        self.optional_test_insert_subscribe()


@pytest.mark.slow
class TestSystemRecorder(OnAServer, cases.ApplicationRecorderTestCase):
    server = "system"

    def test_insert_subscribe(self):
        self.optional_test_insert_subscribe()


@pytest.mark.slow
class TestEmbeddedOrder(OnAServer, cases.NonInterleavingNotificationIDsBaseCase):
    server = "embedded"


def fact(stream: str, version: int = 1) -> StoredFact:
    return StoredFact(stream, version, "topic", b"{}", 1, NOW)


@pytest.fixture
def recorder(database) -> FundRecorder:
    return FundRecorder(database.engine)


def positions(feed: Feed) -> list[int]:
    return [row.position for batch in feed.scan() for row in batch]


def test_a_position_is_a_transaction_and_an_ordinal(recorder, feed):
    first = recorder.insert_events([fact("a"), fact("b")])
    second = recorder.insert_events([fact("c")])
    assert [position % (1 << ORDINAL_BITS) for position in (*first, *second)] == [1, 2, 1]
    assert first[0] >> ORDINAL_BITS == first[1] >> ORDINAL_BITS < second[0] >> ORDINAL_BITS
    assert positions(feed) == [*first, *second]


@pytest.mark.parametrize("sizes", [(1, 1, 2), (300, 2, 300), (1, 400, 1)])
def test_appends_of_one_transaction_share_one_running_ordinal(recorder, database, feed, sizes):
    given = []
    with database.engine.begin() as connection:
        for number, size in enumerate(sizes):
            facts = [fact(f"{number}/{n}") for n in range(size)]
            given += recorder.insert_events(facts, connection=connection)
    assert [position % (1 << ORDINAL_BITS) for position in given] == list(range(1, sum(sizes) + 1))
    assert len({position >> ORDINAL_BITS for position in given}) == 1
    assert positions(feed) == given
    [later] = recorder.insert_events([fact("later")])
    assert later % (1 << ORDINAL_BITS) == 1


def test_a_transaction_holds_no_more_events_than_an_ordinal_counts(recorder, database, feed):
    full = (1 << ORDINAL_BITS) - 1
    with pytest.raises(ValueError, match=str(full)):
        recorder.insert_events([fact("a")] * (full + 1))
    with database.engine.connect() as connection:
        [position] = recorder.insert_events([fact("a")], connection=connection)
        connection.info["fund last position"] = position + full - 1
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="事件的位置"):
            recorder.insert_events([fact("b")], connection=connection)
    assert positions(feed) == []


def test_the_epoch_moves_positions_up(recorder, database, feed):
    [before] = recorder.insert_events([fact("a")])
    connection = psycopg2.connect(database.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica; update log.cell set epoch = 1000000000")
    connection.close()
    [after] = recorder.insert_events([fact("b")])
    assert after >> ORDINAL_BITS > 1_000_000_000
    assert positions(feed) == [before, after]


def test_what_comes_beside_is_all_or_nothing(recorder, feed):
    recorder.insert_events([fact("a")])
    with pytest.raises(IntegrityError):
        recorder.insert_events([fact("b")], beside=Beside(heads={"a": 2}))
    with pytest.raises(IntegrityError):
        recorder.insert_events([fact("b")], beside=Beside(rows=(b"x", b"x"), import_id="i"))
    assert len(positions(feed)) == 1


def test_an_event_without_a_schema_is_refused(recorder, feed):
    with pytest.raises(TypeError, match="schema"):
        recorder.insert_events([StoredEvent(str(uuid4()), 1, "topic", b"{}")])
    assert positions(feed) == []


def test_streams_are_read_from_where_each_was_reached(recorder):
    recorder.insert_events([fact("a", 1), fact("b", 1), fact("a", 2), fact("b", 2), fact("c", 1)])
    found = recorder.select_streams({"b": 1, "a": 0, "none": 0, "c": 1})
    assert sorted((each.originator_id, each.originator_version) for each in found) == [
        ("a", 1),
        ("a", 2),
        ("b", 2),
    ]


def test_a_server_that_is_gone_costs_one_error(recorder, database):
    with recorder.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        [victim] = cursor.fetchone()
    connection = psycopg2.connect(database.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", [victim])
    connection.close()
    with pytest.raises(psycopg2.OperationalError):
        recorder.select_events("a")
    assert recorder.select_events("a") == []


def test_the_factory_offers_what_we_keep(database):
    factory = FundFactory(database.engine)
    assert isinstance(factory.aggregate_recorder(), FundRecorder)
    for refused in (
        lambda: factory.aggregate_recorder("snapshots"),
        factory.tracking_recorder,
        factory.process_recorder,
    ):
        with pytest.raises(InfrastructureFactoryError):
            refused()


def test_a_subscription_is_entered_once(recorder):
    with recorder.subscribe() as subscription, pytest.raises(ProgrammingError):
        subscription.__enter__()
