"""Rules of what is due (应交)."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import Command, ExemptUnit
from ledger.errors import Refusal
from ledger.rules.circumstances import Circumstances, Rule


def exemption_ground(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A unit is exempted (免交) only on a ground that was in force on the day of the decision, art. 6."""
    if isinstance(command, ExemptUnit) and command.reason not in circumstances.grounds:
        known = "、".join(circumstances.grounds) or "无"
        message = f"“{command.reason}”在 {command.decided_on} 不是免交事由（可用：{known}）"
        yield Refusal("exemption-ground", message, "reason", None, "165号令第6条")


RULES: Final[tuple[Rule, ...]] = (exemption_ground,)
