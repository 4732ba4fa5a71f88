"""What each event means for unit accounts (分户账): the entries that postings and accounts both follow.

Signs are of the account: money in is positive, money out negative.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from ledger.events import (
    BalanceOpened,
    BuildingDestroyed,
    CustodyTransferredIn,
    CustodyTransferredOut,
    DepositCollected,
    DepositRefunded,
    EntryKind,
    EntryReversed,
    Event,
    IncomeCredited,
    InterestAccrued,
    UnitsChanged,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.identity import Fund, Part
from ledger.money import Fen
from projections.batch import Batch
from projections.facts import BUILDING, Facts

Line = tuple[int, str, Part, EntryKind, Fen, Fen, bool]
"""Index of the line in its event, unit, part, kind, principal and interest in fen, whether a reversal.

Plain tuples: a log has millions of them.
"""

Entry = tuple[int, int, str, str, Part, str, Fund, date, EntryKind, Fen, Fen, int, bool]
"""A row of ``read.postings``."""


def _openings(event: BalanceOpened) -> list[Line]:
    return [
        (index, line.unit, line.part, "opening", line.principal_fen, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _deposits(event: DepositCollected) -> list[Line]:
    return [
        (index, line.unit, line.part, "deposit", line.amount_fen, 0, False)
        for index, line in enumerate(event.lines)
    ]


def _incomes(event: IncomeCredited) -> list[Line]:
    return [
        (index, line.unit, line.part, "income", line.amount_fen, 0, False)
        for index, line in enumerate(event.lines)
    ]


def _interest(event: InterestAccrued) -> list[Line]:
    return [
        (index, line.unit, line.part, "interest", 0, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _withdrawals(event: WithdrawalPaid) -> list[Line]:
    return [
        (index, line.unit, line.part, "withdrawal", -line.principal_fen, -line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _returns(event: WithdrawalReturned) -> list[Line]:
    return [
        (index, line.unit, line.part, "return", line.principal_fen, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _refunds(event: DepositRefunded) -> list[Line]:
    return [
        (index, line.unit, line.part, "refund", -line.principal_fen, -line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _obligations(event: BuildingDestroyed) -> list[Line]:
    return [
        (index, line.unit, line.part, "refund", -line.principal_fen, -line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _handed_over(event: CustodyTransferredOut) -> list[Line]:
    return [
        (index, line.unit, line.part, "custody", -line.principal_fen, -line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _handed_back(event: CustodyTransferredIn) -> list[Line]:
    return [
        (index, line.unit, line.part, "custody", line.principal_fen, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _reversals(event: EntryReversed) -> list[Line]:
    return [
        (index, line.unit, line.part, line.kind, line.principal_fen, line.interest_fen, True)
        for index, line in enumerate(event.lines)
    ]


def _moves(event: UnitsChanged) -> list[Line]:
    return [
        (index, line.unit, line.part, "moved", line.principal_fen, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


LINES: dict[type[Event], Callable[[Any], list[Line]]] = {
    BalanceOpened: _openings,
    DepositCollected: _deposits,
    IncomeCredited: _incomes,
    InterestAccrued: _interest,
    WithdrawalPaid: _withdrawals,
    WithdrawalReturned: _returns,
    DepositRefunded: _refunds,
    BuildingDestroyed: _obligations,
    CustodyTransferredOut: _handed_over,
    CustodyTransferredIn: _handed_back,
    EntryReversed: _reversals,
    UnitsChanged: _moves,
}
"""Every event that moves money of unit accounts, and how to read its lines."""


class Entries:
    """The entries of a batch, read once for all models that follow them at the same place."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._batch: Batch | None = None
        self._entries: list[Entry] = []

    def of(self, batch: Batch) -> list[Entry]:
        """The entries in order; raises ProjectionStopped for an account that does not exist."""
        if batch is not self._batch:
            self.facts.learn(batch)
            self._entries = self._read(batch)
            self._batch = batch
        return self._entries

    def _read(self, batch: Batch) -> list[Entry]:
        facts = self.facts
        entries: list[Entry] = []
        add = entries.append
        for position, stream, version, event in batch.of(*LINES):
            building = stream[len(BUILDING) :]
            county, _, funds = facts.place(stream, position)
            day = event.value_date
            for line, unit, part, kind, principal, interest, reversal in LINES[type(event)](event):
                fund = funds.get(unit) or facts.fund(stream, unit, position)
                add(
                    (
                        position,
                        line,
                        building,
                        unit,
                        part,
                        county,
                        fund,
                        day,
                        kind,
                        principal,
                        interest,
                        version,
                        reversal,
                    )
                )
        return entries
