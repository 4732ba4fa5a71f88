"""Events after a repair payment (维修付款): money returned by the firm, and the close of the project."""

from datetime import date
from typing import ClassVar

from ledger.events.event import Event, Piece
from ledger.identity import Part


class RepairMoneyReturned(Event, frozen=True, kw_only=True):
    """A firm gave back (退回) some of one payment, ``repair-paid``, on the value date, in fen.

    ``paid_on`` is the day of that payment: what comes back in the same year reduces 维修支出 (5001), later it
    is 以前年度调整 of 3001 or 3002 (财会〔2020〕7号).
    """

    TOPIC: ClassVar[str] = "repair-money-returned"

    payment: str
    paid_on: date
    amount_fen: int
    bank_ref: str | None = None
    reason: str


class ReturnLine(Piece, frozen=True, kw_only=True):
    """What one account gets back: its principal and interest parts, in fen, both positive."""

    unit: str
    part: Part = "owner"
    principal_fen: int
    interest_fen: int


class WithdrawalReturned(Event, frozen=True, kw_only=True):
    """The building's share of repair money returned (支取退回), put back on the accounts that had paid.

    ``returned`` names the ``repair-money-returned`` event, ``payment`` and ``paid_on`` are as there; the
    value date is the day it came back.
    """

    TOPIC: ClassVar[str] = "withdrawal-returned"

    returned: str
    payment: str
    paid_on: date
    lines: tuple[ReturnLine, ...]


class RepairClosed(Event, frozen=True, kw_only=True):
    """The project is closed (办结): accepted, settled and paid; no payment follows."""

    TOPIC: ClassVar[str] = "repair-closed"
