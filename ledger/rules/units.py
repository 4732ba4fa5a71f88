"""Rules of units (户) and their owners."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import (
    ChangeOwner,
    Command,
)
from ledger.errors import Refusal
from ledger.rules.circumstances import Circumstances, Rule


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


RULES: Final[tuple[Rule, ...]] = (owner_changes,)
