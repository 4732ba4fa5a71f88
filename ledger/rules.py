"""Rules (规则) that live commands must keep, and history need not.

A rule looks at the circumstances and the command and yields refusals. What no ledger may take, live or
history, is refused by the aggregates themselves.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.bank import Break
from ledger.building import EMPTY, State
from ledger.commands import (
    ChangeOwner,
    CollectDeposit,
    Command,
    OpenBalance,
    RecordRepair,
    RecordStatement,
    Refund,
    RefundDeposit,
    ReverseEntry,
    VoidReceipts,
)
from ledger.errors import Refusal
from ledger.identity import PART_NAMES, Part
from ledger.money import yuan
from ledger.receipts import State as Receipts
from ledger.receipts import range_of
from ledger.refund import Source


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What rules may look at beside the command.

    ``receipts``: numbers already in use in its county; ``moved``: accounts of its building with entries;
    ``building``: as it stands; ``sources``: what each line of a refund draws on (None: no such account);
    ``given_back``: lines of the event to reverse of which something was refunded; ``ranges``: receipts
    issued and voided, of every code (for a void: of its own); ``breaks``: where the balances of its statement
    do not follow.
    """

    receipts: Collection[str] = ()
    moved: Collection[tuple[str, Part]] = ()
    building: State = EMPTY
    sources: Sequence[Source | None] = ()
    given_back: Collection[int] = ()
    ranges: Collection[Receipts] = ()
    breaks: Collection[Break] = ()


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


def opening_first(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """An opening balance (期初) comes before any other entry of its account, 财会〔2020〕7号 (first use)."""
    if not isinstance(command, OpenBalance):
        return
    for index, line in enumerate(command.lines):
        if (line.unit, line.part) in circumstances.moved:
            message = f"户“{line.unit}”{PART_NAMES[line.part]}部分已有分录，不能再记期初余额"
            yield Refusal("opening-late", message, "unit", index, "财会〔2020〕7号（新旧衔接）")


def balance_follows(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Balances of a statement (对账单) follow line by line and from day to day, art. 30 and 31."""
    if not isinstance(command, RecordStatement):
        return
    for found in circumstances.breaks:
        message = (
            f"账号“{command.account}”{command.value_date} 的余额应为 {yuan(found.due_fen)}，"
            f"实为 {yuan(found.stated_fen)}，前后不衔接（缺行或缺少其间的对账单）"
        )
        yield Refusal("balance-broken", message, "balance_fen", found.line, "165号令第30、31条")


def history_only(_: Circumstances, command: Command) -> Iterator[Refusal]:
    """A finished repair can only be recorded as history (补录); a live one goes step by step, art. 22."""
    if isinstance(command, RecordRepair):
        yield Refusal("history-only", "维修使用只能作为历史补录", None, None, "165号令第22条")


def refund_covered(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A refund (退款) gives back a deposit on record, no more than is left of it and than the account holds.

    A destroyed building's (灭失) whole balance goes back, art. 29, so no single deposit is asked for.
    """
    if not isinstance(command, RefundDeposit):
        return
    for index, (line, source) in enumerate(zip(command.lines, circumstances.sources, strict=True)):
        if source is None:
            continue
        found = [] if command.reason == "destroyed" else list(_deposit_refusals(command, line, source, index))
        yield from found
        held = source.account.balance_fen
        if not found and line.amount_fen > held:
            message = f"户“{line.unit}”账户余额 {yuan(held)}，不足以退款 {yuan(line.amount_fen)}"
            yield Refusal("balance-short", message, "amount_fen", index, "165号令第10条")


_REFUNDS: Final = "财会〔2020〕7号（返还支出）"


def _deposit_refusals(command: RefundDeposit, line: Refund, source: Source, index: int) -> Iterator[Refusal]:
    deposit = source.deposit
    if deposit is None:
        said = "没有填写原票据号" if line.receipt_no is None else f"没有票据号“{line.receipt_no}”的交存"
        yield Refusal("deposit-unknown", f"户“{line.unit}”{said}", "receipt_no", index, _REFUNDS)
        return
    if not deposit.left_fen:
        message = f"票据号“{deposit.receipt_no}”的交存已经全部退还"
        yield Refusal("refund-twice", message, "receipt_no", index, _REFUNDS)
    elif line.amount_fen > deposit.left_fen:
        message = f"票据号“{deposit.receipt_no}”的交存只剩 {yuan(deposit.left_fen)} 可退"
        yield Refusal("refund-exceeds", message, "amount_fen", index, _REFUNDS)
    if command.refunded_on < deposit.on:
        message = f"退款日期 {command.refunded_on} 早于交存日期 {deposit.on}"
        yield Refusal("refund-early", message, "refunded_on", index, _REFUNDS)


def refund_reversed_first(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A deposit that was given back is reversed (冲正) after its refund, or its money would leave twice."""
    if not isinstance(command, ReverseEntry):
        return
    for index in sorted(circumstances.given_back):
        if command.lines is None or index in command.lines:
            place = None if command.lines is None else command.lines.index(index)
            message = f"第 {index + 1} 行交存已经退款，应先冲正退款"
            yield Refusal("refund-stands", message, "lines", place, _REFUNDS)


def owner_changes(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A change of owner (过户) names another owner and is not before the last one, art. 28."""
    if not isinstance(command, ChangeOwner) or command.unit not in circumstances.building.units:
        return
    if command.owner_ref == circumstances.building.owner_ref(command.unit):
        message = f"户“{command.unit}”的业主已经是此人"
        yield Refusal("owner-same", message, "owner_ref", None, "165号令第28条")
    last = circumstances.building.owners.get(command.unit)
    if last is not None and command.transferred_on < last.since:
        message = f"过户日期 {command.transferred_on} 早于上一次过户 {last.since}"
        yield Refusal("transfer-early", message, "transferred_on", None, "165号令第28条")


RULES: Final[tuple[Rule, ...]] = (
    receipt_once,
    receipt_issued,
    void_unused,
    opening_first,
    history_only,
    refund_covered,
    refund_reversed_first,
    owner_changes,
    balance_follows,
)


def judge(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Every refusal of every rule."""
    for rule in RULES:
        yield from rule(circumstances, command)
