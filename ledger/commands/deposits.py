"""Commands about money that comes into unit accounts, and goes back."""

from datetime import date

import msgspec

from ledger.commands.command import Command
from ledger.events import DepositKind, DepositLine, IncomeCategory, OpeningLine, RefundReason
from ledger.identity import Part
from ledger.money import Fen


class OpenBalance(Command, frozen=True, kw_only=True):
    """Record what accounts of one building held at the end of a day (期初余额), and by which papers."""

    building: str
    value_date: date
    basis: str | None = None
    lines: tuple[OpeningLine, ...]


class CollectDeposit(Command, frozen=True, kw_only=True):
    """Record deposits (交存) of one kind and day in one building."""

    building: str
    kind: DepositKind
    value_date: date
    lines: tuple[DepositLine, ...]


class CreditIncome(Command, frozen=True, kw_only=True):
    """Record other income (其他收入) of a building: for one unit, or without one shared over all by area."""

    building: str
    category: IncomeCategory
    value_date: date
    amount_fen: Fen
    unit: str | None = None
    bank_ref: str | None = None
    note: str | None = None


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """One refund: unit, fen, and the receipt (原票据号) of the deposit that is given back.

    ``part`` is that of the deposit, else the owner's, where it is None.
    """

    unit: str
    amount_fen: int
    part: Part | None = None
    receipt_no: str | None = None
    payee_ref: str | None = None
    bank_ref: str | None = None


class RefundDeposit(Command, frozen=True, kw_only=True):
    """Give deposits back (退款) for one reason on one day in one building."""

    building: str
    reason: RefundReason
    refunded_on: date
    lines: tuple[Refund, ...]
