"""Rules of bank accounts and their statements."""

from collections.abc import Iterator
from typing import Final

from ledger.commands import (
    Command,
    RecordStatement,
)
from ledger.errors import Refusal
from ledger.money import yuan
from ledger.rules.circumstances import Circumstances, Rule


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


RULES: Final[tuple[Rule, ...]] = (balance_follows,)
