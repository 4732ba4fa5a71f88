"""What each event means for unit accounts (分户账): the entries that postings and accounts both follow.

Signs are of the account: money in is positive, money out negative.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine

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
from projections.originals import Original, originals

Line = tuple[int, str, Part, EntryKind, str, Fen, Fen, bool]
"""Index of the line in its event, unit, part, kind, entry, principal and interest in fen, whether a reversal.

Plain tuples: a log has millions of them.
"""

Entry = tuple[int, int, str, str, Part, str, Fund, date, EntryKind, str, Fen, Fen, int, bool]
"""A row of ``read.postings``."""


def _openings(event: BalanceOpened) -> list[Line]:
    return [
        (index, line.unit, line.part, "opening", "opening", line.principal_fen, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _deposits(event: DepositCollected) -> list[Line]:
    return [
        (index, line.unit, line.part, "deposit", "deposit", line.amount_fen, 0, False)
        for index, line in enumerate(event.lines)
    ]


def _incomes(event: IncomeCredited) -> list[Line]:
    entry = f"income-{event.category}"
    return [
        (index, line.unit, line.part, "income", entry, line.amount_fen, 0, False)
        for index, line in enumerate(event.lines)
    ]


def _interest(event: InterestAccrued) -> list[Line]:
    return [
        (index, line.unit, line.part, "interest", "interest", 0, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _withdrawals(event: WithdrawalPaid) -> list[Line]:
    return [
        (
            index,
            line.unit,
            line.part,
            "withdrawal",
            "withdrawal",
            -line.principal_fen,
            -line.interest_fen,
            False,
        )
        for index, line in enumerate(event.lines)
    ]


def _returns(event: WithdrawalReturned) -> list[Line]:
    entry = "return" if event.paid_on.year == event.value_date.year else "return-earlier"
    return [
        (index, line.unit, line.part, "return", entry, line.principal_fen, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _refunds(event: DepositRefunded) -> list[Line]:
    return [
        (
            index,
            line.unit,
            line.part,
            "refund",
            _refunded(event.value_date, line.deposited_on),
            -line.principal_fen,
            -line.interest_fen,
            False,
        )
        for index, line in enumerate(event.lines)
    ]


def _refunded(on: date, deposited_on: date | None) -> str:
    """Deposits of this year and of earlier years are given back from different accounts."""
    if deposited_on is None:
        return "refund-untraced"
    return "refund" if deposited_on.year == on.year else "refund-earlier"


def _obligations(event: BuildingDestroyed) -> list[Line]:
    return [
        (index, line.unit, line.part, "refund", "destroyed", -line.principal_fen, -line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _handed_over(event: CustodyTransferredOut) -> list[Line]:
    return [
        (index, line.unit, line.part, "custody", "custody", -line.principal_fen, -line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


def _handed_back(event: CustodyTransferredIn) -> list[Line]:
    return [
        (index, line.unit, line.part, "custody", "custody", line.principal_fen, line.interest_fen, False)
        for index, line in enumerate(event.lines)
    ]


_UNTRACED = {"income": "income-other", "refund": "refund-untraced"}
"""How a reversal is booked whose original the log lacks, where the kind does not say it."""


def _reversals(event: EntryReversed, original: Sequence[Line]) -> list[Line]:
    """The opposite entries; each is booked as the line that it takes back."""
    return [
        (
            index,
            line.unit,
            line.part,
            line.kind,
            original[line.line][4] if line.line < len(original) else _UNTRACED.get(line.kind, line.kind),
            line.principal_fen,
            line.interest_fen,
            True,
        )
        for index, line in enumerate(event.lines)
    ]


def _moves(event: UnitsChanged) -> list[Line]:
    return [
        (index, line.unit, line.part, "moved", "moved", line.principal_fen, line.interest_fen, False)
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
    UnitsChanged: _moves,
}
"""Every event that moves money of unit accounts at first hand, and how to read its lines."""


class Entries:
    """The entries of a batch, read once for all models that follow them at the same place."""

    def __init__(self, facts: Facts, engine: Engine) -> None:
        self.facts = facts
        self._engine = engine
        self._batch: Batch | None = None
        self._entries: list[Entry] = []
        self._originals: Mapping[Original, Event] = {}

    def of(self, batch: Batch) -> list[Entry]:
        """The entries in order; raises ProjectionStopped for an account that does not exist."""
        if batch is not self._batch:
            self.facts.learn(batch)
            self._originals = originals(self._engine, batch)
            self._entries = self._read(batch)
            self._batch = batch
        return self._entries

    def originals(self, batch: Batch) -> Mapping[Original, Event]:
        """The events that ``entry-reversed`` events of the batch take back."""
        self.of(batch)
        return self._originals

    def _read(self, batch: Batch) -> list[Entry]:
        facts = self.facts
        entries: list[Entry] = []
        add = entries.append
        for position, stream, version, event in batch.of(EntryReversed, *LINES):
            if isinstance(event, EntryReversed):
                lines = _reversals(event, self._original(stream, event.version))
            else:
                lines = LINES[type(event)](event)
            building = stream[len(BUILDING) :]
            county, _, funds = facts.place(stream, position)
            day = event.value_date
            for line, unit, part, kind, entry, principal, interest, reversal in lines:
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
                        entry,
                        principal,
                        interest,
                        version,
                        reversal,
                    )
                )
        return entries

    def _original(self, stream: str, version: int) -> list[Line]:
        event = self._originals.get((stream, version))
        read = None if event is None else LINES.get(type(event))
        return [] if read is None else read(event)
