"""Events of a book (账套): its buildings, its gains, and how they are distributed."""

from datetime import date
from typing import ClassVar, Literal

from ledger.events.event import Event, Piece

GainCategory = Literal["demand", "time", "bond"]
"""活期利息 / 定期利息 / 国债利息."""


class BuildingsEntered(Event, frozen=True, kw_only=True):
    """Buildings with units of this fund kind enter the book."""

    TOPIC: ClassVar[str] = "buildings-entered"

    buildings: tuple[str, ...]


class GainLine(Piece, frozen=True, kw_only=True):
    """One gain credited by the bank, in fen."""

    category: GainCategory
    amount_fen: int
    account: str | None = None
    bank_ref: str | None = None


class BankGainsReceived(Event, frozen=True, kw_only=True):
    """Interest on deposits or bonds (收益到账) that the bank credited to the book on the value date."""

    TOPIC: ClassVar[str] = "bank-gains-received"

    lines: tuple[GainLine, ...]


class GainReversalLine(Piece, frozen=True, kw_only=True):
    """The opposite of one gain line; the amount is negative."""

    line: int
    category: GainCategory
    amount_fen: int


class GainsReversed(Event, frozen=True, kw_only=True):
    """Opposite entries (冲正) that name lines of an earlier ``bank-gains-received`` of this book."""

    TOPIC: ClassVar[str] = "gains-reversed"

    version: int
    reason: str
    lines: tuple[GainReversalLine, ...]


class BuildingShare(Piece, frozen=True, kw_only=True):
    """What one building gets: the stream version read, its weight (积数, fen × days) and its share."""

    building: str
    version: int
    weight: int
    share_fen: int


class GainsDistributed(Event, frozen=True, kw_only=True):
    """A pool distribution (增值收益分配) is fixed: boundary, pool and every building's share.

    ``through`` is the last day that counts, ``boundary`` the day after it, ``previous`` the boundary before.
    """

    TOPIC: ClassVar[str] = "gains-distributed"

    through: date
    boundary: date
    previous: date | None
    pool_fen: int
    shares: tuple[BuildingShare, ...]
