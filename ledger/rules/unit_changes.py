"""Rules of units that change (房屋变更), and of accounts that a court has frozen (冻结)."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import ChangeOwner, Command, MergeUnits, RefundDeposit, SplitUnit
from ledger.errors import Refusal
from ledger.freezes import Freeze
from ledger.freezing import available, freezes
from ledger.money import yuan
from ledger.rules.circumstances import Circumstances, Rule

FREEZE_BASIS: Final = "民事诉讼法（协助执行；条号未核实）"


def areas_agree(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A split or merger changes no area, or says why (面积差异说明): costs are shared by area, art. 20."""
    if not isinstance(command, SplitUnit | MergeUnits) or (command.note or "").strip():
        return
    units = circumstances.building.units
    names = _units(command)
    if not all(name in units for name in names):
        return
    into = command.into if isinstance(command, SplitUnit) else (command.into,)
    before = sum(units[name].area_dm2 for name in names)
    after = sum(new.area_dm2 for new in into)
    if before != after:
        message = f"变更前面积合计 {_m2(before)} 平方米，变更后 {_m2(after)} 平方米，应说明差异原因"
        yield Refusal("area-differs", message, "area_dm2", None, "165号令第20条（按建筑面积分摊）")


def change_in_order(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A whole balance moves (转户) not before the last entry that made it: it would not have been there."""
    if not isinstance(command, SplitUnit | MergeUnits):
        return
    last = circumstances.last_entry
    if last is not None and command.changed_on < last:
        message = f"变更日期 {command.changed_on} 早于账户最后一笔分录 {last}"
        yield Refusal("change-early", message, "changed_on", None, "165号令第10条（按户设分户账）")


def not_frozen(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A frozen account changes neither owner nor number, whatever the order's amount."""
    match command:
        case SplitUnit() | MergeUnits():
            names, on = _units(command), command.changed_on
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
        free = available(state, line.unit, "owner", on, circumstances.today or on)
        if given[line.unit] > free:
            message = f"{_message(line.unit, held[0])}，可用余额 {yuan(free)}"
            yield Refusal("unit-frozen", message, "unit", index, FREEZE_BASIS)


def _units(command: SplitUnit | MergeUnits) -> tuple[str, ...]:
    return (command.unit,) if isinstance(command, SplitUnit) else command.units


def _message(unit: str, freeze: Freeze) -> str:
    until = "" if freeze.until is None else f"至 {freeze.until} "
    return f"户“{unit}”的账户自 {freeze.since} 起{until}被{freeze.court}冻结（{freeze.order_no}）"


def _m2(area_dm2: int) -> str:
    return f"{area_dm2 // 100}.{area_dm2 % 100:02d}"


RULES: Final[tuple[Rule, ...]] = (areas_agree, change_in_order, not_frozen, refund_free)
