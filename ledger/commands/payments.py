"""Commands about the money of a repair (维修付款), from the first payment to the close."""

from datetime import date

from ledger.commands.command import Command
from ledger.events import Payee, Stage


class PayRepair(Command, frozen=True, kw_only=True):
    """Pay a repair (付款), art. 22; ``amount_fen`` is the whole cost of this payment, whoever bears it."""

    county: str
    project: str
    stage: Stage
    amount_fen: int
    paid_on: date
    payee: Payee | None = None
    bank_ref: str | None = None
    invoice_no: str | None = None


class ReturnRepairMoney(Command, frozen=True, kw_only=True):
    """Record money that a firm gave back (退回) of a payment; ``payment`` is the id of its event."""

    county: str
    project: str
    payment: str
    amount_fen: int
    returned_on: date
    bank_ref: str | None = None
    reason: str


class AcceptRepair(Command, frozen=True, kw_only=True):
    """Accept the works (验收)."""

    county: str
    project: str
    accepted_on: date


class SettleRepair(Command, frozen=True, kw_only=True):
    """Fix the final account (决算) of the works; ``settled_fen`` is all that they cost, whoever bears it."""

    county: str
    project: str
    settled_on: date
    settled_fen: int


class CloseRepair(Command, frozen=True, kw_only=True):
    """Close the project (办结)."""

    county: str
    project: str
    closed_on: date
