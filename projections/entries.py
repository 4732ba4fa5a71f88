"""What each event means for unit accounts (分户账): the entries that postings and accounts both follow.

Signs are of the account: money in is positive, money out negative.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ledger.events import (
    DepositCollected,
    EntryKind,
    EntryReversed,
    Event,
    InterestAccrued,
    WithdrawalPaid,
)
from ledger.identity import Part
from ledger.money import Fen


class Entry(NamedTuple):
    """One entry on one account; ``line`` is its index in the event."""

    line: int
    unit: str
    part: Part
    kind: EntryKind
    principal_fen: Fen
    interest_fen: Fen
    reversal: bool


def _deposits(event: DepositCollected) -> list[Entry]:
    return [
        Entry(index, line.unit, line.part, "deposit", line.amount_fen, 0, False)
        for index, line in enumerate(event.lines)
    ]


def _interest(event: InterestAccrued) -> list[Entry]:
    return [
        Entry(index, line.unit, line.part, "interest", 0, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _withdrawals(event: WithdrawalPaid) -> list[Entry]:
    return [
        Entry(index, line.unit, line.part, "withdrawal", -line.principal_fen, -line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _reversals(event: EntryReversed) -> list[Entry]:
    return [
        Entry(index, line.unit, line.part, line.kind, line.principal_fen, line.interest_fen, True)
        for index, line in enumerate(event.lines)
    ]


ENTRIES: dict[type[Event], Callable[[Any], Sequence[Entry]]] = {
    DepositCollected: _deposits,
    InterestAccrued: _interest,
    WithdrawalPaid: _withdrawals,
    EntryReversed: _reversals,
}
"""Every event that moves money of unit accounts, and how to read its entries."""
