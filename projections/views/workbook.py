"""A view as a workbook (电子表格): every row of what was asked, with formats, totals and what was asked.

Rows are streamed, so that a whole prefecture fits. Text is text: nothing in a cell is ever a formula.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import xlsxwriter
from sqlalchemy import Connection
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.errors import InputError
from projections.views.paging import Row, count_and_totals, stream
from projections.views.showing import Persons, named, plain, said
from projections.views.view import Asked, Column, Kind, View
from projections.whole_file import PRIVATE, whole_file

MAX_ROWS: Final = 1_048_576
"""What a sheet can hold, with its title, header and totals."""

_ABOVE: Final = 3
"""Title, what was asked, header."""

_PORTION: Final = 1000

_FORMATS: Final[dict[Kind, str]] = {
    "money": "#,##0.00",
    "area": "#,##0.00",
    "percent": "0.00",
    "count": "#,##0",
    "date": "yyyy-mm-dd",
    "text": "@",
    "person": "@",
    "county": "@",
    "flag": "@",
}
_WIDTHS: Final[dict[Kind, int]] = {"money": 17, "area": 12, "count": 9, "date": 12, "percent": 9, "flag": 7}

_LOOKS_LIKE_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_workbook(
    target: Path | str | IO[bytes],
    connection: Connection,
    view: View,
    asked: Asked,
    persons: Persons | None = None,
) -> int:
    """Write all rows of what is asked; returns how many.

    A file is there whole or not at all. Raises InputError ``workbook-too-long``, ``cell-too-long``.
    """
    count, totals = count_and_totals(connection, view, asked)
    if count + _ABOVE + 1 > MAX_ROWS:
        raise InputError(
            "workbook-too-long", f"共 {count:,} 行，超过一张表的 {MAX_ROWS:,} 行，请按区县或条件分次取"
        )
    if not isinstance(target, str | Path):
        _write(target, connection, view, asked, persons, totals)
        return count
    with whole_file(Path(target), PRIVATE) as file:
        _write(file, connection, view, asked, persons, totals)
    return count


def _write(
    target: IO[bytes],
    connection: Connection,
    view: View,
    asked: Asked,
    persons: Persons | None,
    totals: dict[str, int],
) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = _Sheet(book, view)
        sheet.head(view, asked)
        for portion in _portions(stream(connection, view, asked)):
            for row in named(view, portion, persons):
                sheet.add(row)
        sheet.end(totals)


class _Sheet:
    """One sheet that grows downwards."""

    def __init__(self, book: xlsxwriter.Workbook, view: View) -> None:
        self._columns = view.columns
        self._sheet: Worksheet = book.add_worksheet(view.title[:31])
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._said = book.add_format({"font_color": "#595959"})
        self._header = book.add_format({"bold": True, "bg_color": "#E7E6E6", "border": 1, "text_wrap": True})
        self._formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        self._sums = {
            kind: book.add_format({"num_format": code, "bold": True, "top": 1})
            for kind, code in _FORMATS.items()
        }
        self._quoted = book.add_format({"num_format": "@", "quote_prefix": True})
        self._next = _ABOVE

    def head(self, view: View, asked: Asked) -> None:
        """Widths, title, what was asked, and the header, which stays in sight."""
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, max(_WIDTHS.get(column.kind, 14), 2 * len(column.title) + 3))
        self._sheet.freeze_panes(_ABOVE, 0)
        self._sheet.write_string(0, 0, view.title, self._title)
        self._sheet.write_string(1, 0, said(view, asked), self._said)
        for place, column in enumerate(self._columns):
            unit = {"money": "（元）", "area": "（㎡）", "percent": "（%）"}.get(column.kind, "")
            self._sheet.write_string(2, place, column.title + unit, self._header)

    def add(self, row: Row) -> None:
        """One row below the others."""
        self._write(row, self._formats)

    def end(self, totals: dict[str, int]) -> None:
        """The totals, as values: they are those of the ledger, whatever is filtered in the sheet."""
        last = max(self._next - 1, _ABOVE)
        self._sheet.autofilter(_ABOVE - 1, 0, last, len(self._columns) - 1)
        if not totals:
            return
        sums: list[Any] = [totals.get(column.name) for column in self._columns]
        self._write(sums, self._sums)
        free = next((place for place, value in enumerate(sums) if value is None), None)
        if free is not None:
            self._sheet.write_string(self._next - 1, free, "合计", self._sums["text"])

    def _write(self, row: Sequence[Any], formats: dict[Kind, Format]) -> None:
        for place, (column, value) in enumerate(zip(self._columns, row, strict=True)):
            if value is not None:
                self._cell(place, column, value, formats[column.kind])
        self._next += 1

    def _cell(self, place: int, column: Column, value: Any, shape: Format) -> None:
        if column.kind in ("money", "area", "percent"):
            self._sheet.write_number(self._next, place, Decimal(value).scaleb(-2), shape)
        elif column.kind == "count":
            self._sheet.write_number(self._next, place, value, shape)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._next, place, value, shape)
        else:
            text = str(plain(column, value))
            quoted = self._quoted if text.startswith(_LOOKS_LIKE_A_FORMULA) else shape
            if self._sheet.write_string(self._next, place, text, quoted) != 0:
                raise InputError("cell-too-long", f"{column.title}：一格文字超过电子表格的限度")


def _portions(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    each = iter(rows)
    while portion := list(islice(each, _PORTION)):
        yield portion
