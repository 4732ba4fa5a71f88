"""Waiting for a position: a read that must see what a write has just done."""

import time

from sqlalchemy import Engine

from projections.checkpoints import position as reached
from projections.pauses import pauses


class NotProjected(Exception):  # noqa: N818 - names the condition
    """The read models did not reach the position in time; ``position`` is how far they are."""

    def __init__(self, wanted: int, position: int) -> None:
        super().__init__(f"读模型到达位置 {position}，尚未到达 {wanted}")
        self.wanted = wanted
        self.position = position


def wait_for(engine: Engine, position: int, timeout: float = 5.0) -> int:
    """Wait until every read model has reached a position, and return how far they are.

    ``timeout`` is in seconds. Raises NotProjected.
    """
    deadline = time.monotonic() + timeout
    for pause in pauses():
        with engine.connect() as connection:
            found = reached(connection)
        if found >= position:
            return found
        if time.monotonic() + pause > deadline:
            raise NotProjected(position, found)
        time.sleep(pause)
    raise AssertionError("pauses never end")
