"""Find or start PostgreSQL.

``FUND_DATABASE_URL`` names a server; unset, an embedded PostgreSQL 18 runs for the home (``FUND_HOME``):

* ``home/pg.json`` (0600): passwords, port and place of the cluster. ``home/pg/``: the cluster itself.
* Started as root, the server runs as ``nobody``. Where ``nobody`` cannot reach the home, the modes of its
  parents are left alone and the cluster lies in ``/var/lib/fund-ledger/<random name>``, which ``pg.json``
  remembers; so do the binaries where needed. The name is not made from the home's path: a home deleted and
  made anew is another ledger.
* Several processes may use one home. Each holds a shared lock on ``home/pg.lock``; the last to leave stops
  the server, unless ``home/pg.keep`` says that it was started to stay. Processes killed on the way leave the
  server running, and the next to come uses it; a killed server recovers from its log.
"""

import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg2
from psycopg2 import sql
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from ledger.store import schema
from ledger.store.cluster import SUPERUSER, SYSTEM_PLACE, Cluster, nobody_may_enter, own, wheel_programs
from ledger.store.engine import DatabaseProblem, engine, normalised

__all__ = [
    "DATABASE",
    "Database",
    "admin_url",
    "create_login",
    "free_port",
    "open_database",
    "start",
    "stop",
    "upgrade",
]

DATABASE: Final = "fund"
LOGIN: Final = "fund"
GROUP: Final = "fund_app"
_PATIENCE_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Database:
    """Where the ledger's database is: for the application, and for its owner (``psql`` style)."""

    url: str
    admin_url: str


@contextmanager
def open_database(home: Path) -> Iterator[Database]:
    """The database of this home, ready for use and up to date, for as long as the context lasts.

    The embedded server is started and its schema brought up to date where needed. A server named by
    ``FUND_DATABASE_URL`` is only looked at: DatabaseProblem when it cannot be reached, is older than
    PostgreSQL 14, its schema is not the newest, or it was restored from a dump and not upgraded since.
    """
    if (external := _external()) is not None:
        _refuse_outdated(external)
        yield external
        return
    with _in_use(home):
        yield _ready(home)


def start(home: Path) -> Database:
    """Start the embedded server and leave it running until ``stop``."""
    if _external() is not None:
        raise DatabaseProblem("已设置 FUND_DATABASE_URL，内置数据库不启动")
    with _in_use(home):
        database = _ready(home)
        (home / "pg.keep").touch()
    return database


def stop(home: Path) -> bool:
    """Stop the embedded server; False when other processes still use it: the last of them stops it."""
    (home / "pg.keep").unlink(missing_ok=True)
    if not (home / "pg.json").exists():
        return True
    with _lock(home / "pg.lock", fcntl.LOCK_SH) as lock:
        return _stop_if_last(home, lock)


def admin_url(home: Path) -> str:
    """The URL of the database's owner; raises DatabaseProblem where no database was made yet."""
    if (external := _external()) is not None:
        return external.admin_url
    if not (home / "pg.json").exists():
        raise DatabaseProblem("内置数据库尚未建立，请先运行 fund db start")
    return _State.read(home).database().admin_url


def upgrade(home: Path) -> str:
    """Apply every missing migration; returns the revision."""
    if (external := _external()) is not None:
        return schema.upgrade(external.admin_url)
    with open_database(home):
        return schema.head()


def _external() -> Database | None:
    named = os.environ.get("FUND_DATABASE_URL")
    if not named:
        return None
    url = normalised(named)
    return Database(_text(url), _text(url.set(drivername="postgresql")))


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _refuse_outdated(database: Database) -> None:
    made = engine(database.url)
    try:
        with made.connect() as connection:
            found = schema.current(connection)
            ready = schema.ready(connection)
    except OperationalError as error:
        raise DatabaseProblem(f"无法连接 FUND_DATABASE_URL 指定的数据库：{error.orig}") from error
    finally:
        made.dispose()
    if found != schema.head():
        raise DatabaseProblem(
            f"数据库结构版本为 {found or '空'}，程序需要 {schema.head()}，请先运行 fund db upgrade"
        )
    if not ready:
        raise DatabaseProblem("数据库是从备份恢复到另一服务器的，请先运行 fund db upgrade")


@dataclass(slots=True)
class _State:
    """What ``home/pg.json`` remembers."""

    place: str | None
    port: int
    admin_password: str
    password: str

    @classmethod
    def read(cls, home: Path) -> "_State":
        return cls(**json.loads((home / "pg.json").read_text()))

    def write(self, home: Path) -> None:
        draft = home / "pg.json.new"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({name: getattr(self, name) for name in self.__slots__}, file)
        draft.replace(home / "pg.json")

    def cluster(self, home: Path) -> Cluster:
        return Cluster(Path(self.place) if self.place else home / "pg", wheel_programs())

    def database(self) -> Database:
        def url(driver: str, user: str, password: str) -> str:
            return _text(URL.create(driver, user, password, "127.0.0.1", self.port, DATABASE))

        return Database(
            url("postgresql+psycopg2", LOGIN, self.password),
            url("postgresql", SUPERUSER, self.admin_password),
        )

    def connect(self, database: str) -> Any:
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self.admin_password,
            dbname=database,
            connect_timeout=3,  # a stranger on our port may never answer; a slow server is asked again
        )
        connection.autocommit = True
        return connection


@contextmanager
def _lock(path: Path, kind: int) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _in_use(home: Path) -> Iterator[None]:
    """Hold the shared lock; on leaving, stop the server when nobody else holds it."""
    with _lock(home / "pg.lock", fcntl.LOCK_SH) as lock:
        try:
            yield
        finally:
            _stop_if_last(home, lock)


def _stop_if_last(home: Path, lock: int) -> bool:
    if (home / "pg.keep").exists() or not (home / "pg.json").exists():
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    _State.read(home).cluster(home).stop()
    return True


def _ready(home: Path) -> Database:
    """Start, create and migrate what is missing; one process at a time."""
    with _lock(home / "pg.start.lock", fcntl.LOCK_EX):
        state = _State.read(home) if (home / "pg.json").exists() else _new_state(home)
        cluster = state.cluster(home)
        if not cluster.exists:
            cluster.create(state.admin_password)
        _run(home, state, cluster)
        _prepare(state)
        return state.database()


def _new_state(home: Path) -> _State:
    place = None
    if nobody_may_enter(home):
        cluster = home / "pg"
    else:
        cluster = SYSTEM_PLACE / secrets.token_hex(8)
        place = str(cluster)
    if (cluster / "data").exists():
        raise DatabaseProblem(f"{home / 'pg.json'} 不见了，而数据还在：请从备份恢复该文件")
    cluster.mkdir(parents=True, exist_ok=True)
    own(cluster)
    (cluster / "home").write_text(f"{home}\n")  # whose it is, for the administrator who finds it
    state = _State(place, 0, secrets.token_urlsafe(24), secrets.token_urlsafe(24))
    state.write(home)
    return state


def _run(home: Path, state: _State, cluster: Cluster) -> None:
    """Make sure that the server of this cluster answers, whatever became of an earlier one."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _answers(state, cluster):
        if time.monotonic() > deadline:
            raise DatabaseProblem(f"内置数据库没有应答，日志见 {cluster.place / 'server.log'}")
        if cluster.alive():  # starting, stopping, or its last backends are ending
            time.sleep(0.05)
            continue
        state.port = free_port(state.port)
        state.write(home)
        cluster.start(state.port)


def _answers(state: _State, cluster: Cluster) -> bool:
    if state.port == 0:
        return False
    try:
        connection = state.connect("postgres")
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("show data_directory")
            return Path(cursor.fetchone()[0]).resolve() == cluster.data.resolve()
    finally:
        connection.close()


def free_port(wanted: int = 0) -> int:
    """The wanted port of 127.0.0.1 where it is free, else any that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise DatabaseProblem("127.0.0.1 上没有空闲端口")


def _prepare(state: _State) -> None:
    """Create the database and its login, and migrate, where that is not done yet."""
    connection = state.connect("postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute("select from pg_database where datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
            if not _up_to_date(state):
                create_login(cursor, state.password)
                schema.upgrade(state.database().admin_url)
    finally:
        connection.close()


def _up_to_date(state: _State) -> bool:
    made = engine(state.database().admin_url)
    try:
        with made.connect() as connection:
            return schema.ready(connection)
    finally:
        made.dispose()


def create_login(cursor: Any, password: str) -> None:
    """Make the application's login, a member of the group that holds its privileges."""
    for role, options in ((GROUP, "nologin"), (LOGIN, "login")):
        cursor.execute("select from pg_roles where rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL(f"create role {{}} {options}").format(sql.Identifier(role)))
    cursor.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(LOGIN), sql.Literal(password)))
    cursor.execute(sql.SQL("grant {} to {}").format(sql.Identifier(GROUP), sql.Identifier(LOGIN)))
