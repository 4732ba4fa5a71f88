"""Commands: what officers ask for. Plain frozen structs; ``ledger.application`` judges and carries them out.

Amounts are ``Money`` nowhere here: registers and the API turn what people write into fen at their edge
through ``ledger.money``.
"""

from datetime import date

import msgspec

from ledger.events import (
    DepositKind,
    DepositLine,
    Evidence,
    GainLine,
    IncomeCategory,
    Management,
    OpeningLine,
    Origin,
    Payee,
    RefundReason,
    Stage,
    StatementLine,
    UnitLine,
)
from ledger.identity import Fund, Part
from ledger.money import Fen


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Something an officer asks for."""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Who records, as what, with which papers; ``key`` and ``digest`` make a repeated request harmless.

    ``refusals_kept`` is False for registers: their problems go back to the officer and add nothing.
    """

    actor: str
    origin: Origin = "live"
    evidence: tuple[Evidence, ...] = ()
    import_id: str | None = None
    key: str | None = None
    digest: bytes = b""
    refusals_kept: bool = True


class RegisterUnits(Command, frozen=True, kw_only=True):
    """Open a building, or add units to it; the building's facts must agree with those on record."""

    building: str
    name: str
    county: str
    estate: str
    estate_name: str
    management: Management
    lift: bool
    storeys: int
    completed_on: date | None = None
    warranty_until: date | None = None
    units: tuple[UnitLine, ...]


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


class ChangeOwner(Command, frozen=True, kw_only=True):
    """Pass a unit and its balance to another owner (过户), art. 28."""

    building: str
    unit: str
    transferred_on: date
    owner_ref: str
    deed_no: str | None = None


class ReceiveGains(Command, frozen=True, kw_only=True):
    """Record gains the bank credited (收益到账) to a book on one day."""

    county: str
    fund: Fund
    value_date: date
    lines: tuple[GainLine, ...]


class RecordStatement(Command, frozen=True, kw_only=True):
    """Record lines of one day of a bank statement (对账单) of one account."""

    account: str
    value_date: date
    lines: tuple[StatementLine, ...]


class VoteFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The counted vote; areas in dm², None where the register is silent."""

    voted_on: date | None = None
    total_area_dm2: int | None = None
    total_households: int | None = None
    present_area_dm2: int | None = None
    present_households: int | None = None
    agreed_area_dm2: int | None = None
    agreed_households: int | None = None


class RepairPayment(msgspec.Struct, frozen=True, kw_only=True):
    """One payment row of the register of repairs."""

    stage: Stage
    amount_fen: int
    paid_on: date
    payee: Payee | None = None
    bank_ref: str | None = None
    invoice_no: str | None = None


class RecordRepair(Command, frozen=True, kw_only=True):
    """Record a repair as it happened (history only): the project's facts and its payments in file order.

    The same project may come again with further payments; its facts must not contradict those on record,
    and facts that were missing may be supplied.
    """

    project: str
    county: str
    estate: str
    buildings: tuple[str, ...]
    object: str
    content: str
    emergency: bool
    budget_fen: int | None = None
    applied_on: date | None = None
    handler_ref: str | None = None
    vote: VoteFigures = VoteFigures()
    noticed_on: date | None = None
    approved_on: date | None = None
    approved_fen: int | None = None
    approver_ref: str | None = None
    started_on: date | None = None
    accepted_on: date | None = None
    settled_fen: int | None = None
    payments: tuple[RepairPayment, ...]


class ReverseEntry(Command, frozen=True, kw_only=True):
    """Reverse (冲正) lines of one earlier event, all of them when ``lines`` is None; each line once."""

    stream: str
    version: int
    reason: str
    lines: tuple[int, ...] | None = None


class IssueReceipts(Command, frozen=True, kw_only=True):
    """Hand out a range of special receipts (票据领用): numbers of equal width, first and last included."""

    code: str
    first: str
    last: str
    value_date: date
    holder: str | None = None
    holder_ref: str | None = None


class VoidReceipts(Command, frozen=True, kw_only=True):
    """Void a range of special receipts (票据作废)."""

    code: str
    first: str
    last: str
    value_date: date
    reason: str | None = None
    holder: str | None = None
    holder_ref: str | None = None


class UndoImport(Command, frozen=True, kw_only=True):
    """Undo an import (撤销导入): reverse every entry it made, or nothing."""

    import_id: str


class DistributeGains(Command, frozen=True, kw_only=True):
    """Fix a pool distribution (增值收益分配) of a book through a day."""

    county: str
    fund: Fund
    through: date


class StartDemonstration(Command, frozen=True, kw_only=True):
    """Mark an empty log as that of the demonstration prefecture."""

    seed: int
    scale: str
