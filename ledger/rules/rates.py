"""Rules of interest at listed rates (定率计息)."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import AccrueRates, Command
from ledger.errors import Refusal
from ledger.money import yuan
from ledger.rules.circumstances import Circumstances, Rule


def within_gains(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """``gains-exceeded``: where the policy says so, no more is credited than the gains that wait."""
    found = circumstances.accrual
    if not isinstance(command, AccrueRates) or found is None or circumstances.may_exceed_gains:
        return
    if found.total_fen > found.waiting_fen:
        message = (
            f"应计利息 {yuan(found.total_fen)} 元，超过待分配累计收益 {yuan(found.waiting_fen)} 元，"
            "本政策不允许超额计息"
        )
        yield Refusal(
            "gains-exceeded", message, "settled_on", None, "计息政策 rates.toml [[accrual]]（本单位口径）"
        )


RULES: Final[tuple[Rule, ...]] = (within_gains,)
