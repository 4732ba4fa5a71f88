"""A copy of an officer's file with every problem beside its row (批注副本), and a summary of all of them.

Cells are written as values and strings as strings: text that begins with ``= + - @`` never becomes a formula.
"""

import io
import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.registers.problems import Problem
from ledger.registers.specification import Register
from ledger.registers.table import header, header_row
from ledger.registers.workbook import MAX_ROWS, Cell, Sheet, Source

SUMMARY: Final = "问题汇总"
COLUMN: Final = "问题"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_MAX_CELL_TEXT: Final = 32_767
_MAX_SHEET_NAME: Final = 31


def copy(register: Register, source: Source, problems: Sequence[Problem]) -> bytes:
    """The copy of one file with its problems, as an .xlsx workbook."""
    by_sheet: dict[str | None, list[Problem]] = {}
    for problem in problems:
        by_sheet.setdefault(problem.sheet, []).append(problem)
    workbook = io.BytesIO()
    with xlsxwriter.Workbook(workbook, {"constant_memory": True}) as book:
        marks = _Marks(
            fault=book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"}),
            day=book.add_format({"num_format": "yyyy-mm-dd"}),
            moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            bold=book.add_format({"bold": True}),
            fault_day=book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#FFC7CE"}),
        )
        names = _sheet_names([SUMMARY, *(sheet.name or source.path.stem for sheet in source.sheets)])
        _summary(book.add_worksheet(names[0]), problems, marks)
        for name, sheet in zip(names[1:], source.sheets, strict=True):
            _copy(register, book.add_worksheet(name), sheet, by_sheet.get(sheet.name, []), marks)
    return workbook.getvalue()


class _Marks(NamedTuple):
    fault: Format
    fault_day: Format
    day: Format
    moment: Format
    bold: Format


def _sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names a workbook allows, each once."""
    names: list[str] = []
    taken: set[str] = set()
    for number, text in enumerate(wanted):
        name = _FORBIDDEN.sub("_", text).strip("'")[:_MAX_SHEET_NAME] or f"Sheet{number}"
        if name.lower() in taken or name.lower() == "history":
            ending = f"_{number}"
            name = name[: _MAX_SHEET_NAME - len(ending)] + ending
        taken.add(name.lower())
        names.append(name)
    return names


def _summary(sheet: Worksheet, problems: Sequence[Problem], marks: _Marks) -> None:
    for column, (title, width) in enumerate(
        (("工作表", 16), ("行", 8), ("列", 16), ("代码", 24), ("说明", 80))
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, marks.bold)
    for row, problem in enumerate(problems[: MAX_ROWS - 1], 1):
        cells: tuple[Cell, ...] = (
            problem.sheet or "",
            problem.row if problem.row is not None else "",
            problem.column or "",
            problem.code,
            problem.message,
        )
        for column, cell in enumerate(cells):
            _write(sheet, row, column, cell, marks, fault=False)


def _copy(
    register: Register, sheet: Worksheet, original: Sheet, problems: Sequence[Problem], marks: _Marks
) -> None:
    """Every row stays where it was, so that row numbers are those of the summary."""
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.row is not None:
            by_row.setdefault(problem.row - 1, []).append(problem)
    top = header_row(register, original)
    columns = {} if top is None else {header(cell): at for at, cell in enumerate(original.rows[top])}
    last = max(map(len, original.rows), default=0)
    for row, cells in enumerate(original.rows):
        found = by_row.get(row, ())
        faulty = {columns.get(problem.column) for problem in found if problem.column}
        for column, cell in enumerate(cells):
            if cell != "" or column in faulty:
                _write(sheet, row, column, cell, marks, fault=column in faulty)
        if found:
            text = "；".join(f"[{problem.code}] {problem.message}" for problem in found)
            _write(sheet, row, last, text, marks, fault=True)
        elif row == top:
            sheet.write_string(row, last, COLUMN, marks.bold)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, marks: _Marks, *, fault: bool) -> None:
    plain = marks.fault if fault else None
    if isinstance(cell, str):
        sheet.write_string(row, column, cell[:_MAX_CELL_TEXT], plain)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, plain)
    elif isinstance(cell, int | float) and math.isfinite(cell):
        sheet.write_number(row, column, cell, plain)
    elif isinstance(cell, datetime) and cell.year >= 1900:
        sheet.write_datetime(row, column, cell, marks.moment)
    elif isinstance(cell, date) and cell.year >= 1900:
        sheet.write_datetime(row, column, cell, marks.fault_day if fault else marks.day)
    elif isinstance(cell, time | timedelta | date | float | int):
        sheet.write_string(row, column, str(cell), plain)
