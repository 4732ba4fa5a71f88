"""Reading (读取): replay of one building of 1,000 events; projecting in batches; a full rebuild; the audit.

The raw baseline is a psycopg2 select of the same rows.
"""

from typing import Any

from sqlalchemy import Engine, text

from audit.replay import replay
from bench.figures import Figure, figure, interleaved
from bench.samples import history
from ledger import building
from ledger.identity import building_stream
from ledger.store.bridge import EventLog
from ledger.store.feed import Feed
from projections.models import TABLES, read_models
from projections.rebuild import rebuild
from projections.runner import Follower
from projections.shadow import as_owner

COLUMNS = "position, stream, version, topic, schema, recorded_at, data"


def measure_replay(engine: Engine, rounds: int) -> list[Figure]:
    """One building of 1,000 events, from rows to state, without the cache."""
    EventLog(engine).append(list(history(1, 100, 998)))
    stream = building_stream("B000000")

    def ours() -> int:
        log = EventLog(engine)
        return sum(log.load([stream], building.EMPTY, building.apply)[stream][0] for _ in range(1))

    def raw() -> int:
        return _select(engine, f"select {COLUMNS} from log.events where stream = %s order by version", stream)

    rates = interleaved({"raw": raw, "ours": ours}, rounds)
    return [figure("replay of a 1,000-event building", rates, "ours", "raw", reach=0.25, go_for=0.5)]


def measure_projecting(engine: Engine, buildings: int, rounds: int, name: str = "") -> list[Figure]:
    """Projecting 500 events a batch and a full rebuild, of buildings of 20 units with 40 deposits each."""
    EventLog(engine).append(list(history(buildings, 20, 40)))
    events = buildings * 42

    def raw() -> int:
        return _select(engine, f"select {COLUMNS} from log.events where position > %s order by position", 0)

    def projecting() -> int:
        project(engine)
        return events

    def rebuilding() -> int:
        return rebuild(engine).events

    def auditing() -> int:
        return replay(Feed(engine)).events

    actions = {"raw": raw, "project": projecting, "rebuild": rebuilding, "audit": auditing}
    rates = interleaved(actions, rounds)
    return [
        figure(f"projecting, 500 a batch{name}", rates, "project", "raw", reach=0.2, go_for=0.5),
        figure(f"full rebuild{name}", rates, "rebuild", "project", reach=2.5),
        figure(f"full rebuild against the raw select{name}", rates, "rebuild", "raw", go_for=1.0),
        figure(f"audit replay{name}", rates, "audit", "raw"),
    ]


def _select(engine: Engine, statement: str, value: object) -> int:
    connection: Any = engine.raw_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, [value])
            return len(cursor.fetchall())
    finally:
        connection.close()


def project(engine: Engine) -> None:
    """Follow the whole log, 500 events a batch, from nothing."""
    forget(engine)
    Follower(engine, read_models(engine), batch=500).catch_up()


def forget(engine: Engine) -> None:
    """Empty the read tables."""
    with as_owner(engine) as connection:
        connection.execute(text(f"truncate {', '.join(f'read.{table.name}' for table in TABLES)}"))
    with engine.begin() as connection:
        connection.execute(text("update read.checkpoints set position = 0"))
