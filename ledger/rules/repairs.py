"""Rules of repairs (维修使用)."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import (
    Command,
    RecordRepair,
)
from ledger.errors import Refusal
from ledger.rules.circumstances import Circumstances, Rule


def history_only(_: Circumstances, command: Command) -> Iterator[Refusal]:
    """A finished repair can only be recorded as history (补录); a live one goes step by step, art. 22."""
    if isinstance(command, RecordRepair):
        yield Refusal("history-only", "维修使用只能作为历史补录", None, None, "165号令第22条")


RULES: Final[tuple[Rule, ...]] = (history_only,)
