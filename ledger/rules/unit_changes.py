"""Rules of units that change (房屋变更)."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import Command, MergeUnits, SplitUnit
from ledger.errors import Refusal
from ledger.rules.circumstances import Circumstances, Rule


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


def _units(command: SplitUnit | MergeUnits) -> tuple[str, ...]:
    return (command.unit,) if isinstance(command, SplitUnit) else command.units


def _m2(area_dm2: int) -> str:
    return f"{area_dm2 // 100}.{area_dm2 % 100:02d}"


RULES: Final[tuple[Rule, ...]] = (areas_agree, change_in_order)
