"""The SQLAlchemy engine with the settings that every connection needs."""

from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

__all__ = ["OLDEST", "DatabaseProblem", "engine", "normalised"]

OLDEST: Final = 14
"""The oldest PostgreSQL that serves; older ones lack what the log's order and upkeep rely on."""

_SESSION: Final = "-c timezone=UTC -c idle_in_transaction_session_timeout=60s -c jit=off"
# An open writing transaction holds every reader of the feed back, so an idle one is ended after a minute.


class DatabaseProblem(RuntimeError):  # noqa: N818 - what a caller shows, not a defect
    """The database cannot be used; the message is Chinese, says what to do, and holds no password."""


def normalised(url: str) -> URL:
    """The URL with psycopg2 named as the driver; raises DatabaseProblem for another database."""
    parsed = make_url(url)
    if parsed.drivername not in {"postgres", "postgresql", "postgresql+psycopg2"}:
        raise DatabaseProblem(f"只支持 PostgreSQL，收到的是 {parsed.drivername}")
    return parsed.set(drivername="postgresql+psycopg2")


def engine(url: str) -> Engine:
    """An engine on PostgreSQL 14 or newer; connecting to an older one raises DatabaseProblem."""
    made = create_engine(
        normalised(url),
        hide_parameters=True,  # no amounts or references in error messages
        pool_size=10,
        max_overflow=20,
        pool_use_lifo=True,
        connect_args={"options": _SESSION, "application_name": "fund", "connect_timeout": 10},
    )
    event.listen(made, "connect", _refuse_old)
    return made


def _refuse_old(connection: Any, _record: object) -> None:
    if connection.server_version < OLDEST * 10_000:
        raise DatabaseProblem(f"需要 PostgreSQL {OLDEST} 或更新的版本")
