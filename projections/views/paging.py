"""Pages (分页) of a view: a page goes on after the last row of the one before, at the position of the first.

A cursor names the position, the day of the rules, what was asked, and the values of the ordering columns of
the last row: neither what is recorded while somebody turns pages nor midnight ever shifts them.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    cast,
    collate,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
)

from ledger.errors import InputError
from projections.views.view import NUMBERS, Asked, Column, View

LIMIT: Final = 100
"""Rows on a page unless asked otherwise."""

MAX_LIMIT: Final = 1000

Row = tuple[Any, ...]
"""The values of a row in the order of the view's columns; numbers are integers (fen, dm², 1/100 %)."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a view; ``count`` and ``totals`` (by column) are of all that was asked for."""

    view: View
    asked: Asked
    rows: Sequence[Row]
    count: int
    totals: Mapping[str, int]
    next: str | None

    @property
    def position(self) -> int:
        """What the answer knew."""
        return self.asked.cut


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    position: int
    day: date
    asked: str
    keys: list[str | int | bool | None]


def page(
    connection: Connection, view: View, asked: Asked, limit: int = LIMIT, cursor: str | None = None
) -> Page:
    """One page of at most ``limit`` rows (1 to 1000).

    Raises InputError ``limit-invalid``, ``cursor-invalid``.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InputError("limit-invalid", f"每页应为 1 至 {MAX_LIMIT} 行")
    after: list[Any] | None = None
    if cursor is not None:
        place = _read(cursor)
        after = _keys(view, asked, place)
        asked = asked._replace(cut=min(asked.cut, place.position), today=place.day)
    rows, count, totals = _page(connection, view, asked, after, limit + 1)
    more = len(rows) > limit
    taken = rows[:limit]
    return Page(view, asked, taken, count, totals, _cursor(view, asked, taken[-1]) if more else None)


def stream(connection: Connection, view: View, asked: Asked) -> Iterator[Row]:
    """Every row in order, read in portions: a whole prefecture does not have to fit into memory."""
    found, conditions = view.found(connection, asked)
    wanted = select(*_cells(view, found)).where(*conditions).order_by(*_keys_of(view, found))
    connection.execute(_ROOM)
    with connection.execute(wanted, execution_options={"yield_per": 1000}) as result:
        for row in result:
            yield _plain(view, row)


def count_and_totals(connection: Connection, view: View, asked: Asked) -> tuple[int, dict[str, int]]:
    """How many rows there are, and the sum of each column that is summed."""
    found, conditions = view.found(connection, asked)
    connection.execute(_ROOM)
    count, *totals = connection.execute(_totals(view, found).where(*conditions)).one()
    return count, dict(zip(_summed(view), totals, strict=True))


def _page(
    connection: Connection, view: View, asked: Asked, after: list[Any] | None, limit: int
) -> tuple[Sequence[Row], int, dict[str, int]]:
    """Rows and totals by one statement, which looks at everything once."""
    found, conditions = view.found(connection, asked)
    all_rows = select(found).where(*conditions).cte("asked").prefix_with("materialized")
    totals = _totals(view, all_rows).subquery("totals")
    keys = _keys_of(view, all_rows)
    wanted = (
        select(*_cells(view, all_rows), literal(value=True).label("is_there")).order_by(*keys).limit(limit)
    )
    if after is not None:
        wanted = wanted.where(_beyond(keys, after))
    rows = wanted.subquery("rows")
    width = len(view.columns)
    both = select(*_cells(view, rows), rows.c.is_there, *totals.c)
    connection.execute(_ROOM)
    answered = connection.execute(
        both.select_from(totals.outerjoin(rows, true())).order_by(*_keys_of(view, rows))
    ).all()
    count, *sums = answered[0][width + 1 :]
    taken = [_plain(view, row[:width]) for row in answered if row[width]]
    return taken, count, dict(zip(_summed(view), sums, strict=True))


_ROOM: Final = text("set local work_mem = '64MB'")
"""A whole prefecture is added up in memory; the default of 4 MB would do it on disk."""


def _summed(view: View) -> list[str]:
    return [column.name for column in view.columns if column.total]


def _totals(view: View, found: FromClause) -> Select[Any]:
    sums = [
        cast(func.coalesce(func.sum(found.c[name]), 0), BigInteger).label(f"sum_{name}")
        for name in _summed(view)
    ]
    columns: list[ColumnElement[Any]] = [func.count().label("count"), *sums]
    return select(*columns).select_from(found)


def _cells(view: View, found: FromClause) -> list[ColumnElement[Any]]:
    return [found.c[column.name] for column in view.columns]


def _plain(view: View, row: Sequence[Any]) -> Row:
    """Numbers as integers: PostgreSQL adds up to numerics."""
    return tuple(
        int(value) if column.kind in NUMBERS and value is not None else value
        for column, value in zip(view.columns, row, strict=True)
    )


def _keys_of(view: View, found: FromClause) -> list[ColumnElement[Any]]:
    """Text sorts by code points, wherever it comes from; PostgreSQL puts nulls last."""
    columns = (view.column(name) for name in view.order)
    return [
        collate(found.c[column.name], "C") if column.kind in _TEXTS else found.c[column.name]
        for column in columns
    ]


_TEXTS: Final = frozenset({"text", "person", "county"})


def _beyond(keys: Sequence[ColumnElement[Any]], after: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a row follows the one with these values; a null follows everything and nothing follows it."""
    beyond: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for key, value in zip(keys, after, strict=True):
        if value is not None:
            beyond.append(and_(*same, or_(key > value, key.is_(None))))
        same.append(key.is_not_distinct_from(value))
    return or_(false(), *beyond)


# Cursors


def _cursor(view: View, asked: Asked, last: Row) -> str:
    at = {column.name: value for column, value in zip(view.columns, last, strict=True)}
    keys = [value.isoformat() if isinstance(value := at[name], date) else value for name in view.order]
    written = msgspec.json.encode(_Cursor(asked.cut, asked.day, _digest(view, asked), keys))
    return urlsafe_b64encode(written).decode().rstrip("=")


def _digest(view: View, asked: Asked) -> str:
    """What a cursor belongs to: the same question but for the position."""
    counties = None if asked.counties is None else sorted(asked.counties)
    filters = sorted((name, str(value)) for name, value in asked.filters.items())
    question = msgspec.json.encode([view.name, asked.as_of, counties, filters])
    return hashlib.sha256(question).hexdigest()[:16]


def _read(text: str) -> _Cursor:
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Cursor)
    except (ValueError, msgspec.MsgspecError) as error:
        raise InputError("cursor-invalid", f"“{text[:80]}”不是分页标记") from error


def _keys(view: View, asked: Asked, place: _Cursor) -> list[Any]:
    """The values to go on after; raises InputError ``cursor-invalid`` for a cursor of another question."""
    if place.asked != _digest(view, asked) or len(place.keys) != len(view.order):
        raise InputError("cursor-invalid", "分页标记不属于这次查询，条件变了要从第一页开始")
    return [_key(view.column(name), key) for name, key in zip(view.order, place.keys, strict=True)]


def _key(column: Column, key: str | int | bool | None) -> Any:
    wanted = bool if column.kind == "flag" else int if column.kind in NUMBERS else str
    if key is None:
        return None
    if type(key) is not wanted or (isinstance(key, str) and "\0" in key):
        raise InputError("cursor-invalid", "分页标记的内容不对")
    if column.kind != "date":
        return key
    try:
        return date.fromisoformat(str(key))
    except ValueError as error:
        raise InputError("cursor-invalid", "分页标记的内容不对") from error
