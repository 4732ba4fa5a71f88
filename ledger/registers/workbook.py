"""Files of officers (.xlsx, .xls, .ods, .csv) → sheets of plain cells; values only, macros never run.

A file is read into memory once, so the SHA-256 kept as evidence is that of the bytes parsed.
"""

import csv
import hashlib
import io
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from ledger.registers import archive, compound
from ledger.registers.problems import Unreadable

Cell = int | float | str | bool | date | datetime | time | timedelta

MAX_FILE_BYTES: Final = 200 << 20
MAX_ROWS: Final = 1_048_576
_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = {".xlsx": _ZIP, ".ods": _ZIP, ".xls": _COMPOUND}


class Sheet(NamedTuple):
    """Cells of one sheet from its first row on; ``name`` is None for a CSV file."""

    name: str | None
    rows: list[list[Cell]]


class Source(NamedTuple):
    """One file as read: its name and SHA-256 in hex are the evidence (依据).

    ``label`` is what problems call it: its name, or its path where files of one import share a name.
    """

    path: Path
    label: str
    sha256: str
    sheets: tuple[Sheet, ...]


def read(path: Path, label: str) -> Source:
    """Read a file; raises Unreadable ``file-unreadable``, ``file-too-large`` or ``encoding-unknown``."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise Unreadable("file-too-large", "文件超过 200 MB，请拆分后再导入")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable("file-unreadable", "文件不存在或无法打开") from error
    suffix = path.suffix.lower()
    if suffix == ".csv":
        sheets: tuple[Sheet, ...] = (_csv_sheet(data),)
    elif suffix not in _MAGIC:
        raise Unreadable("file-unreadable", "只接受 .xlsx、.xls、.ods 和 .csv 文件")
    elif not data.startswith(_MAGIC[suffix]):
        raise Unreadable("file-unreadable", f"文件内容不是 {suffix} 格式（可能已损坏、加密或改过扩展名）")
    else:
        sheets = _workbook_sheets(data)
    return Source(path, label, hashlib.sha256(data).hexdigest(), sheets)


def _workbook_sheets(data: bytes) -> tuple[Sheet, ...]:
    packed = data.startswith(_ZIP)
    errors = archive.inspect(data) if packed else {}
    in_order = [] if packed else compound.error_cells(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            errors.update(zip(workbook.sheet_names, in_order, strict=False))
            sheets = []
            for name in workbook.sheet_names:
                rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                sheets.append(Sheet(name, _with_errors(rows, errors.get(name, {}))))
            return tuple(sheets)
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise Unreadable("file-unreadable", "文件已损坏或加密，无法读取") from error
    except BaseException as error:
        # A panic inside calamine arrives as pyo3's PanicException, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("file-unreadable", "文件内容已损坏，无法读取") from error


def _with_errors(rows: list[list[Cell]], errors: dict[tuple[int, int], str]) -> list[list[Cell]]:
    for (row, column), shown in errors.items():
        while len(rows) <= row:
            rows.append([])
        cells = rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = shown
    return rows


def _csv_sheet(data: bytes) -> Sheet:
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(_decoded(data), newline=""), strict=True):
            rows.append(list(row))
            if len(rows) > MAX_ROWS:
                raise Unreadable("file-too-large", f"行数超过 {MAX_ROWS}，请拆分后再导入")
    except csv.Error as error:
        raise Unreadable(
            "file-unreadable", f"CSV 第 {len(rows) + 1} 行的引号或字段无法读取", row=len(rows) + 1
        ) from error
    return Sheet(None, rows)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding-unknown", "文字编码既不是 UTF-8 也不是 GB18030")
