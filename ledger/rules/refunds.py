"""Rules of refunds (退款), and of what a refund rests on."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import (
    Command,
    Refund,
    RefundDeposit,
    ReverseEntry,
)
from ledger.errors import Refusal
from ledger.money import yuan
from ledger.refund import Source
from ledger.rules.circumstances import Circumstances, Rule


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


RULES: Final[tuple[Rule, ...]] = (
    refund_covered,
    refund_reversed_first,
)
