"""Rules of what an office owes every year, art. 30."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import Command, ReconcileStatement
from ledger.errors import Refusal
from ledger.money import yuan
from ledger.rules.circumstances import Circumstances, Rule


def difference_explained(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Bank and ledger agree (对账相符) once the listed items are taken out on either side, art. 30 and 31."""
    if isinstance(command, ReconcileStatement) and circumstances.unexplained_fen:
        message = (
            f"账号“{command.account}”截至 {command.through} 的对账单与账本相差 "
            f"{yuan(circumstances.unexplained_fen)}，没有未达账项说明"
        )
        yield Refusal("not-reconciled", message, "items", None, "165号令第30、31条")


RULES: Final[tuple[Rule, ...]] = (difference_explained,)
