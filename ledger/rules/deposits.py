"""Rules of money that comes into unit accounts."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import (
    Command,
    OpenBalance,
)
from ledger.errors import Refusal
from ledger.identity import PART_NAMES
from ledger.rules.circumstances import Circumstances, Rule


def opening_first(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """An opening balance (期初) comes before any other entry of its account, 财会〔2020〕7号 (first use)."""
    if not isinstance(command, OpenBalance):
        return
    for index, line in enumerate(command.lines):
        if (line.unit, line.part) in circumstances.moved:
            message = f"户“{line.unit}”{PART_NAMES[line.part]}部分已有分录，不能再记期初余额"
            yield Refusal("opening-late", message, "unit", index, "财会〔2020〕7号（新旧衔接）")


RULES: Final[tuple[Rule, ...]] = (opening_first,)
