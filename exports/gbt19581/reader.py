"""Takes the text files back (读取): from ``GSSM.TXT`` alone, as the auditor's program is pointed at it."""

import re
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

    file: str
    fields: tuple[tuple[str, str], ...]


def files(folder: Path, form: Layout) -> dict[str, list[dict[str, str]]]:
    """The records of every file that the description names, by the title of the table.

    Raises InputError ``export-unreadable`` that names file and line.
    """
    name = form.rule("description-file")
    titles = {file.name: file.tables[0].title for file in form.files}
    found = {}
    for file in _described(_lines(folder / name, form), form):
        if file.file not in titles:
            raise InputError("export-unreadable", f"{name} 中的 {file.file} 不在格式数据中")
        found[titles[file.file]] = _records(folder, file, form)
    return found


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


def _described(lines: list[str], form: Layout) -> list[Described]:
    """The blocks of the description, taken apart as the rules put them together."""
    name = form.rule("description-file")
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        else:
            blocks.append([])
    headings = [_pattern(form.rule(f"description-heading-{number}")) for number in (1, 2)]
    pattern = _pattern(form.rule("description-field"))
    found = []
    for first, second, *fields in blocks:
        told: dict[str, str] = {}
        for heading, line in zip(headings, (first, second), strict=True):
            if (said := heading.fullmatch(line)) is not None:
                told |= said.groupdict()
        parts = [part for field in fields if (part := pattern.fullmatch(field)) is not None]
        if "file" not in told or not fields or len(parts) != len(fields):
            raise InputError("export-unreadable", f"{name} 中“{first}”一段的说明不完整")
        found.append(Described(told["file"], tuple((part["name"], part["letter"]) for part in parts)))
    return found


def _pattern(template: str) -> re.Pattern[str]:
    """What a line looks like that was made of a template such as ``{name}\\t{letter}\\t{width}``."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(template)))


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
