"""Error cells of an .xls workbook (BIFF records in a compound file), which ``calamine`` reads as empty.

Sources: [MS-CFB] for the container, [MS-XLS] for the records.
"""

import struct
from collections.abc import Iterator
from typing import Final

from ledger.registers.problems import Unreadable

_END_OF_CHAIN: Final = 0xFFFFFFFA
"""Sector numbers from here on mark ends, free sectors and tables."""

_EOF, _BOF, _BOUNDSHEET, _FORMULA, _BOOLERR = 0x000A, 0x0809, 0x0085, 0x0006, 0x0205
_ERRORS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def error_cells(data: bytes) -> list[dict[tuple[int, int], str]]:
    """Error texts of each sheet in order, by row and column from zero; raises ``file-unreadable``."""
    try:
        stream = _workbook_stream(data)
        starts = [
            struct.unpack_from("<I", record)[0] for kind, record in _records(stream, 0) if kind == _BOUNDSHEET
        ]
        return [dict(_sheet_errors(stream, start)) for start in starts]
    except (struct.error, IndexError) as error:
        raise Unreadable("file-unreadable", "文件内容已损坏，无法读取") from error


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream, those of charts inside it left out."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[at : at + length]
        at += length


def _sheet_errors(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, record in _records(stream, start):
        if kind == _BOOLERR:
            code = record[6] if record[7] else None
        elif kind == _FORMULA:
            code = record[8] if record[6] == 2 and record[12:14] == b"\xff\xff" else None
        else:
            continue
        if code is not None:
            row, column = struct.unpack_from("<HH", record)
            yield (row, column), _ERRORS.get(code, "#N/A")


def _workbook_stream(data: bytes) -> bytes:
    """The bytes of the stream ``Workbook`` (``Book`` in older files)."""
    (shift,) = struct.unpack_from("<H", data, 30)
    tables, directory, _, cutoff, mini_table = struct.unpack_from("<I I I I I", data, 44)
    size = 1 << min(shift, 12)
    first_extra, extras = struct.unpack_from("<I I", data, 68)
    table_sectors = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(extras, len(data) // size)):
        *more, first_extra = struct.unpack_from(f"<{size // 4}I", data, (first_extra + 1) * size)
        table_sectors += more
    if tables > len(table_sectors):
        raise IndexError("sector table")
    whole = b"".join(data[(sector + 1) * size : (sector + 2) * size] for sector in table_sectors[:tables])
    following = struct.unpack(f"<{len(whole) // 4}I", whole[: len(whole) // 4 * 4])

    def read(sector: int) -> bytes:
        return b"".join(
            data[(number + 1) * size : (number + 2) * size] for number in _chain(sector, following)
        )

    entries = list(struct.iter_unpack("<64s H 50x I Q", _entries(read(directory))))
    names = [name[: max(length - 2, 0)].decode("utf-16-le", "replace") for name, length, _, _ in entries]
    found = next((names.index(name) for name in ("Workbook", "Book") if name in names), len(names))
    _, _, start, length = entries[found]
    length &= 0xFFFFFFFF
    if length >= cutoff:
        return read(start)[:length]
    small = read(entries[0][2])
    whole = read(mini_table)
    following_small = struct.unpack(f"<{len(whole) // 4}I", whole)
    return b"".join(small[number * 64 : (number + 1) * 64] for number in _chain(start, following_small))[
        :length
    ]


def _entries(directory: bytes) -> bytes:
    """As many whole entries of 128 bytes as there are."""
    return directory[: len(directory) // 128 * 128]


def _chain(sector: int, following: tuple[int, ...]) -> Iterator[int]:
    for _ in range(len(following) + 1):
        if sector >= _END_OF_CHAIN:
            return
        yield sector
        sector = following[sector]
    raise IndexError("a chain of sectors bites its tail")
