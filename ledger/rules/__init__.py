"""Rules (规则) that live commands must keep, and history need not.

A rule looks at the circumstances and the command and yields refusals. What no ledger may take, live or
history, is refused by the aggregates themselves.
"""

from collections.abc import Iterator
from typing import Final

from ledger.commands import Command
from ledger.errors import Refusal
from ledger.rules import (
    accounts,
    banks,
    deposits,
    dues,
    freezes,
    leaving,
    payments,
    periods,
    procedure,
    proposals,
    rates,
    receipts,
    refunds,
    repairs,
    treasury,
    unit_changes,
    units,
    yearly,
)
from ledger.rules.circumstances import Circumstances as Circumstances
from ledger.rules.circumstances import Rule

RULES: Final[tuple[Rule, ...]] = (
    *receipts.RULES,
    *deposits.RULES,
    *dues.RULES,
    *refunds.RULES,
    *repairs.RULES,
    *proposals.RULES,
    *procedure.RULES,
    *payments.RULES,
    *units.RULES,
    *unit_changes.RULES,
    *freezes.RULES,
    *banks.RULES,
    *rates.RULES,
    *treasury.RULES,
    *leaving.RULES,
    *periods.RULES,
    *accounts.RULES,
    *yearly.RULES,
)


def judge(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Every refusal of every rule."""
    for rule in RULES:
        yield from rule(circumstances, command)
