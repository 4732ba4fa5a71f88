"""Events of custody (代管): money handed to the owners' assembly (业主大会), and back; art. 15, 16."""

from datetime import date
from typing import ClassVar

from ledger.events.event import Event, Piece
from ledger.identity import Part


class CustodyLine(Piece, frozen=True, kw_only=True):
    """What moved of one account, in fen: the proof of its balance."""

    unit: str
    part: Part = "owner"
    principal_fen: int = 0
    interest_fen: int = 0


class CustodyTransferredOut(Event, frozen=True, kw_only=True):
    """The balances of the building were handed (划转) to the owners' assembly on the value date, art. 15.

    ``noticed_on`` is when its committee told the authority, ``account`` our own bank account, ``reason`` why
    it is late where it is. An account of nothing has no line.
    """

    TOPIC: ClassVar[str] = "custody-transferred-out"

    noticed_on: date | None = None
    assembly: str
    assembly_account: str | None = None
    account: str | None = None
    bank_ref: str | None = None
    reason: str | None = None
    lines: tuple[CustodyLine, ...]


class CustodyTransferredIn(Event, frozen=True, kw_only=True):
    """The owners' assembly gave the money of the building back (划转回) to us on the value date."""

    TOPIC: ClassVar[str] = "custody-transferred-in"

    assembly: str | None = None
    account: str | None = None
    bank_ref: str | None = None
    reason: str | None = None
    lines: tuple[CustodyLine, ...]
