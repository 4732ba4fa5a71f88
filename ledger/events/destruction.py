"""Events of a building's end (灭失): what is owed for it, what of that was paid, and payments taken back."""

from datetime import date
from typing import ClassVar, Literal

from ledger.events.event import Event, Piece
from ledger.identity import Part

PayeeKind = Literal["owner", "seller", "treasury"]
"""Whom the money of a destroyed building goes back to: 业主 / 售房单位 / 国库, art. 29."""


class ObligationLine(Piece, frozen=True, kw_only=True):
    """What is owed for one account, in fen; both parts positive when money leaves.

    An owner (业主) is known by ref, a selling unit (售房单位) by its name, the treasury (国库) by neither.
    """

    unit: str
    part: Part = "owner"
    principal_fen: int = 0
    interest_fen: int = 0
    payee: PayeeKind
    payee_ref: str | None = None
    payee_name: str | None = None


class BuildingDestroyed(Event, frozen=True, kw_only=True):
    """The building is gone (灭失): its accounts are emptied into what is owed (应付返还资金), art. 29.

    The value date is when the obligation arises (财会〔2020〕7号: Dr 5101 Cr 2001, an accrual),
    ``destroyed_on`` the day of the loss. No money has moved at a bank yet.
    """

    TOPIC: ClassVar[str] = "building-destroyed"

    destroyed_on: date
    reason: str | None = None
    document: str | None = None
    lines: tuple[ObligationLine, ...]


class ObligationPaymentLine(Piece, frozen=True, kw_only=True):
    """What was paid, in fen, of ``line`` of the obligation, and to whom."""

    line: int
    unit: str
    part: Part = "owner"
    amount_fen: int
    payee: PayeeKind
    payee_ref: str | None = None
    payee_name: str | None = None


class ObligationPaid(Event, frozen=True, kw_only=True):
    """Obligations were paid (返还) on the value date; ``obligation`` is the version of the destruction.

    ``reason`` says why somebody else was paid than the owner of the day, such as an heir (继承人).
    """

    TOPIC: ClassVar[str] = "obligation-paid"

    obligation: int
    account: str | None = None
    bank_ref: str | None = None
    reason: str | None = None
    lines: tuple[ObligationPaymentLine, ...]


class ObligationReversalLine(Piece, frozen=True, kw_only=True):
    """The opposite of line ``line`` of a payment, which paid line ``owed``; the amount is negative."""

    line: int
    owed: int
    unit: str
    part: Part = "owner"
    amount_fen: int


class ObligationPaymentReversed(Event, frozen=True, kw_only=True):
    """Lines of an earlier ``obligation-paid`` of this building are taken back (冲正), each once.

    ``version`` is that of the payment, ``obligation`` that of the destruction.
    """

    TOPIC: ClassVar[str] = "obligation-payment-reversed"

    version: int
    obligation: int
    reason: str
    lines: tuple[ObligationReversalLine, ...]
