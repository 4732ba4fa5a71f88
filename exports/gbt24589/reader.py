"""Takes the XML files back (读取), one element at a time."""

from collections import defaultdict
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from exports.filled import filled
from exports.layout import File, Layout
from exports.proof import AuditSet, Balance, Entry, parents
from ledger.errors import InputError
from ledger.money import parse_yuan


def files(folder: Path, form: Layout) -> dict[str, list[dict[str, str]]]:
    """The records of every table by its title; raises InputError ``export-unreadable``."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for file in form.files:
        _read(folder / file.name, file, form.rule("namespace"), found)
    return found


def _read(path: Path, file: File, namespace: str, found: dict[str, list[dict[str, str]]]) -> None:
    prefix = f"{{{namespace}}}" if namespace else ""
    fields = {table.title: [field.name for field in table.fields] for table in file.tables}
    for table in file.tables:
        found[table.title] = []
    try:
        depth = 0
        # What is read is what this program wrote; expat expands no entity without a document type.
        for event, element in ElementTree.iterparse(path, ("start", "end")):  # noqa: S314 - as said above
            depth += 1 if event == "start" else -1
            name = element.tag.removeprefix(prefix)
            if event == "start" and depth == 1 and name != file.root:
                raise InputError("export-unreadable", f"{path.name} 的根元素是 {name}，应为 {file.root}")
            if event == "end" and depth == 1:
                texts = {field.tag.removeprefix(prefix): field.text or "" for field in element}
                if list(texts) != fields.get(name):
                    raise InputError("export-unreadable", f"{path.name} 的 {name} 与格式数据的字段不同")
                found[name].append(texts)
                element.clear()
    except FileNotFoundError as error:
        raise InputError("export-unreadable", f"没有 {path.name}") from error
    except ElementTree.ParseError as error:
        raise InputError("export-unreadable", f"{path.name} 不是完整的 XML（{error}）") from error


def take_back(folder: Path, form: Layout) -> AuditSet:
    """What the files of a folder say, for ``exports.proof``; raises InputError ``export-unreadable``."""
    found = files(folder, form)
    return AuditSet(
        accounts=parents(row["account"] for row in filled(form, found, "account")),
        balances=[_balance(row, form.rule("debit")) for row in filled(form, found, "balance")],
        entries=[_entry(row) for row in filled(form, found, "entry")],
        items={row["code"] for row in filled(form, found, "item")},
    )


_AMOUNTS: Final = ("opening", "closing")


def _balance(row: dict[str, str], debit: str) -> Balance:
    opening, closing = (
        parse_yuan(row[f"{name}-amount"]) * (1 if row[f"{name}-side"] == debit else -1) for name in _AMOUNTS
    )
    moved = parse_yuan(row["debit"]), parse_yuan(row["credit"])
    return Balance(row["account"], row["item"], row["month"].zfill(2), opening, *moved, closing)


def _entry(row: dict[str, str]) -> Entry:
    voucher = (row["kind-code"], row["number"])
    sums = parse_yuan(row["debit"]), parse_yuan(row["credit"])
    return Entry(row["month"].zfill(2), voucher, row["account"], row["item"], *sums)
