"""Commands about how the money of a book (账套) rests and grows: deposits, bonds, petty cash, other money.

``account`` is the current account (活期账户) the money left or reached, ``bank_ref`` the bank's reference.
"""

from datetime import date

from ledger.commands.command import Command
from ledger.events import BondChannel, Consent, DepositLotKind, InvestmentKind
from ledger.identity import Fund, Part


class TreasuryCommand(Command, frozen=True, kw_only=True):
    """What every command about a book's money names: county, fund kind, account and bank reference."""

    county: str
    fund: Fund
    account: str | None = None
    bank_ref: str | None = None


class PlaceDeposit(TreasuryCommand, frozen=True, kw_only=True):
    """Place money in a deposit (存入定期、通知、协定存款); ``rate_bp`` is the annual rate in 1/100 %.

    A time deposit has a term in months or a maturity; with months, maturity follows unless it is given.
    """

    lot: str
    kind: DepositLotKind
    bank: str
    amount_fen: int
    rate_bp: int
    placed_on: date
    certificate_no: str | None = None
    term_months: int | None = None
    matures_on: date | None = None
    renew: bool = False


class MatureDeposit(TreasuryCommand, frozen=True, kw_only=True):
    """All that is left of a deposit comes back (到期支取) on its maturity or later."""

    lot: str
    ended_on: date
    interest_fen: int


class WithdrawDeposit(TreasuryCommand, frozen=True, kw_only=True):
    """Principal of a deposit comes back, before maturity too (提前支取), wholly or in part."""

    lot: str
    ended_on: date
    principal_fen: int
    interest_fen: int


class BuyBond(TreasuryCommand, frozen=True, kw_only=True):
    """Buy a newly issued bond (购买国债), art. 26; ``issue_from`` to ``issue_to`` are the days of issue."""

    lot: str
    issue_code: str
    issue_name: str
    channel: BondChannel
    face_fen: int
    cost_fen: int
    rate_bp: int
    bought_on: date
    matures_on: date
    part: Part = "owner"
    issue_from: date | None = None
    issue_to: date | None = None
    consent: Consent | None = None


class ReceiveBondInterest(TreasuryCommand, frozen=True, kw_only=True):
    """Record a coupon (国债付息)."""

    lot: str
    received_on: date
    interest_fen: int


class RedeemBond(TreasuryCommand, frozen=True, kw_only=True):
    """Redeem a bond (国债兑付): cost given up, and what came in beside it."""

    lot: str
    redeemed_on: date
    principal_fen: int
    interest_fen: int


class RecordInvestment(TreasuryCommand, frozen=True, kw_only=True):
    """Record an investment that art. 26 forbids (违规投资); only history takes it."""

    lot: str
    kind: InvestmentKind
    amount_fen: int
    invested_on: date
    description: str


class EndInvestment(TreasuryCommand, frozen=True, kw_only=True):
    """Record that money of a forbidden investment came back, or that a pledge was released (收回)."""

    lot: str
    ended_on: date
    principal_fen: int


class AdvancePettyCash(TreasuryCommand, frozen=True, kw_only=True):
    """Hand petty cash (备用金) to its holder."""

    holder_ref: str
    amount_fen: int
    advanced_on: date
    purpose: str = ""


class ReturnPettyCash(TreasuryCommand, frozen=True, kw_only=True):
    """Take petty cash (备用金) back from its holder."""

    holder_ref: str
    amount_fen: int
    returned_on: date


class RecordOtherIncome(TreasuryCommand, frozen=True, kw_only=True):
    """Record other income of the book (其他收入)."""

    amount_fen: int
    received_on: date
    reason: str


class RecordOtherExpense(TreasuryCommand, frozen=True, kw_only=True):
    """Record other expense of the book (其他支出), paid to a firm by name or to a person by reference."""

    kind: str
    amount_fen: int
    paid_on: date
    reason: str
    payee: str | None = None
    payee_ref: str | None = None
