"""The policy as people read it (政策): which rows of a file are in force on a day, and by which papers."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any, Final

import msgspec

from ledger.errors import InputError
from ledger.policy import Policy

SUCCEEDING: Final = frozenset({"audit"})
"""Files whose rows have no last day: each holds until the next one of its table."""

FRAME: Final = ("valid_from", "valid_to", "mark", "source")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row in force: the table it stands in, its days, how sure it is, its paper, and what it says."""

    table: str
    valid_from: date | None
    valid_to: date | None
    mark: str | None
    source: str | None
    says: dict[str, Any]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One policy file (政策文件) and its rows in force."""

    name: str
    rows: tuple[Entry, ...]


class PolicyShown(msgspec.Struct, frozen=True, kw_only=True):
    """The policy on a day; ``version`` names its content, and every event bears it."""

    version: str
    on: date
    files: tuple[File, ...]


def in_force(policy: Policy, on: date, name: str | None = None) -> PolicyShown:
    """The rows in force on a day, of all files or of one; raises InputError ``policy-unknown``."""
    if name is not None and name not in policy.tables:
        raise InputError("policy-unknown", f"没有政策文件“{name}”；有：{'、'.join(sorted(policy.tables))}")
    files = (
        File(name=file, rows=tuple(_in_force(policy.tables[file], on, succeeding=file in SUCCEEDING)))
        for file in sorted(policy.tables)
        if name in (None, file)
    )
    return PolicyShown(version=policy.version, on=on, files=tuple(files))


def _in_force(tables: Mapping[str, Any], on: date, *, succeeding: bool) -> Iterator[Entry]:
    for _, entries in groupby(_entries(tables), key=lambda entry: entry.table):
        holding = [entry for entry in entries if _holds(entry, on)]
        yield from holding[-1:] if succeeding else holding


def _entries(tables: Mapping[str, Any]) -> Iterator[Entry]:
    """All rows table by table, in their order in time; what is no row is one by itself."""
    for table, content in tables.items():
        if table == "version":
            continue
        if isinstance(content, list) and all(isinstance(row, dict) for row in content):
            yield from sorted(
                (_entry(table, row) for row in content), key=lambda entry: entry.valid_from or date.min
            )
        else:
            yield _entry(table, content if isinstance(content, dict) else {table: content})


def _entry(table: str, row: Mapping[str, Any]) -> Entry:
    says = {name: value for name, value in row.items() if name not in FRAME}
    return Entry(table=table, says=says, **{name: row.get(name) for name in FRAME})


def _holds(row: Entry, on: date) -> bool:
    return (row.valid_from or date.min) <= on and (row.valid_to is None or on < row.valid_to)
