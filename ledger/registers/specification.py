"""What a register (册) is: its columns, whose names it holds, and how its rows become commands.

A further register is one more small file with one more ``Register``; the reader, the problems, the marked
copy and the template serve all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from ledger.building import State
from ledger.commands import Command
from ledger.registers.cells import Reader
from ledger.registers.problems import RowProblem


class Person(msgspec.Struct, frozen=True):
    """Someone a row names; ``scope`` tells apart people of one name where there is no ID number."""

    name: str
    id_number: str | None
    phone: str | None
    scope: str


Values = Mapping[str, Sequence[Any]]
"""Values of the rows by field: one list a column, all of the same length."""

Found = Mapping[str, Sequence[Any]]
"""Further columns a register looks up; each ``Person`` in them gives way to the person's ref."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the field it fills, how it is read; ``note`` explains it in the template.

    ``blank`` is what an empty cell says, so that a row is the same row with the word written out.
    """

    name: str
    field: str
    reader: Reader
    required: bool = False
    note: str = ""
    blank: Any = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Commands, the row behind each of their lines, and rows that contradict others.

    ``rows[c][l]`` is the index of the row behind line ``l`` of command ``c``.
    """

    commands: Sequence[Command]
    rows: Sequence[Sequence[int]]
    problems: Sequence[RowProblem] = ()


class Desk(Protocol):
    """What a register may look up while it reads."""

    def buildings(self, codes: Sequence[str]) -> Mapping[str, State]:
        """The buildings on record."""
        ...

    def account_ref(self, account: str) -> str:
        """A keyed hash of a person's bank account: equal for equal accounts, and nothing else to learn."""
        ...

    def names_match(self, refs: Sequence[str | None], names: Sequence[str | None]) -> Sequence[bool]:
        """Whether each ref is of a person of that name."""
        ...


@dataclass(frozen=True, slots=True)
class Register:
    """One kind of register: its columns in the order of the contract, and what becomes of its rows."""

    kind: str
    title: str
    columns: tuple[Column, ...]
    look_up: Callable[[Values, Desk], Found]
    batch: Callable[[Values], Batch]
    history_only: bool = False

    def header_of(self, field: str | None) -> str | None:
        """The header of the column that fills a field of a command, None where no column does."""
        return next((column.name for column in self.columns if column.field == field), None)


def nobody(_values: Values, _desk: Desk) -> Found:
    """For registers that name no person."""
    return {}
