"""What each event means for unit accounts (分户账), signs of the account: money in positive, out negative."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final, NamedTuple

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
from ledger.identity import Part
from ledger.money import Fen


class Entry(NamedTuple):
    """One entry of one account, principal and interest in fen."""

    unit: str
    part: Part
    kind: EntryKind
    principal_fen: Fen
    interest_fen: Fen


def _openings(event: BalanceOpened) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "opening", line.principal_fen, line.interest_fen)


def _deposits(event: DepositCollected) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "deposit", line.amount_fen, 0)


def _incomes(event: IncomeCredited) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "income", line.amount_fen, 0)


def _interest(event: InterestAccrued) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "interest", 0, line.interest_fen)


def _withdrawals(event: WithdrawalPaid) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "withdrawal", -line.principal_fen, -line.interest_fen)


def _returns(event: WithdrawalReturned) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "return", line.principal_fen, line.interest_fen)


def _refunds(event: DepositRefunded) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "refund", -line.principal_fen, -line.interest_fen)


def _obligations(event: BuildingDestroyed) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "refund", -line.principal_fen, -line.interest_fen)


def _handed_over(event: CustodyTransferredOut) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "custody", -line.principal_fen, -line.interest_fen)


def _handed_back(event: CustodyTransferredIn) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "custody", line.principal_fen, line.interest_fen)


def _reversals(event: EntryReversed) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, line.kind, line.principal_fen, line.interest_fen)


def _moves(event: UnitsChanged) -> Iterator[Entry]:
    for line in event.lines:
        yield Entry(line.unit, line.part, "moved", line.principal_fen, line.interest_fen)


_ENTRIES: Final[dict[type[Event], Callable[[Any], Iterator[Entry]]]] = {
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


def entries(event: Event) -> Iterator[Entry]:
    """The entries of an event in the order of its lines; none where it moves no money of unit accounts."""
    read = _ENTRIES.get(type(event))
    return iter(()) if read is None else read(event)


def held(history: Iterable[Event], on: date) -> dict[tuple[str, Part], tuple[Fen, Fen]]:
    """Principal and interest of every account with entries at the end of a day, by the events so far."""
    found: dict[tuple[str, Part], tuple[Fen, Fen]] = {}
    for event in history:
        if event.value_date <= on:
            for unit, part, _, principal, interest in entries(event):
                before = found.get((unit, part), (0, 0))
                found[unit, part] = before[0] + principal, before[1] + interest
    return found
