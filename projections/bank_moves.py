"""Bank moves (应有流水): every movement the ledger says a bank account must show, with what tells it there.

Entries without money at the bank – opening balances, interest shared, a repair's parts by unit – are none.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from ledger.events import (
    BankGainsReceived,
    CustodyTransferredIn,
    CustodyTransferredOut,
    DepositCollected,
    DepositRefunded,
    EntryReversed,
    Event,
    GainsReversed,
    IncomeCredited,
    ObligationPaid,
    ObligationPaymentReversed,
    PaymentReversed,
    RepairMoneyReturned,
    RepairPaid,
)
from ledger.money import Fen
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.entries import Entries
from projections.facts import BUILDING
from projections.treasury import ADDED

bank_moves = Table(
    "bank_moves",
    metadata,
    Column("position", BigInteger, nullable=False),
    Column("line", Integer, nullable=False, comment="index of the line in its event"),
    Column("stream", KEY, nullable=False, comment="of its event"),
    Column("version", Integer, nullable=False, comment="of its event in the stream"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("value_date", Date, nullable=False),
    Column("kind", KEY, nullable=False, comment="what moved; docs/tables.md has the kinds"),
    Column("account", KEY, comment="own bank account (收款账号), where the entry names one"),
    Column("bank_ref", KEY, comment="银行流水号"),
    Column("amount_fen", BigInteger, nullable=False, comment="fen; negative: money out"),
    Column("reverses_version", Integer, comment="of a reversal (冲正): version it takes back in its stream"),
    Column("reverses_line", Integer, comment="of a reversal: line it takes back"),
    PrimaryKeyConstraint("position", "line"),
    Index(None, "stream", "reverses_version", "reverses_line"),
    Index(None, "account"),
    schema="read",
)

Move = tuple[int, str, str | None, str | None, Fen, int | None, int | None]
"""Line, kind, account, bank reference, amount, and version and line that a reversal takes back."""

_AT_THE_BANK = frozenset({"deposit", "income", "refund", "custody"})
"""Kinds of entries whose reversal takes a movement at the bank back."""


def _deposits(event: DepositCollected) -> list[Move]:
    return [
        (index, "deposit", line.account, line.bank_ref, line.amount_fen, None, None)
        for index, line in enumerate(event.lines)
    ]


def _incomes(event: IncomeCredited) -> list[Move]:
    return [
        (index, "income", None, event.bank_ref, line.amount_fen, None, None)
        for index, line in enumerate(event.lines)
    ]


def _refunds(event: DepositRefunded) -> list[Move]:
    return [
        (index, "refund", None, line.bank_ref, -line.principal_fen - line.interest_fen, None, None)
        for index, line in enumerate(event.lines)
    ]


def _gains(event: BankGainsReceived) -> list[Move]:
    return [
        (index, "gain", line.account, line.bank_ref, line.amount_fen, None, None)
        for index, line in enumerate(event.lines)
    ]


def _payments(event: RepairPaid) -> list[Move]:
    return [(0, "repair", None, event.bank_ref, -event.amount_fen, None, None)]


def _returns(event: RepairMoneyReturned) -> list[Move]:
    return [(0, "return", None, event.bank_ref, event.amount_fen, None, None)]


def _handed_over(event: CustodyTransferredOut) -> list[Move]:
    return [
        (index, "custody", event.account, event.bank_ref, -line.principal_fen - line.interest_fen, None, None)
        for index, line in enumerate(event.lines)
    ]


def _handed_back(event: CustodyTransferredIn) -> list[Move]:
    return [
        (index, "custody", event.account, event.bank_ref, line.principal_fen + line.interest_fen, None, None)
        for index, line in enumerate(event.lines)
    ]


def _obligations(event: ObligationPaid) -> list[Move]:
    return [
        (index, "obligation", event.account, event.bank_ref, -line.amount_fen, None, None)
        for index, line in enumerate(event.lines)
    ]


def _reversed_payment(event: PaymentReversed) -> list[Move]:
    if event.returned:
        return [(0, "return", None, None, event.amount_fen, event.version, 0)]
    return [(0, "repair", None, None, -event.amount_fen, event.version, 0)]


def _reversed_obligations(event: ObligationPaymentReversed) -> list[Move]:
    return [
        (index, "obligation", None, None, -line.amount_fen, event.version, line.line)
        for index, line in enumerate(event.lines)
    ]


def _reversed_entries(event: EntryReversed) -> list[Move]:
    """None for what is owed for a destroyed building: it moved nothing at a bank."""
    return (
        []
        if event.obligation
        else [
            (index, line.kind, None, None, line.principal_fen + line.interest_fen, event.version, line.line)
            for index, line in enumerate(event.lines)
            if line.kind in _AT_THE_BANK
        ]
    )


def _reversed_gains(event: GainsReversed) -> list[Move]:
    return [
        (index, "gain", None, None, line.amount_fen, event.version, line.line)
        for index, line in enumerate(event.lines)
    ]


def _treasury(event: Any) -> list[Move]:
    added = ADDED[type(event)](event)
    if added.bank_fen is None:
        return []
    if added.reverses is not None:
        return [(0, added.kind, None, None, added.bank_fen, added.reverses, 0)]
    return [(0, added.kind, event.account, event.bank_ref, added.bank_fen, None, None)]


MOVES: dict[type[Event], Callable[[Any], list[Move]]] = {
    DepositCollected: _deposits,
    IncomeCredited: _incomes,
    DepositRefunded: _refunds,
    BankGainsReceived: _gains,
    RepairPaid: _payments,
    RepairMoneyReturned: _returns,
    CustodyTransferredOut: _handed_over,
    CustodyTransferredIn: _handed_back,
    ObligationPaid: _obligations,
    PaymentReversed: _reversed_payment,
    ObligationPaymentReversed: _reversed_obligations,
    EntryReversed: _reversed_entries,
    GainsReversed: _reversed_gains,
    **dict.fromkeys(ADDED, _treasury),
}
"""Every event by which money moves at a bank, and how to read its lines."""


class BankMoves(Appended):
    """The read model of ``read.bank_moves``."""

    name = "bank_moves"
    version = 2

    def __init__(self, table: Table, entries: Entries) -> None:
        super().__init__(table)
        self._entries = entries

    def fold(self, batch: Batch) -> Rows:
        """A row for each movement; raises ProjectionStopped for an account that does not exist."""
        self._entries.of(batch)
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(*MOVES):
            county = self._county(stream, position)
            for line, kind, account, bank_ref, amount_fen, of_version, of_line in MOVES[type(event)](event):
                rows.append(
                    (
                        position,
                        line,
                        stream,
                        version,
                        county,
                        event.value_date,
                        kind,
                        account,
                        bank_ref,
                        amount_fen,
                        of_version,
                        of_line,
                    )
                )
        return rows

    def _county(self, stream: str, position: int) -> str:
        """A building knows its county, books and repairs have it in their names."""
        if stream.startswith(BUILDING):
            return self._entries.facts.place(stream, position).county
        return stream.split("/")[1]
