"""Takes the text files back (读取): from ``GSSM.TXT`` alone, as the auditor's program is pointed at it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from exports.filled import filled
from exports.layout import Layout
from exports.proof import AuditSet, Balance, Entry, parents
from ledger.errors import InputError
from ledger.money import parse_yuan

_FIGURES: Final = ("opening", "debit", "credit", "closing")


class Described(NamedTuple):
    """A file as ``GSSM.TXT`` describes it: its fields in order, by name and letter."""

    title: str
    file: str
    fields: tuple[tuple[str, str], ...]


def files(folder: Path, form: Layout) -> dict[str, list[dict[str, str]]]:
    """The records of every file that the description names, by the title of the table.

    Raises InputError ``export-unreadable`` that names file and line.
    """
    name = form.rule("description-file")
    described = _described(_lines(folder / name, form), name)
    return {file.title: _records(folder, file, form) for file in described}


def take_back(folder: Path, form: Layout) -> AuditSet:
    """What the files of a folder say, for ``exports.proof``; raises InputError ``export-unreadable``."""
    found = files(folder, form)
    chart = filled(form, found, "account")
    sign = {row["account"]: 1 if row["side"] == form.rule("debit") else -1 for row in chart}
    return AuditSet(
        accounts=parents(sign),
        balances=[_balance(row, sign) for row in filled(form, found, "balance")],
        entries=[_entry(row) for row in filled(form, found, "entry")],
        items={row["code"] for row in filled(form, found, "item")},
    )


def _balance(row: dict[str, str], sign: Mapping[str, int]) -> Balance:
    side, month = sign.get(row["account"], 1), row["month"].zfill(2)
    opening, debit, credit, closing = (parse_yuan(row[name]) for name in _FIGURES)
    return Balance(row["account"], row["item"], month, side * opening, debit, credit, side * closing)


def _entry(row: dict[str, str]) -> Entry:
    voucher = (row["kind"], row["number"])
    sums = parse_yuan(row["debit"]), parse_yuan(row["credit"])
    return Entry(row["date"][4:6], voucher, row["account"], row["item"], *sums)


def _lines(path: Path, form: Layout) -> list[str]:
    """The lines of a file; the last one has its end, too."""
    try:
        text = path.read_bytes().decode(form.rule("encoding"))
    except FileNotFoundError as error:
        raise InputError("export-unreadable", f"没有 {path.name}") from error
    except UnicodeDecodeError as error:
        raise InputError("export-unreadable", f"{path.name} 不是 {form.rule('encoding')} 文本") from error
    end = form.rule("line-end")
    if text and not text.endswith(end):
        raise InputError("export-unreadable", f"{path.name} 的最后一行不完整")
    return text.split(end)[:-1]


def _described(lines: list[str], name: str) -> list[Described]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        else:
            blocks.append([])
    found = []
    for title, file, *fields in blocks:
        parts = [field.split("\t") for field in fields]
        if not parts or any(len(part) != 3 for part in parts):
            raise InputError("export-unreadable", f"{name} 中 {file} 的字段说明不完整")
        found.append(Described(title, file, tuple((field[0], field[1]) for field in parts)))
    return found


def _records(folder: Path, file: Described, form: Layout) -> list[dict[str, str]]:
    names = [name for name, _ in file.fields]
    return [
        dict(zip(names, _texts(line, file, number, form), strict=True))
        for number, line in enumerate(_lines(folder / file.file, form), 1)
    ]


def _texts(line: str, file: Described, number: int, form: Layout) -> list[str]:
    quote = form.rule("quote")
    numeric = {kind.letter for kind in form.types if not kind.quoted}
    cells = line.split(form.rule("separator"))
    if len(cells) != len(file.fields):
        raise InputError(
            "export-unreadable", f"{file.file} 第 {number} 行有 {len(cells)} 列，应为 {len(file.fields)} 列"
        )
    texts = []
    for cell, (name, letter) in zip(cells, file.fields, strict=True):
        bare = letter in numeric
        inside = cell if bare else cell[1:-1]
        if quote in inside or (not bare and not (len(cell) > 1 and cell[0] == cell[-1] == quote)):
            raise InputError("export-unreadable", f"{file.file} 第 {number} 行“{name}”的引号不正确")
        texts.append(inside)
    return texts
