"""Rules of accounts that a court has frozen (冻结): what is frozen neither leaves nor changes hands."""

from collections.abc import Iterator
from typing import Final

from ledger.building import State
from ledger.commands import (
    ChangeOwner,
    Command,
    HandOver,
    MergeUnits,
    PayObligation,
    RefundDeposit,
    ReverseEntry,
    SplitUnit,
)
from ledger.destruction import places
from ledger.entries import entries
from ledger.errors import Refusal
from ledger.freezes import Freeze
from ledger.freezing import available, free, freezes
from ledger.money import Fen, yuan
from ledger.reversal import FOLLOWING, REVERSIBLE
from ledger.rules.circumstances import Circumstances, Rule

FREEZE_BASIS: Final = "民事诉讼法（协助执行；条号未核实）"


def not_frozen(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A frozen account changes neither owner nor number, whatever the order's amount."""
    match command:
        case SplitUnit() | MergeUnits():
            names = (command.unit,) if isinstance(command, SplitUnit) else command.units
            on = command.changed_on
        case ChangeOwner():
            names, on = (command.unit,), command.transferred_on
        case _:
            return
    for name in names:
        for freeze in freezes(circumstances.building, name, on, circumstances.today or on)[:1]:
            yield Refusal("unit-frozen", _message(name, freeze), "unit", None, FREEZE_BASIS)


def refund_free(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """What is given back (退款) from an account is not frozen."""
    if not isinstance(command, RefundDeposit):
        return
    state, on = circumstances.building, command.refunded_on
    given: dict[str, int] = {}
    for index, (line, source) in enumerate(zip(command.lines, circumstances.sources, strict=True)):
        held = freezes(state, line.unit, on, circumstances.today or on)
        if source is None or source.part != "owner" or not held:
            continue
        given[line.unit] = given.get(line.unit, 0) + line.amount_fen
        left = available(state, line.unit, "owner", on, circumstances.today or on)
        if given[line.unit] > left:
            yield _short(line.unit, held[0], left, "unit", index)


def custody_free(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """An account with frozen money stays with us when custody passes (划转): we are to hold it."""
    if not isinstance(command, HandOver):
        return
    on = command.handed_on
    for code, state in circumstances.buildings.items():
        for unit in sorted(state.areas):
            held = freezes(state, unit, on, circumstances.today or on)
            if held and state.accounts[unit, "owner"].balance_fen > 0:
                message = f"楼幢“{code}”{_message(unit, held[0])}"
                yield Refusal("unit-frozen", message, "buildings", None, FREEZE_BASIS)


def obligation_free(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A freeze goes on to what is owed for a destroyed building (应付返还): what it holds is not paid out."""
    if not isinstance(command, PayObligation):
        return
    state, on = circumstances.building, command.paid_on
    paid: dict[str, Fen] = {}
    for index, (line, place) in enumerate(zip(command.lines, places(command), strict=True)):
        owed = None if place is None else state.standing.owed.get(place)
        if owed is None or owed.line.part != "owner":
            continue
        unit = owed.line.unit
        held = freezes(state, unit, on, circumstances.today or on)
        paid[unit] = paid.get(unit, 0) + line.amount_fen
        left = free(_owed_fen(state, unit), held)
        if held and paid[unit] > left:
            yield _short(unit, held[0], left, "line", index)


def reversal_free(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A reversal (冲正) takes no frozen money out of an account: the order is lifted first.

    It leaves today, whatever the day of what is reversed.
    """
    original, state, today = circumstances.original, circumstances.building, circumstances.today
    if not isinstance(command, ReverseEntry) or today is None:
        return
    if original is None or not isinstance(original, (*REVERSIBLE, *FOLLOWING)):
        return
    taken: dict[str, Fen] = {}
    for index, entry in enumerate(entries(original)):
        if entry.part == "owner" and (command.lines is None or index in command.lines):
            taken[entry.unit] = taken.get(entry.unit, 0) + entry.principal_fen + entry.interest_fen
    for unit, amount in taken.items():
        held = freezes(state, unit, today, today)
        left = available(state, unit, "owner", today, today)
        if held and amount > left:
            yield _short(unit, held[0], left, "lines", None)


def _owed_fen(state: State, unit: str) -> Fen:
    owed = (each for each in state.standing.owed.values() if each.line.unit == unit)
    return sum(each.left_fen for each in owed if each.line.part == "owner")


def _short(unit: str, freeze: Freeze, left: Fen, field: str, index: int | None) -> Refusal:
    message = f"{_message(unit, freeze)}，可用余额 {yuan(left)}"
    return Refusal("unit-frozen", message, field, index, FREEZE_BASIS)


def _message(unit: str, freeze: Freeze) -> str:
    until = "" if freeze.until is None else f"至 {freeze.until} "
    return f"户“{unit}”的账户自 {freeze.since} 起{until}被{freeze.court}冻结（{freeze.order_no}）"


RULES: Final[tuple[Rule, ...]] = (
    not_frozen,
    refund_free,
    custody_free,
    obligation_free,
    reversal_free,
)
