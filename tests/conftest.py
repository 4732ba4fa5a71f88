"""Shared fixtures: one embedded PostgreSQL for the test run, and a fresh migrated database for each test.

A server's home is kept between runs in ``var/test``. Runs at the same time use one each, since a writing
transaction holds back every reader of its cluster. A database is a copy of a template that is made once for
each state of the migrations; one that a test leaves as it was made, but for its rows, is emptied and used
again.
"""

import fcntl
import hashlib
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from hypothesis import settings
from psycopg2 import sql
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from ledger.store import schema
from ledger.store.engine import engine
from ledger.store.server import open_database

settings.register_profile("fund", deadline=None, max_examples=40)  # a busy machine is no failure
settings.load_profile("fund")

TEST_HOMES = Path(__file__).parent.parent / "var" / "test"
_COUNT = itertools.count(1)


@dataclass(frozen=True)
class TestDatabase:
    """A fresh database: URLs of the application and of the owner, and an engine of the application."""

    __test__ = False

    url: str
    admin_url: str
    engine: Engine


_EMPTY = """
do $$
declare each record;
begin
  for each in
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('log', 'register', 'read', 'seal', 'access') and tablename <> 'cell'
      and pg_relation_size(format('%I.%I', schemaname, tablename)) > 0
  loop
    -- New files for thirty tables cost more than the rows of most tests.
    if pg_relation_size(each.name) > 1000000 then
      execute 'truncate ' || each.name;
    else
      execute 'delete from ' || each.name;
    end if;
  end loop;
end $$
"""


def made_of(cursor: psycopg2.extensions.cursor) -> list[tuple[object, ...]]:
    """Everything about a database that a test may change, but rows."""
    cursor.execute(
        """
        select relnamespace::regnamespace::text, relname, relkind::text, relowner::bigint,
        relacl::text, '' from pg_class where relnamespace >= 16384
        union all select '', conname, '', 0, '', pg_get_constraintdef(oid)
        from pg_constraint where connamespace >= 16384
        union all select tgrelid::regclass::text, tgname, tgenabled::text, 0, '', ''
        from pg_trigger where not tgisinternal
        union all select '', id::text, '', epoch, '', '' from log.cell
        union all select '', version_num, '', 0, '', '' from public.alembic_version
        order by 1, 2, 3, 6
        """
    )
    return cursor.fetchall()


class Postgres:
    """A running server, and fresh databases in it."""

    def __init__(self, url: str, admin_url: str) -> None:
        self._url = make_url(url)
        self._admin_url = make_url(admin_url)
        self._set_for_tests()
        self._drop_left_over()
        self._template = self._make_template()
        with self._connection(self._template) as cursor:
            self._made = made_of(cursor)
        self._spare: list[str] = []

    @contextmanager
    def database(self) -> Iterator[TestDatabase]:
        name = self._spare.pop() if self._spare else self._copy()
        made = engine(self._at(self._url, name))
        try:
            yield TestDatabase(self._at(self._url, name), self._at(self._admin_url, name), made)
        finally:
            made.dispose()
            if self._emptied(name):
                self._spare.append(name)
            else:
                self._execute("drop database {} with (force)", name)

    def _copy(self) -> str:
        name = f"test_{next(_COUNT)}"
        self._execute("create database {} template {}", name, self._template)
        return name

    def _emptied(self, name: str) -> bool:
        """Empty a used database, which is quicker than a copy; False where it is not as it was made."""
        with self._connection(name) as cursor:
            cursor.execute("set session_replication_role = replica; set lock_timeout = '1s'")
            try:
                cursor.execute(_EMPTY)
            except psycopg2.errors.LockNotAvailable:
                return False
            return made_of(cursor) == self._made

    def _make_template(self) -> str:
        sources = sorted((schema.migrations() / "versions").glob("[0-9]*.py"))
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
        name = f"template_{digest[:16]}"
        with self._connection() as cursor:
            cursor.execute("select from pg_database where datname = %s", [name])
            made = cursor.fetchone() is not None
        if not made:
            self._execute("create database {}", "test_draft")
            schema.upgrade(self._at(self._admin_url, "test_draft"))
            self._execute("alter database {} rename to {}", "test_draft", name)
        return name

    def _drop_left_over(self) -> None:
        with self._connection() as cursor:
            cursor.execute("select datname from pg_database where datname like 'test\\_%'")
            names = [name for (name,) in cursor.fetchall()]
        for name in names:
            self._execute("drop database {} with (force)", name)

    def _set_for_tests(self) -> None:
        """A statistics run is a writing transaction and would hold the feed's horizon back at random.

        These databases need not outlive a power cut.
        """
        with self._connection() as cursor:
            for setting in ("autovacuum", "fsync", "full_page_writes", "synchronous_commit"):
                cursor.execute(sql.SQL("alter system set {} = off").format(sql.Identifier(setting)))
            cursor.execute("select pg_reload_conf()")

    def _execute(self, statement: str, *names: str) -> None:
        with self._connection() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextmanager
    def _connection(self, name: str = "postgres") -> Iterator[psycopg2.extensions.cursor]:
        connection = psycopg2.connect(self._at(self._admin_url, name))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    @staticmethod
    def _at(url, name: str) -> str:
        return url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def own_home() -> Iterator[Path]:
    """A home that no other test run is using."""
    TEST_HOMES.mkdir(parents=True, exist_ok=True)
    for number in itertools.count():
        with (TEST_HOMES / f"{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield TEST_HOMES / str(number)
            return


_LONGEST = (
    "test_crash.py",
    "test_documentation.py",
    "test_views_at_random.py",
    "test_many_writers.py",
    "test_a_buildings_life.py",
    "test_export.py",
)
"""Begun first: last, one worker would be at them long after the others are done."""


_SLOW = {"embedded", "system", "audited"}


def _servers(item: pytest.Item) -> Iterator[object]:
    """Those that a fixture with parameters asks for by name."""
    call = getattr(item, "callspec", None)
    for value in call.params.values() if call else ():
        if isinstance(value, str):
            yield value


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a real PostgreSQL or all rules of the audit is slow.

    ``-m "not slow"`` is what one runs while writing.
    """
    for item in items:
        used = {*getattr(item, "fixturenames", ()), *_servers(item)}
        if item.path.parent.name == "audit_rules" or used & _SLOW:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.path.name not in _LONGEST)


@pytest.fixture(scope="session")
def postgres_class() -> type[Postgres]:
    """``Postgres``, for the folders below: a conftest cannot be imported."""
    return Postgres


@pytest.fixture(scope="session")
def embedded() -> Iterator[Postgres]:
    """The embedded server of the test run."""
    with pytest.MonkeyPatch.context() as patch, own_home() as home:
        patch.delenv("FUND_DATABASE_URL", raising=False)
        with open_database(home) as found:
            yield Postgres(found.url, found.admin_url)


@pytest.fixture
def database(embedded: Postgres) -> Iterator[TestDatabase]:
    """A fresh, migrated, empty database."""
    with embedded.database() as made:
        yield made


@pytest.fixture
def event_log(database: TestDatabase):
    """An empty event log in PostgreSQL."""
    from ledger.store.bridge import EventLog

    return EventLog(database.engine)
