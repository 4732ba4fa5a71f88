"""One at a time: an advisory lock of the database says who follows the log, and who rebuilds."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

_SPACE = 0x66756E64
"""``fund`` in ASCII: keeps these locks apart from those of other programs in the same database."""


class Task(IntEnum):
    """What only one process may do at a time."""

    FOLLOW = 1
    REBUILD = 2


class Held:
    """A task that is ours for as long as the connection lives that holds the lock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ensure(self) -> None:
        """Raises OperationalError when the connection is gone: somebody else may be at the task by now."""
        self._connection.execute(select(1))

    @property
    def lost(self) -> bool:
        """Whether the connection is gone."""
        with suppress(DBAPIError):
            if not self._connection.invalidated:
                self.ensure()
        return self._connection.invalidated


@contextmanager
def exclusive(engine: Engine, task: Task) -> Iterator[Held | None]:
    """The task is ours until the end of the block, or None: somebody else has it; does not wait.

    The lock belongs to a connection of its own and ends with it, even when the process is killed.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = connection.execute(select(func.pg_try_advisory_lock(_SPACE, int(task)))).scalar_one()
        try:
            yield Held(connection) if held else None
        finally:
            if held and not connection.closed and not connection.invalidated:
                connection.execute(select(func.pg_advisory_unlock(_SPACE, int(task))))
