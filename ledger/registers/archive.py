"""What must be known of a packed workbook (.xlsx, .ods) before it is unpacked into memory.

``calamine`` allocates the full rectangle from the first to the last cell, and it reads an error cell
(``#N/A``) as an empty one. So the parts are looked at first: their declared and true size, how far the cells
reach, and where errors stand.
"""

import io
import re
import string
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree
from xml.parsers import expat

from ledger.registers.problems import Unreadable

MAX_UNPACKED_BYTES: Final = 1 << 30
"""A workbook with a million rows of a register unpacks to about this much."""

MAX_CELLS: Final = 40_000_000
"""Cells in the rectangle of one sheet; 1,048,576 rows of 38 columns."""

Errors = dict[str, dict[tuple[int, int], str]]
"""Error texts by sheet name, then by row and column counted from zero."""

_FAR = re.compile(rb"""r=["']([A-Za-z]{2,3}\d+|[A-Za-z]\d{6,})["']""")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_LETTERS = string.ascii_letters.encode()
_DIGITS = string.digits.encode()
_ERROR_MARKS = (b't="e"', b"t='e'")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def inspect(data: bytes) -> Errors:
    """The error cells of a packed workbook that is safe to open.

    Raises Unreadable ``file-too-large`` or ``file-unreadable``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise Unreadable("file-too-large", "文件解压后超过 1 GB，请拆分后再导入")
            return _ods_errors(archive) if "content.xml" in archive.namelist() else _xlsx_errors(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise Unreadable("file-unreadable", "文件已损坏或加密，无法读取") from error
    except (ElementTree.ParseError, expat.ExpatError, UnicodeError, ValueError, KeyError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("file-unreadable", "文件内容已损坏，无法读取") from error


def _too_large(rows: int, columns: int) -> None:
    if rows * columns > MAX_CELLS:
        raise Unreadable(
            "file-too-large",
            f"工作表的单元格伸展到第 {rows} 行、第 {columns} 列，超出可读取的范围，请删除远处的单元格",
        )


def _xlsx_errors(archive: zipfile.ZipFile) -> Errors:
    found: Errors = {}
    names: dict[str, str] | None = None
    for part in archive.infolist():
        if not part.filename.startswith("xl/worksheets/"):
            with archive.open(part) as stream:
                while stream.read(1 << 20):  # Reading to the end proves the declared size and the checksum.
                    pass
            continue
        sheet = archive.read(part)
        _check_extent(sheet)
        errors = dict(_error_cells(sheet))
        if errors:
            names = _sheet_names(archive) if names is None else names
            found[names.get(part.filename, part.filename)] = errors
    return found


def _check_extent(sheet: bytes) -> None:
    """Cells beyond column Z or row 99,999 say how large the rectangle is; without any it is small."""
    far = _FAR.findall(sheet)
    if far:
        rows = max(int(reference.lstrip(_LETTERS)) for reference in far)
        columns = max(_column(reference.rstrip(_DIGITS)) + 1 for reference in far)
        _too_large(max(rows, 99_999), max(columns, 26))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _error_cells(sheet: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for mark in _ERROR_MARKS:
        at = sheet.find(mark)
        while at >= 0:
            start = sheet.rfind(b"<", 0, at)
            end = sheet.find(b">", at)
            tag = sheet[start + 1 : end]
            reference = _REFERENCE.search(tag)
            if reference and tag.split(None, 1)[0].rpartition(b":")[2] == b"c":
                close = sheet.find(b"c>", end)
                shown = re.search(rb"v>([^<]*)</", sheet[end:close])
                place = (int(reference[2]) - 1, _column(reference[1]))
                yield place, shown[1].decode() if shown else "#N/A"
            at = sheet.find(mark, at + 1)


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    targets = {
        relation.get("Id"): relation.get("Target", "").removeprefix("/xl/")
        for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat limits entity expansion, and the size is bounded above
    }
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - as above
    return {
        f"xl/{targets.get(sheet.get(_RELATION), '')}": sheet.get("name", "")
        for sheet in workbook.iter()
        if sheet.tag.endswith("}sheet")
    }


def _ods_errors(archive: zipfile.ZipFile) -> Errors:
    scan = _OdsScan()
    parser = expat.ParserCreate()
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.text
    with archive.open("content.xml") as stream:
        parser.ParseFile(stream)
    return scan.errors


class _OdsScan:
    """Counts repeated rows and cells as calamine expands them."""

    def __init__(self) -> None:
        self.errors: Errors = {}
        self._table = ""
        self._row = self._column = 0
        self._row_repeat = self._cell_repeat = 1
        self._valued = self._error = False
        self._width = 0
        self._shown = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._table, self._row, self._width = attributes.get("table:name", ""), 0, 0
        elif name == "table:table-row":
            self._column, self._valued = 0, False
            self._row_repeat = int(attributes.get("table:number-rows-repeated", "1"))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell_repeat = int(attributes.get("table:number-columns-repeated", "1"))
            self._error = attributes.get("calcext:value-type") == "error"
            self._shown = ""
            if "office:value-type" in attributes:
                self._valued = True
                self._width = max(self._width, self._column + self._cell_repeat)

    def text(self, data: str) -> None:
        self._shown += data

    def end(self, name: str) -> None:
        if name in ("table:table-cell", "table:covered-table-cell"):
            if self._error:
                cells = self.errors.setdefault(self._table, {})
                cells[self._row, self._column] = self._shown or "#N/A"
            self._error = False
            self._column += self._cell_repeat
        elif name == "table:table-row":
            self._row += self._row_repeat
            if self._valued:
                _too_large(self._row, self._width)
