"""COPY: the fast way in and out of PostgreSQL, for large appends, rebuilds and the audit."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, Table

__all__ = ["copy_in", "copy_out"]

_ROWS_A_COPY: Final = 20_000
_BYTES_A_READ: Final = 1 << 20
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _is_special(value) else value


def _is_special(value: str) -> bool:
    return "\\" in value or "\t" in value or "\n" in value or "\r" in value


_FIELDS: Final[dict[type, Callable[[Any], str]]] = {
    type(None): {None: r"\N"}.__getitem__,
    str: _text,
    int: str,
    bool: {True: "t", False: "f"}.__getitem__,
    bytes: lambda value: rf"\\x{value.hex()}",
    date: date.isoformat,
    datetime: lru_cache(64)(datetime.isoformat),  # the events of one append share their moment
    Decimal: str,
    UUID: str,
}


def copy_in(
    connection: Connection, table: Table, columns: Iterable[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add rows to a table by COPY inside the connection's transaction; values in the order of the columns.

    Takes None, str, int, bool, bytes, date, datetime, Decimal and UUID; raises TypeError for another type.
    """
    cursor = connection.connection.cursor()
    try:
        copy_rows(cursor, table, columns, rows)
    finally:
        cursor.close()


def copy_rows(cursor: Any, table: Table, columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """``copy_in`` on a psycopg2 cursor."""
    names = ", ".join(f'"{table.columns[name].name}"' for name in columns)
    statement = f'copy "{table.schema}"."{table.name}" ({names}) from stdin'
    remaining = iter(rows)
    while chunk := list(islice(remaining, _ROWS_A_COPY)):
        cursor.copy_expert(statement, StringIO(_lines(chunk)), _BYTES_A_READ)


def _lines(rows: list[Sequence[Any]]) -> str:
    """Column by column: most columns are of one type, and are then converted without a look at each value."""
    columns = [_column(values) for values in zip(*rows, strict=True)]
    lines = list(map("\t".join, zip(*columns, strict=True)))
    lines.append("")
    return "\n".join(lines)


def _column(values: tuple[Any, ...]) -> Iterable[str]:
    kinds = set(map(type, values))
    try:
        if kinds == {str} and not _is_special("".join(values)):
            return values
        if len(kinds) == 1:
            return map(_FIELDS[kinds.pop()], values)
        return [_FIELDS[type(value)](value) for value in values]
    except KeyError as error:
        raise TypeError(f"COPY takes no {error.args[0].__name__}") from error


def copy_out(connection: Connection, query: Select[Any]) -> bytes:
    """The result of a query as CSV in UTF-8 with a header; NULL is empty, an empty text is ``""``."""
    compiled = query.compile(connection.engine)
    cursor = connection.connection.cursor()
    try:
        statement = cursor.mogrify(str(compiled), compiled.params).decode()
        found = BytesIO()
        cursor.copy_expert(f"copy ({statement}) to stdout (format csv, header)", found)
    finally:
        cursor.close()
    return found.getvalue()
