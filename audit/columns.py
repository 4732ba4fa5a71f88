"""Columns (列): plain lists that grow event by event and become Polars frames batch by batch.

One ``Columns`` is one table of the replay. What all lines of an event have in common is kept once an event
and spread over its lines by Polars at the end of the batch; memory per batch is constant.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, Final

import polars as pl

from ledger.money import MAX_FEN

Kind = pl.DataType | type[pl.DataType]
Schema = dict[str, Kind]

MOMENT: Final = pl.Datetime("us", "UTC")

_LIMIT: Final = 2**62
_PLACE: Final = frozenset({"position", "version", "line"})
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
_FIRST_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Misplaced(Exception):  # noqa: N818 - names what was met: an event in a stream of another kind
    """A readable event in a stream where such events cannot be, or without a time zone."""


class OutOfRange(ValueError):  # noqa: N818 - names what was met: a figure no column can hold
    """A whole number that is too large to be an amount, an area or a weight."""


class Columns:
    """The columns of one table: ``schema`` names and types them, ``of_line`` are those that vary by line."""

    def __init__(self, schema: Schema, of_line: Collection[str] = ()) -> None:
        self._schema = schema
        self._of_event = {name: kind for name, kind in schema.items() if name not in of_line}
        self._of_line = {name: kind for name, kind in schema.items() if name in of_line}
        self._bounds = [
            (name, MAX_FEN if name.endswith("_fen") else _LIMIT)
            for name, kind in schema.items()
            if kind == pl.Int64 and name not in _PLACE
        ]
        self._chunks: list[pl.DataFrame] = []
        self._start()

    def _start(self) -> None:
        self._counts: list[int] = []
        self._event_lists: list[tuple[str, list[Any]]] = [(name, []) for name in self._of_event]
        self._line_lists: list[tuple[str, list[Any]]] = [(name, []) for name in self._of_line]

    def add(self, count: int, values: Mapping[str, Any]) -> None:
        """Add the ``count`` lines of one event; a missing column is null, a scalar of a line is repeated.

        Raises OutOfRange before anything is added: figures stay far enough below 64 bits to be summed.
        """
        get = values.get
        for name, bound in self._bounds:
            value = get(name)
            if type(value) is list and None in value:
                value = [each for each in value if each is not None]
            if not value:
                continue
            low, high = (min(value), max(value)) if type(value) is list else (value, value)
            if low <= -bound or high >= bound:
                raise OutOfRange(name)
        self._counts.append(count)
        for name, column in self._event_lists:
            column.append(get(name))
        for name, column in self._line_lists:
            value = get(name)
            if type(value) is list:
                column.extend(value)
            else:
                column.extend([value] * count)

    def extend(self, values: Mapping[str, list[Any]]) -> None:
        """Add a batch of rows given as whole columns."""
        self._chunks.append(
            pl.DataFrame([_series(name, values[name], kind) for name, kind in self._schema.items()])
        )

    def flush(self) -> None:
        """Turn what was added since the last flush into a chunk."""
        if not self._counts:
            return
        chunk = pl.DataFrame(
            [_series(name, values, self._of_event[name]) for name, values in self._event_lists]
        )
        if self._of_line:
            spread = pl.Series(self._counts, dtype=pl.UInt32)
            rows = (
                pl.int_range(chunk.height, dtype=pl.UInt32, eager=True)
                .repeat_by(spread)
                .explode()
                .drop_nulls()
            )
            lines = [_series(name, values, self._of_line[name]) for name, values in self._line_lists]
            chunk = chunk[rows].hstack(lines).select(list(self._schema))
        self._chunks.append(chunk)
        self._start()

    def frame(self) -> pl.DataFrame:
        """Everything added so far, as one frame; taken out, so that it is not in memory twice."""
        self.flush()
        chunks, self._chunks = self._chunks, []
        return pl.concat(chunks, rechunk=True) if chunks else pl.DataFrame(schema=self._schema)


def _series(name: str, values: list[Any], kind: Kind) -> pl.Series:
    if kind == pl.Date:
        days = [None if day is None else day.toordinal() - _FIRST_DAY for day in values]
        return pl.Series(name, days, dtype=pl.Int32).cast(pl.Date)
    if kind == MOMENT:
        ticks = [(moment - _FIRST_MOMENT) // _MICROSECOND for moment in values]
        return pl.Series(name, ticks, dtype=pl.Int64).cast(MOMENT)
    return pl.Series(name, values, dtype=kind)


_getter = cache(attrgetter)


def pick(pieces: Sequence[Any], name: str) -> list[Any]:
    """One field of every piece, in order."""
    return list(map(_getter(name), pieces))
