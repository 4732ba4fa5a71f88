"""Appending (追加): one event a commit with an idempotency key, by one and by eight clients; and in bulk.

The raw baseline is psycopg2 alone: INSERT of the same bytes into the same table, then COMMIT.
"""

import hashlib
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine

from bench.figures import Figure, figure, interleaved
from bench.samples import MOMENT, deposit
from ledger.log import Change, Request
from ledger.store.bridge import EventLog
from ledger.store.codec import encode

_CLIENTS = 8
_INSERT = """
    insert into log.events (position, stream, version, topic, schema, recorded_at, data)
    values ((pg_current_xact_id()::text::bigint << 20) + 1, %s, %s, %s, %s, %s, %s)
"""
_NAMES = itertools.count(1)


def measure(engine: Engine, events: int, rounds: int) -> list[Figure]:
    """Figures of single appends by 1 and 8 clients and of appends of 1,000 events."""
    log = EventLog(engine)
    rates = interleaved(
        {
            "raw 1": lambda: _raw(engine, events),
            "raw 8": lambda: _by_clients(events, lambda share: _raw(engine, share)),
            "ours 1": lambda: _ours(log, events),
            "ours 8": lambda: _by_clients(events, lambda share: _ours(log, share)),
            "bulk": lambda: _bulk(log, 20),
        },
        rounds,
    )
    return [
        figure("append, 1 client", rates, "ours 1", "raw 1"),
        figure("append, 8 clients", rates, "ours 8", "raw 1", reach=1.1),
        figure("append, 8 clients, against 8 raw", rates, "ours 8", "raw 8", go_for=1.0),
        figure("append, 1,000 events at once", rates, "bulk", "raw 1", reach=8),
    ]


def _by_clients(events: int, work: Callable[[int], int]) -> int:
    with ThreadPoolExecutor(_CLIENTS) as pool:
        return sum(pool.map(work, [events // _CLIENTS] * _CLIENTS))


def _raw(engine: Engine, events: int) -> int:
    connection: Any = engine.raw_connection()
    try:
        with connection.cursor() as cursor:
            stream = f"raw/{next(_NAMES)}"
            for version in range(1, events + 1):
                data = encode(deposit(version, 100))
                values = (stream, version, "deposit-collected", 1, MOMENT, data)
                cursor.execute(_INSERT, values)
                connection.commit()
    finally:
        connection.close()
    return events


def _ours(log: EventLog, events: int) -> int:
    stream = f"ours/{next(_NAMES)}"
    for version in range(events):
        key = f"{stream}-{version}"
        request = Request(key, hashlib.sha256(key.encode()).digest())
        log.append([Change(stream, version, (deposit(version, 100),))], request=request)
    return events


def _bulk(log: EventLog, appends: int) -> int:
    stream = f"bulk/{next(_NAMES)}"
    for number in range(appends):
        log.append([Change(stream, number * 1000, tuple(deposit(each, 100) for each in range(1000)))])
    return appends * 1000
