"""Problems (问题): what verification found wrong, in the words of the contract."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
import polars as pl

UNFINISHED: Final = "distribution-unfinished"
"""A distribution that was fixed but has not reached every building yet; the next run finishes it."""

PENDING: Final = frozenset({UNFINISHED})
"""Kinds that ask for work but do not say that anything is wrong."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it must be: where it is, and a Chinese message.

    ``position`` (decimal) and ``stream`` name the event, ``table`` and ``key`` the row, where there is one.
    """

    kind: str
    message: str
    position: str | None = None
    stream: str | None = None
    table: str | None = None
    key: str | None = None


def problem(
    kind: str,
    message: str,
    *,
    position: int | None = None,
    stream: str | None = None,
    table: str | None = None,
    key: Iterable[Any] | None = None,
) -> Problem:
    """A problem; the parts of a key are joined by ``/``."""
    return Problem(
        kind=kind,
        message=message,
        position=None if position is None else str(position),
        stream=stream,
        table=table,
        key=None if key is None else "/".join(str(part) for part in key),
    )


def rows(frame: pl.DataFrame) -> Iterator[Mapping[str, Any]]:
    """The rows of a frame that holds what is wrong: few, so one by one."""
    yield from frame.iter_rows(named=True)
