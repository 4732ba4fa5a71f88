"""Rules of special receipts (专用票据)."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import (
    CollectDeposit,
    Command,
    VoidReceipts,
)
from ledger.errors import Refusal
from ledger.receipts import range_of
from ledger.rules.circumstances import Circumstances, Rule


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


def receipt_issued(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Once any receipts are issued (领用), a deposit's is one of them and not voided, art. 14, 34."""
    if not isinstance(command, CollectDeposit) or not circumstances.ranges:
        return
    for index, line in enumerate(command.lines):
        number = line.receipt_no
        if number is None:
            continue
        held = [found for found in circumstances.ranges if found.has_issued(number)]
        if not held:
            message = f"票据号“{number}”不在已领用的号段内"
            yield Refusal("receipt-not-issued", message, "receipt_no", index, "165号令第14、34条")
        elif all(found.has_voided(number) for found in held):
            message = f"票据号“{number}”已经作废"
            yield Refusal("receipt-void", message, "receipt_no", index, "165号令第14、34条")


def void_unused(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Only receipts that were issued and neither used nor voided can be voided (作废), art. 34."""
    if not isinstance(command, VoidReceipts):
        return
    asked = range_of(command.first, command.last)
    named = f"票据“{command.code}”{asked.named}"
    for state in circumstances.ranges:
        missing = asked.size - sum(asked.shared(other) for other in state.issued)
        if missing:
            yield Refusal(
                "receipt-not-issued", f"{named}有 {missing} 份没有领用", "first", None, "165号令第34条"
            )
        if any(asked.shared(other) for other in state.voided):
            yield Refusal("receipt-void", f"{named}中有已经作废的", "first", None, "165号令第34条")
    if circumstances.receipts:
        used = "、".join(sorted(circumstances.receipts)[:5])
        message = f"{named}中已使用 {len(circumstances.receipts)} 份（{used}），不能作废"
        yield Refusal("receipt-used", message, "first", None, "165号令第34条")


RULES: Final[tuple[Rule, ...]] = (
    receipt_once,
    receipt_issued,
    void_unused,
)
