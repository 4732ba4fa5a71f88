"""What a command prints: one JSON document or tables on standard output, the rest on standard error."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

WIDE = 160
"""Columns of a table that goes to a file or a pipe."""


def document(answer: Any) -> None:
    """The one JSON document of ``--json``."""
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")


def line(text: str) -> None:
    """A line of the answer for people."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Progress and logs: never part of the answer."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: str = "", wide: int = WIDE
) -> None:
    """A table; ``numbers`` has a ``r`` at each column that is aligned right."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else wide)
    shown = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        right = numbers[index : index + 1] == "r"
        shown.add_column(column, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(shown, markup=False)


def grouped(yuan: str) -> str:
    """An amount for people: ``1,079,000,000.00``."""
    whole, _, cents = yuan.partition(".")
    return f"{int(whole):,}.{cents}" if not whole.startswith("-") else f"-{grouped(yuan[1:])}"
