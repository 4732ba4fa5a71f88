"""Commands about repairs (维修使用)."""

from datetime import date

import msgspec

from ledger.commands.command import Command
from ledger.events import Payee, Stage


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
