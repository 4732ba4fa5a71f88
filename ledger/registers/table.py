"""Sheets → one table of values: finds the header, reads every known column, lists every problem."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from ledger.registers.cells import read_column
from ledger.registers.problems import Problem, Unreadable
from ledger.registers.specification import Column, Register
from ledger.registers.workbook import Cell, Sheet, Source

HEADER_WITHIN: Final = 20
"""The header stands in one of the first rows of a sheet, in row 1 or below a title."""

_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")


class Place(NamedTuple):
    """Where a row stands: label of the file, sheet name (None in a CSV file), and the row number shown."""

    file: str
    sheet: str | None
    row: int


@dataclass(slots=True)
class Table:
    """Values of the sound rows by field, the place of each, and the problems of the others.

    ``rows`` counts sound and unsound rows alike.
    """

    values: dict[str, list[Any]]
    places: list[Place] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0

    def select(self, indices: Sequence[int]) -> None:
        """Keep only these rows."""
        self.values = {name: [cells[index] for index in indices] for name, cells in self.values.items()}
        self.places = [self.places[index] for index in indices]


def tabulate(register: Register, sources: Sequence[Source]) -> Table:
    """The table of all sheets of all files that have the register's header."""
    table = Table({column.field: [] for column in register.columns})
    for source in sources:
        headers = [(sheet, header_row(register, sheet)) for sheet in source.sheets]
        found = [(sheet, row) for sheet, row in headers if row is not None]
        if not found:
            wanted = "、".join(column.name for column in register.columns if column.required)
            message = f"前 {HEADER_WITHIN} 行内找不到{register.title}的表头；必有的列：{wanted}"
            missing = Unreadable("header-missing", message)
            table.problems.append(missing.problem(source.label))
        for sheet, row in found:
            _add_sheet(table, register, source.label, sheet, row)
    for column in register.columns:
        if column.blank is not None:
            cells = table.values[column.field]
            table.values[column.field] = [column.blank if cell is None else cell for cell in cells]
    return table


def header(cell: Cell) -> str:
    """The name in a header cell: text in brackets is a note; white space and a mark ``*`` do not count."""
    if not isinstance(cell, str):
        return ""
    plain = "".join(unicodedata.normalize("NFKC", cell).split())
    return _NOTE.sub("", plain).strip("*")


def header_row(register: Register, sheet: Sheet) -> int | None:
    """Index of the first row that names most of the columns the register must have, or None."""
    required = {column.name for column in register.columns if column.required}
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        if 2 * len(required & set(map(header, row))) > len(required):
            return index
    return None


def _add_sheet(table: Table, register: Register, file: str, sheet: Sheet, top: int) -> None:
    names = list(map(header, sheet.rows[top]))
    faults = _header_faults(register, names)
    if faults:
        for column, code, message in faults:
            table.problems.append(
                Problem(file=file, sheet=sheet.name, row=top + 1, column=column, code=code, message=message)
            )
        return
    body = sheet.rows[top + 1 :]
    numbers = [index + top + 2 for index, row in enumerate(body) if any(row) or any(c != "" for c in row)]
    body = [sheet.rows[number - 1] for number in numbers]
    values, unsound = _read(register, names, body, sheet.name is None)
    sound = []
    blank = _blank_rows(values, unsound, len(body))
    for index, number in enumerate(numbers):
        if index in blank:
            continue
        table.rows += 1
        if index not in unsound:
            sound.append(index)
            table.places.append(Place(file, sheet.name, number))
            continue
        for column, code, message in unsound[index]:
            table.problems.append(
                Problem(file=file, sheet=sheet.name, row=number, column=column, code=code, message=message)
            )
    for name, cells in values.items():
        table.values[name] += cells if len(sound) == len(cells) else [cells[index] for index in sound]


Fault = tuple[str | None, str, str]
"""Column header, code, message."""


def _header_faults(register: Register, names: Sequence[str]) -> list[Fault]:
    faults: list[Fault] = []
    for column in register.columns:
        times = names.count(column.name)
        if times > 1:
            faults.append((column.name, "column-duplicate", f"表头中“{column.name}”出现了 {times} 次"))
        elif column.required and not times:
            faults.append((column.name, "column-missing", f"缺少必有的列“{column.name}”"))
    return faults


def _read(
    register: Register, names: Sequence[str], body: Sequence[Sequence[Cell]], ragged: bool
) -> tuple[dict[str, list[Any]], dict[int, list[Fault]]]:
    """Values by field, and the faults of each row in column order."""
    width = len(names)
    values: dict[str, list[Any]] = {}
    unsound: dict[int, list[Fault]] = {}
    if ragged:
        for index, row in enumerate(body):
            if any(row[width:]):
                message = "本行的单元格多于表头；金额中的逗号须用双引号括起"
                unsound[index] = [(None, "row-too-long", message)]
    body = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in body]
    for column in register.columns:
        if column.name not in names:
            values[column.field] = [None] * len(body)
            continue
        place = names.index(column.name)
        values[column.field], faults = _read_cells(column, [row[place] for row in body])
        for index, (code, message) in faults.items():
            unsound.setdefault(index, []).append((column.name, code, message))
    return values, unsound


def _read_cells(column: Column, cells: list[Cell]) -> tuple[list[Any], dict[int, tuple[str, str]]]:
    values, faults = read_column(column.reader, column.name, cells)
    if column.required and None in values:
        for index, value in enumerate(values):
            if value is None and index not in faults:
                faults[index] = ("cell-empty", f"{column.name}不能为空")
    return values, faults


def _blank_rows(values: dict[str, list[Any]], unsound: dict[int, list[Fault]], rows: int) -> set[int]:
    """Rows with nothing in any column of the register, such as white space or notes beside the table."""
    return {
        index
        for index in range(rows)
        if index in unsound
        and all(code == "cell-empty" for _, code, _ in unsound[index])
        and all(cells[index] is None for cells in values.values())
    }
