"""A small prefecture written once, and its files read back by an independent reader."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import demo
from ledger.registers.specification import Person

SMALL = "0.01"
Rows = list[dict[str, Any]]


def read(paths: Sequence[Path]) -> Rows:
    """All rows of the files as written, by header; empty cells are empty strings."""
    found: Rows = []
    for path in paths:
        header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        found += [dict(zip(header, row, strict=True)) for row in rows]
    return found


def hundredths(cell: float) -> int:
    """Fen of a cell in yuan, or 0.01 m² of one in m²; it must be exact to two decimals."""
    exact = Decimal(repr(cell)) * 100
    assert exact == int(exact)
    return int(exact)


def day(cell: str) -> date:
    return date.fromisoformat(cell)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> demo.Plan:
    return demo.generate(tmp_path_factory.mktemp("small"), seed=1, scale=SMALL, workers=1)


@pytest.fixture(scope="session")
def registers(small: demo.Plan) -> dict[str, Rows]:
    return {kind: read(paths) for kind, paths in small.files.items()}


@pytest.fixture(scope="session")
def planted(small: demo.Plan) -> Callable[[str], list[demo.Case]]:
    return lambda rule: [case for case in small.cases if case.rule == rule]


class PartiesInMemory:
    """The register of persons without a database: known by ID number, else by name within a scope."""

    def __init__(self) -> None:
        self._refs: dict[tuple[str, ...], str] = {}
        self._hashes: dict[str, bytes] = {}

    @staticmethod
    def _identity(person: Person) -> tuple[str, ...]:
        return ("id", person.id_number) if person.id_number else ("name", person.scope, person.name)

    def refs(self, people: Sequence[Person]) -> list[str]:
        found = []
        for person in people:
            ref = self._refs.setdefault(self._identity(person), f"p{len(self._hashes)}")
            self._hashes.setdefault(ref, self.name_hash(person.name))
            found.append(ref)
        return found

    def known(self, people: Sequence[Person]) -> list[str | None]:
        return [self._refs.get(self._identity(person)) for person in people]

    def name_hash(self, name: str) -> bytes:
        return self.keyed_hash("name", name.encode())

    def name_hashes(self, refs: Sequence[str]) -> Mapping[str, bytes]:
        return {ref: self._hashes[ref] for ref in refs}

    @property
    def count(self) -> int:
        """How many persons were ever registered."""
        return len(self._hashes)

    def erase(self, ref: str) -> bool:
        identity = next((each for each, known in self._refs.items() if known == ref), None)
        return identity is not None and bool(self._refs.pop(identity))

    def keyed_hash(self, purpose: str, data: bytes) -> bytes:
        return hashlib.sha256(purpose.encode() + b"\0" + data).digest()
