"""Pages (分页) of lists of units: a page goes on after the last unit of the one before, ``楼幢编码/户号``."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple, Protocol, TypeVar

from ledger.errors import InputError
from ledger.identity import code

LIMIT = 100
"""Units on a page unless asked otherwise."""

MAX_LIMIT = 1000


class Place(NamedTuple):
    """Building code and unit number; lists of units are in this order, by code points."""

    building: str
    unit: str


FIRST = Place("", "")
"""Before every unit."""


class Placed(Protocol):
    """An answer about one unit."""

    @property
    def building(self) -> str:
        """Its building."""
        ...

    @property
    def unit(self) -> str:
        """Its unit."""
        ...


Answer = TypeVar("Answer", bound=Placed)


def place_of(cursor: str | None) -> Place:
    """The unit that a page goes on after; raises InputError ``cursor-invalid``."""
    if cursor is None:
        return FIRST
    building, _, unit = cursor.partition("/")
    try:
        return Place(code(building, "楼幢编码"), code(unit, "户号"))
    except InputError as error:
        raise InputError("cursor-invalid", f"“{cursor}”不是分页标记：{error.message}") from error


def page(found: Iterator[Answer], limit: int) -> tuple[tuple[Answer, ...], str | None]:
    """At most ``limit`` answers (1 to 1000), and the cursor of the last where there are more.

    Raises InputError ``limit-invalid``.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InputError("limit-invalid", f"每页应为 1 至 {MAX_LIMIT} 户")
    taken = tuple(islice(found, limit))
    more = next(found, None) is not None
    return taken, f"{taken[-1].building}/{taken[-1].unit}" if more else None
