"""Events of what an office owes every year, art. 30: reconciling with the bank, and publishing."""

from datetime import date
from typing import ClassVar

from ledger.events.event import Event, Piece
from ledger.events.repair import BuildingRead


class ReconcilingItem(Piece, frozen=True, kw_only=True):
    """A movement that only one side has (未达账项): event, line, fen (money out negative), and why.

    On the bank's side the event is of the account's stream, on the ledger's of a building, book or repair.
    """

    event: str
    line: int
    amount_fen: int
    note: str | None = None


class StatementReconciled(Event, frozen=True, kw_only=True):
    """Statement and ledger of an account were reconciled (对账) through the value date, art. 30 and 31.

    ``difference_fen`` is what no item explains. ``bank_version`` and ``buildings`` are what was read; of the
    book all that stands before.
    """

    TOPIC: ClassVar[str] = "statement-reconciled"

    account: str
    bank_balance_fen: int
    ledger_balance_fen: int
    difference_fen: int
    bank_items: tuple[ReconcilingItem, ...] = ()
    ledger_items: tuple[ReconcilingItem, ...] = ()
    bank_version: int
    buildings: tuple[BuildingRead, ...]


class PublishedTotals(Piece, frozen=True, kw_only=True):
    """What all published accounts held and moved in the year, in fen; money out negative."""

    opening_fen: int = 0
    deposit_fen: int = 0
    gain_fen: int = 0
    income_fen: int = 0
    used_fen: int = 0
    returned_fen: int = 0
    closing_fen: int = 0


class PublicationIssued(Event, frozen=True, kw_only=True):
    """The year's figures of every account were published (年度公布) on the value date, art. 30.

    ``sha256`` is that of the sheet (UTF-8), which follows from the versions of ``buildings`` that were read.
    ``estate``: of one only; None: of the whole book.
    """

    TOPIC: ClassVar[str] = "publication-issued"

    year: int
    estate: str | None = None
    ends: date
    accounts: int
    totals: PublishedTotals
    sha256: str
    buildings: tuple[BuildingRead, ...]
