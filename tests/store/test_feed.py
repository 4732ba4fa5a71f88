"""The feed misses nothing, whatever the order in which transactions commit."""

import multiprocessing
import random
import threading
import time
from datetime import UTC, date, datetime

import psycopg2
import pytest
from sqlalchemy import text

from ledger.events import DemonstrationStarted
from ledger.log import Change, Claim, ClaimTaken, Request, VersionConflict
from ledger.store.bridge import EventLog
from ledger.store.engine import engine
from ledger.store.feed import Feed

WRITERS = 8
EVENTS_A_WRITER = 1250


def event(seed: int) -> DemonstrationStarted:
    return DemonstrationStarted(
        actor="test",
        recorded_at=datetime(2026, 11, 23, tzinfo=UTC),
        value_date=date(2026, 11, 23),
        origin="live",
        policy="1",
        seed=seed,
        scale="1",
    )


def write(url: str, writer: int) -> None:
    """Append in batches of random size, now and then in a transaction that dawdles or is given up."""
    chance, made, version = random.Random(writer), engine(url), 0
    log = EventLog(made)
    while version < EVENTS_A_WRITER:
        size = min(chance.choice([1, 1, 1, 2, 5, 40, 300]), EVENTS_A_WRITER - version)
        if chance.random() < 0.1:
            with made.connect() as abandoned:
                abandoned.execute(text("select pg_current_xact_id()"))
                time.sleep(chance.random() / 50)
        log.append([Change(f"building/{writer}", version, tuple(event(n) for n in range(size)))])
        version += size
    made.dispose()


def tail(feed: Feed, wanted: int, patience: float) -> list[tuple[int, str, int]]:
    """Follow by last position, as a projection does."""
    seen: list[tuple[int, str, int]] = []
    deadline = time.monotonic() + patience
    while len(seen) < wanted and time.monotonic() < deadline:
        rows = feed.rows(seen[-1][0] if seen else 0, 100)
        seen += [(row.position, row.stream, row.version) for row in rows]
    return seen


@pytest.mark.slow
def test_a_reader_that_follows_eight_writers_misses_nothing(database, feed):
    start = multiprocessing.get_context("spawn")
    writers = [start.Process(target=write, args=(database.url, number)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    seen = tail(feed, WRITERS * EVENTS_A_WRITER, patience=240)
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    positions = [position for position, _, _ in seen]
    assert positions == sorted(set(positions))
    for number in range(WRITERS):
        versions = [version for _, stream, version in seen if stream == f"building/{number}"]
        assert versions == list(range(1, EVENTS_A_WRITER + 1))
    assert [row.position for batch in feed.scan() for row in batch] == positions


@pytest.fixture
def open_writer(database):
    """A transaction that has taken its id and does not end until the test says so."""
    connection = psycopg2.connect(database.admin_url)
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()")
    yield connection
    connection.close()


def test_an_open_writer_holds_readers_back_and_then_nothing_is_lost(database, log, feed, open_writer):
    log.append([Change("building/1", 0, (event(1),))])
    assert (feed.rows(0, 10), list(feed.scan()), feed.horizon()) == ([], [], 0)
    open_writer.commit()
    assert [row.version for row in feed.rows(0, 10)] == [1]


def test_an_open_reader_holds_nobody_back(database, log, feed):
    connection = psycopg2.connect(database.admin_url)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from log.events")
        log.append([Change("building/1", 0, (event(1),))])
        assert [row.version for row in feed.rows(0, 10)] == [1]
    connection.close()


def test_a_scan_keeps_its_snapshot(log, feed):
    for version in range(4):
        log.append([Change("building/1", version, (event(version),))])
    scan = feed.scan(batch=2)
    first = next(scan)
    log.append([Change("building/1", 4, (event(4),))])
    assert [row.version for row in (*first, *next(scan))] == [1, 2, 3, 4]
    assert list(scan) == []


def test_topics_and_an_upper_bound(log, feed):
    places = [log.append([Change("building/1", n, (event(n),))]).position for n in range(3)]
    assert [row.version for row in feed.rows(places[0], 10, upto=places[1])] == [2]
    assert feed.rows(0, 10, topics=["no-such-topic"]) == []
    assert len(feed.rows(0, 10, topics=["no-such-topic", "demonstration-started"])) == 3


def test_eight_threads_with_one_key_make_one_append(log, feed):
    answers, ready = [], threading.Barrier(WRITERS)

    def ask() -> None:
        ready.wait()
        answers.append(log.append([Change("building/1", 0, (event(1),))], request=Request("key", b"d" * 32)))

    race(ask)
    assert len(feed.rows(0, 10)) == 1
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * (WRITERS - 1)
    assert len({(answer.position, answer.events) for answer in answers}) == 1


def test_eight_threads_with_one_receipt_make_one_append(log, feed):
    refused, ready = [], threading.Barrier(WRITERS)
    claim = Claim("receipt/532301", "00012", strict=True)
    numbers = iter(range(WRITERS))

    def ask() -> None:
        number = next(numbers)
        ready.wait()
        try:
            log.append([Change(f"building/{number}", 0, (event(1),))], claims=[claim])
        except ClaimTaken as error:
            refused.append(error.claims)

    race(ask)
    assert len(feed.rows(0, 10)) == 1
    assert refused == [(claim,)] * (WRITERS - 1)


def test_eight_threads_that_retry_conflicts_all_get_their_turn(log, feed):
    def count(state: int, _event: object) -> int:
        return state + 1

    def ask() -> None:
        for _ in range(10):
            while True:
                version, counted = log.load(["building/1"], 0, count)["building/1"]
                assert counted == version
                try:
                    log.append([Change("building/1", version, (event(version),))])
                except VersionConflict:
                    continue
                break

    race(ask)
    assert [row.version for row in feed.rows(0, 100)] == list(range(1, 10 * WRITERS + 1))


def race(ask) -> None:
    threads = [threading.Thread(target=ask) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
