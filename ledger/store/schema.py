"""Which migrations the database has, and bringing it up to the newest."""

from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, text

from ledger.store.engine import DatabaseProblem, engine

__all__ = ["current", "head", "migrations", "ready", "upgrade"]

_AHEAD = text("""
    select max(position) >> 20 from log.events
    having max(position) >> 20 >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    + (select epoch from log.cell)
""")
_RAISE_EPOCH = text("""
    update log.cell set epoch = cast(:newest as bigint) + 1 - pg_current_xact_id()::text::bigint
""")


def migrations() -> Path:
    """The folder of the Alembic environment; found by name, for this room imports nothing to its right."""
    spec = find_spec("migrations")
    if spec is None or spec.origin is None:
        raise DatabaseProblem("安装不完整：缺少 migrations")
    return Path(spec.origin).parent


def head() -> str:
    """The newest revision. Revisions form one line and are named as their files, so no import is needed."""
    return max(path.stem for path in (migrations() / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> str | None:
    """The revision of this database; None before the first."""
    if connection.scalar(text("select to_regclass('public.alembic_version')")) is None:
        return None
    found: str | None = connection.scalar(text("select version_num from public.alembic_version"))
    return found


def ready(connection: Connection) -> bool:
    """Whether the schema is the newest and every position was given by a transaction of this server."""
    return current(connection) == head() and connection.scalar(_AHEAD) is None


def upgrade(url: str) -> str:
    """Apply every missing migration in one transaction; one upgrade at a time. Returns the revision.

    A dump restored into another server finds small transaction ids there: its events would stand beyond every
    reader's horizon, and new ones before them. The epoch of the cell is then raised above all positions.

    Alembic is imported here: it takes a third of a second and is seldom needed.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()))
    made = engine(url)
    try:
        with made.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(hashtext('fund db upgrade'))"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _raise_epoch(connection)
    finally:
        made.dispose()
    return head()


def _raise_epoch(connection: Connection) -> None:
    newest = connection.scalar(_AHEAD)
    if newest is not None:
        connection.execute(text("alter table log.cell disable trigger append_only"))
        connection.execute(_RAISE_EPOCH, {"newest": newest})
        connection.execute(text("alter table log.cell enable trigger append_only"))
