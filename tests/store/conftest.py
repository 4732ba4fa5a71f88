"""The store's tests run on the embedded PostgreSQL 18 and, where it is installed, on the system's as well."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from ledger.store.bridge import EventLog
from ledger.store.cluster import SUPERUSER, SYSTEM_PLACE, Cluster, nobody_may_enter, own
from ledger.store.feed import Feed
from ledger.store.memory import MemoryLog
from ledger.store.server import create_login, free_port

SYSTEM_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))


@pytest.fixture(scope="session")
def system(tmp_path_factory, postgres_class):
    """A cluster of the system's PostgreSQL, made for this run."""
    if not SYSTEM_PROGRAMS:
        pytest.skip("no PostgreSQL is installed below /usr/lib/postgresql")
    place = tmp_path_factory.mktemp("system-postgresql")
    if not nobody_may_enter(place):
        place = SYSTEM_PLACE / f"test-{secrets.token_hex(8)}"
        place.mkdir(parents=True)
    own(place)
    cluster, password, port = Cluster(place, SYSTEM_PROGRAMS[-1].parent), secrets.token_hex(8), free_port()
    cluster.create(password)
    cluster.start(port)
    try:
        connection = psycopg2.connect(
            host="127.0.0.1", port=port, user=SUPERUSER, password=password, dbname="postgres"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            create_login(cursor, password)
        connection.close()
        at = f"{password}@127.0.0.1:{port}/postgres"
        yield postgres_class(f"postgresql+psycopg2://fund:{at}", f"postgresql://{SUPERUSER}:{at}")
    finally:
        cluster.stop()
        shutil.rmtree(place)


@pytest.fixture(params=["embedded", "system"])
def database(request) -> Iterator[object]:
    """A fresh database on each server."""
    with request.getfixturevalue(request.param).database() as made:
        yield made


@pytest.fixture
def log(database) -> EventLog:
    """An empty event log in PostgreSQL."""
    return EventLog(database.engine)


@pytest.fixture
def feed(database) -> Feed:
    return Feed(database.engine)


@pytest.fixture(params=["memory", "embedded", "system"])
def log_and_feed(request):
    """The same log three times: in memory, in the embedded server, and in the system's."""
    if request.param == "memory":
        twin = MemoryLog()
        yield twin, twin
        return
    with request.getfixturevalue(request.param).database() as made:
        yield EventLog(made.engine), Feed(made.engine)
