"""Opening balances (期初余额): what accounts bring from older books; an account is opened with one once."""

from collections.abc import Iterator
from datetime import date

from ledger.building import State, account_refusal, unknown
from ledger.commands import OpenBalance
from ledger.errors import Refusal
from ledger.events import BalanceOpened, OpeningLine
from ledger.identity import PART_NAMES, Part
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import yuan
from ledger.stamp import Stamp
from ledger.terms import TERMS


def decide_opening(state: State, command: OpenBalance, stamp: Stamp, today: date) -> tuple[BalanceOpened]:
    """Open accounts with what they held at the end of the value date (截止日期).

    Raises Refused ``date-future``, ``lines-missing``, ``building-unknown``, ``unit-unknown``,
    ``part-unknown``, ``amount-negative``, ``amount-not-positive``, ``amount-too-large``, ``opening-twice``.
    """
    refuse_any(_refusals(state, command, today))
    return (BalanceOpened(**stamp, value_date=command.value_date, basis=command.basis, lines=command.lines),)


def _refusals(state: State, command: OpenBalance, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.value_date, today, "value_date", term="截止日期")
    if not command.lines:
        yield Refusal("lines-missing", "没有期初明细", "lines")
    if state.facts is None:
        yield unknown(command.building)
    opened: set[tuple[str, Part]] = set(state.opened)
    for index, line in enumerate(command.lines):
        yield from _amount_refusals(line, index)
        if state.facts is not None:
            yield account_refusal(state, command.building, line.unit, line.part, index)
        if (line.unit, line.part) in opened:
            message = f"户“{line.unit}”{PART_NAMES[line.part]}部分已有期初余额"
            yield Refusal("opening-twice", message, "unit", index, "财会〔2020〕7号（新旧衔接）")
        opened.add((line.unit, line.part))


def _amount_refusals(line: OpeningLine, index: int) -> Iterator[Refusal | None]:
    amounts = {"principal_fen": line.principal_fen, "interest_fen": line.interest_fen}
    if not any(amounts.values()):
        message = "期初本金与期初利息不能都为空或零"
        yield Refusal("amount-not-positive", message, "principal_fen", index)
    for field, amount_fen in amounts.items():
        if amount_fen < 0:
            message = f"{TERMS[field]} {yuan(amount_fen)} 不能为负数"
            yield Refusal("amount-negative", message, field, index)
        elif amount_fen:
            yield amount_refusal(amount_fen, field, index)
