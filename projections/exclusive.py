"""One at a time: an advisory lock of the database says who follows the log, and who rebuilds."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from sqlalchemy import Engine, func, select

_SPACE = 0x66756E64
"""``fund`` in ASCII: keeps these locks apart from those of other programs in the same database."""


class Task(IntEnum):
    """What only one process may do at a time."""

    FOLLOW = 1
    REBUILD = 2


@contextmanager
def exclusive(engine: Engine, task: Task) -> Iterator[bool]:
    """Whether the task is ours until the end of the block; does not wait.

    The lock belongs to a connection of its own and ends with it, even when the process is killed.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = connection.execute(select(func.pg_try_advisory_lock(_SPACE, int(task)))).scalar_one()
        try:
            yield bool(held)
        finally:
            if held and not connection.closed and not connection.invalidated:
                connection.execute(select(func.pg_advisory_unlock(_SPACE, int(task))))
