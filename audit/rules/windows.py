"""Windows in time (时间窗): which dated things lie together in a window that a judge dislikes."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

Thing = TypeVar("Thing")


def disliked(
    things: Sequence[Thing], spans: Sequence[tuple[date, date]], judge: Callable[[Sequence[Thing]], bool]
) -> list[Thing]:
    """The things in any window that ``judge`` says yes to, in order.

    ``things`` are ordered by day; a window opens on the first day of a thing's span and closes before the
    second.
    """
    found: set[int] = set()
    end = 0
    for start, (_, closes) in enumerate(spans):
        while end < len(spans) and spans[end][0] < closes:
            end += 1
        if judge(things[start:end]):
            found.update(range(start, end))
    return [things[index] for index in sorted(found)]
