"""Events of a repair project (维修项目): proposal, procedure, payments, acceptance and final account."""

from datetime import date
from typing import ClassVar, Literal

from ledger.events.event import Event, Piece
from ledger.identity import Part

Stage = Literal["first", "progress", "final"]
"""Payment stage (付款阶段): 首款 / 进度款 / 尾款."""


Liable = Literal["none", "builder", "supplier", "damage", "manager"]
"""Who else must bear the cost (art. 25): nobody, 建设施工单位, 专业经营单位, 人为损坏责任人, 物业服务企业."""

Choice = Literal["agree", "against", "abstain"]
"""What a ballot says (表决意见): 同意 / 反对 / 弃权."""


class ProjectUnit(Piece, frozen=True, kw_only=True):
    """A unit (户) of a project's buildings."""

    building: str
    unit: str


class Developer(Piece, frozen=True, kw_only=True):
    """Who pays the share of unsold units (未售房屋), art. 21: a firm by name, and its units."""

    name: str
    units: tuple[ProjectUnit, ...]


class RepairProposed(Event, frozen=True, kw_only=True):
    """A repair is proposed (申请): where, what, how urgent, at what estimated cost.

    ``applied_on`` is None where the register has no date of application; the value date is then that of the
    first payment. ``units`` are those charged (分摊范围), empty: all units of the buildings; the units of
    ``developer`` are in the scope too, and charged to it. ``object_code`` names the object in the list of
    ``repairs.toml``, ``ground`` why it is an emergency, and ``liable`` what the proposer states by art. 25;
    None where nobody was asked.
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
    units: tuple[ProjectUnit, ...] = ()
    object_code: str | None = None
    ground: str | None = None
    liable: Liable | None = None
    developer: Developer | None = None


class Ballot(Piece, frozen=True, kw_only=True):
    """The ballot (表决票) of one unit."""

    building: str
    unit: str
    choice: Choice


class BuildingRead(Piece, frozen=True, kw_only=True):
    """The version of a building that was read: for counting its votes, or for figures of it."""

    building: str
    version: int


class VoteCounted(Event, frozen=True, kw_only=True):
    """Votes as counted (表决): the figures only; whether it passed is recomputed, never typed.

    With ``ballots`` the figures are those the ledger counted over the buildings as ``read``, unless history
    gave others; ``households`` are then persons (人数): an owner of several units is one.
    """

    TOPIC: ClassVar[str] = "repair-vote-counted"

    total_area_dm2: int | None = None
    total_households: int | None = None
    present_area_dm2: int | None = None
    present_households: int | None = None
    agreed_area_dm2: int | None = None
    agreed_households: int | None = None
    ballots: tuple[Ballot, ...] = ()
    read: tuple[BuildingRead, ...] = ()


class NoticePosted(Event, frozen=True, kw_only=True):
    """The notice (公示) was posted on the value date; of an emergency ``after_the_fact`` (事后公示)."""

    TOPIC: ClassVar[str] = "repair-notice-posted"

    place: str | None = None
    after_the_fact: bool = False


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


class SelfRaised(Piece, frozen=True, kw_only=True):
    """What an account could not pay of its share, in fen: the owners raise it themselves (自筹)."""

    building: str
    unit: str
    part: Part = "owner"
    amount_fen: int


class RepairPaid(Event, frozen=True, kw_only=True):
    """One payment (付款) of the project, shared over its buildings by ``withdrawal-paid`` events, art. 20–22.

    ``amount_fen`` is what the fund pays: the sum of the withdrawals. ``cost_fen`` is the whole payment, None:
    the same; it is the amount, what owners raise themselves and ``developer_fen``, the share of unsold units.
    """

    TOPIC: ClassVar[str] = "repair-paid"

    stage: Stage
    amount_fen: int
    payee: Payee | None = None
    bank_ref: str | None = None
    invoice_no: str | None = None
    buildings: tuple[str, ...]
    cost_fen: int | None = None
    self_raised: tuple[SelfRaised, ...] = ()
    developer_fen: int = 0


class RepairAccepted(Event, frozen=True, kw_only=True):
    """The works were accepted (验收) on the value date."""

    TOPIC: ClassVar[str] = "repair-accepted"


class RepairSettled(Event, frozen=True, kw_only=True):
    """The final account (决算) of the works."""

    TOPIC: ClassVar[str] = "repair-settled"

    amount_fen: int
