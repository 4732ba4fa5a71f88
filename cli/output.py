"""What a command prints: one JSON document or tables on standard output, the rest on standard error."""

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.table import Table

WIDE = 160
"""Columns of a table that goes to a file or a pipe."""

_COMMANDS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that a terminal would obey instead of showing, and halves of characters."""


def document(answer: Any) -> None:
    """The one JSON document of ``--json``."""
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")


def line(text: str) -> None:
    """A line of the answer for people."""
    sys.stdout.write(_shown(text) + "\n")


def note(text: str) -> None:
    """Progress and logs: never part of the answer."""
    sys.stderr.write(_shown(text) + "\n")
    sys.stderr.flush()


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: str = "", wide: int = WIDE
) -> None:
    """A table; ``numbers`` has a ``r`` at each column that is aligned right."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else wide)
    shown = Table(title=_shown(title), title_justify="left")
    for index, column in enumerate(columns):
        right = numbers[index : index + 1] == "r"
        shown.add_column(column, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else _shown(str(cell)) for cell in row))
    console.print(shown, markup=False)


def _shown(text: str) -> str:
    """Names of files and words of others reach a terminal as text, never as commands to it."""
    return _COMMANDS.sub("\ufffd", text)


def grouped(yuan: str) -> str:
    """An amount for people: ``1,079,000,000.00``."""
    whole, _, cents = yuan.partition(".")
    return f"{int(whole):,}.{cents}" if not whole.startswith("-") else f"-{grouped(yuan[1:])}"
