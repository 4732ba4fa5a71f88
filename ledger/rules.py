"""Rules (规则) that live commands must keep, and history need not.

A rule looks at the circumstances and the command and yields refusals. What no ledger may take, live or
history, is refused by the aggregates themselves.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.commands import CollectDeposit, Command, OpenBalance, RecordRepair
from ledger.errors import Refusal
from ledger.identity import PART_NAMES, Part


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What rules may look at beside the command.

    ``receipts``: numbers already in use in its county; ``moved``: accounts of its building with entries.
    """

    receipts: Collection[str] = ()
    moved: Collection[tuple[str, Part]] = ()


Rule = Callable[[Circumstances, Command], Iterator[Refusal]]


def receipt_once(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A special receipt (专用票据) stands for one deposit only, art. 14 and 34."""
    if not isinstance(command, CollectDeposit):
        return
    seen: set[str] = set()
    for index, line in enumerate(command.lines):
        if line.receipt_no is None:
            continue
        if line.receipt_no in circumstances.receipts or line.receipt_no in seen:
            message = f"票据号“{line.receipt_no}”已经使用"
            yield Refusal("receipt-used", message, "receipt_no", index, "165号令第14、34条")
        seen.add(line.receipt_no)


def opening_first(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """An opening balance (期初) comes before any other entry of its account, 财会〔2020〕7号 (first use)."""
    if not isinstance(command, OpenBalance):
        return
    for index, line in enumerate(command.lines):
        if (line.unit, line.part) in circumstances.moved:
            message = f"户“{line.unit}”{PART_NAMES[line.part]}部分已有分录，不能再记期初余额"
            yield Refusal("opening-late", message, "unit", index, "财会〔2020〕7号（新旧衔接）")


def history_only(_: Circumstances, command: Command) -> Iterator[Refusal]:
    """A finished repair can only be recorded as history (补录); a live one goes step by step, art. 22."""
    if isinstance(command, RecordRepair):
        yield Refusal("history-only", "维修使用只能作为历史补录", None, None, "165号令第22条")


RULES: Final[tuple[Rule, ...]] = (receipt_once, opening_first, history_only)


def judge(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Every refusal of every rule."""
    for rule in RULES:
        yield from rule(circumstances, command)
