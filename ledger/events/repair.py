"""Events of a repair project (维修项目): proposal, procedure, payments, acceptance and final account."""

from datetime import date
from typing import ClassVar, Literal

from ledger.events.event import Event, Piece

Stage = Literal["first", "progress", "final"]
"""Payment stage (付款阶段): 首款 / 进度款 / 尾款."""


class RepairProposed(Event, frozen=True, kw_only=True):
    """A repair is proposed (申请): where, what, how urgent, at what estimated cost.

    ``applied_on`` is None where the register has no date of application; the value date is then that of the
    first payment.
    """

    TOPIC: ClassVar[str] = "repair-proposed"

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


class VoteCounted(Event, frozen=True, kw_only=True):
    """Votes as counted (表决): the figures only; whether it passed is recomputed, never typed."""

    TOPIC: ClassVar[str] = "repair-vote-counted"

    total_area_dm2: int | None = None
    total_households: int | None = None
    present_area_dm2: int | None = None
    present_households: int | None = None
    agreed_area_dm2: int | None = None
    agreed_households: int | None = None


class NoticePosted(Event, frozen=True, kw_only=True):
    """The notice (公示) was posted on the value date."""

    TOPIC: ClassVar[str] = "repair-notice-posted"


class RepairApproved(Event, frozen=True, kw_only=True):
    """The authority approved (批准) an amount."""

    TOPIC: ClassVar[str] = "repair-approved"

    amount_fen: int | None = None
    approver_ref: str | None = None


class RepairStarted(Event, frozen=True, kw_only=True):
    """Works began (开工) on the value date."""

    TOPIC: ClassVar[str] = "repair-started"


class Payee(Piece, frozen=True, kw_only=True):
    """Who was paid (收款单位): a firm by name and account, a person by party ref and hashed account."""

    kind: Literal["firm", "person"]
    name: str | None = None
    account: str | None = None
    party_ref: str | None = None
    account_ref: str | None = None


class RepairPaid(Event, frozen=True, kw_only=True):
    """One payment (付款) of the project, shared over its buildings by ``withdrawal-paid`` events."""

    TOPIC: ClassVar[str] = "repair-paid"

    stage: Stage
    amount_fen: int
    payee: Payee | None = None
    bank_ref: str | None = None
    invoice_no: str | None = None
    buildings: tuple[str, ...]


class RepairAccepted(Event, frozen=True, kw_only=True):
    """The works were accepted (验收) on the value date."""

    TOPIC: ClassVar[str] = "repair-accepted"


class RepairSettled(Event, frozen=True, kw_only=True):
    """The final account (决算) of the works."""

    TOPIC: ClassVar[str] = "repair-settled"

    amount_fen: int
