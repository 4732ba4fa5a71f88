"""Events of a building (楼幢): its units, and what moves the money of their accounts."""

from datetime import date
from typing import ClassVar, Literal

from ledger.events.event import Event, Piece
from ledger.identity import Fund, Part

Management = Literal["professional", "self", "community", "other"]
"""Management of an estate (管理方式): 专业物业 / 单位自管 / 社区托管 / 其他."""

Usage = Literal["residential", "nonresidential"]

DepositKind = Literal["first", "top-up", "make-up"]
"""首期 / 续交 / 补交."""

RefundReason = Literal["cancelled", "overpaid", "mistaken", "destroyed"]
"""退房 / 多交 / 错交 / 灭失."""

IncomeCategory = Literal["operating", "disposal", "other"]
"""经营收入 (use of common parts) / 处置收入 (residual value of common equipment) / 其他; art. 27."""

EntryKind = Literal[
    "opening", "deposit", "interest", "income", "withdrawal", "return", "refund", "custody", "moved"
]
"""Kind of an entry on a unit account: 期初 / 交存 / 增值 / 收入 / 支取 / 退回 / 退款 / 划转 / 转户."""


class BuildingOpened(Event, frozen=True, kw_only=True):
    """A building (幢) enters the ledger with the facts that standards and warranties need."""

    TOPIC: ClassVar[str] = "building-opened"

    name: str
    county: str
    estate: str
    estate_name: str
    management: Management
    lift: bool
    storeys: int
    completed_on: date | None = None
    warranty_until: date | None = None


class UnitLine(Piece, frozen=True, kw_only=True):
    """One unit (户): fund kind, use, floor area; ``seller`` names the selling unit of public housing."""

    unit: str
    fund: Fund
    usage: Usage
    area_dm2: int
    owner_ref: str | None = None
    seller: str | None = None
    realty_no: str | None = None


class UnitsRegistered(Event, frozen=True, kw_only=True):
    """Units of the building open their accounts (分户账)."""

    TOPIC: ClassVar[str] = "units-registered"

    lines: tuple[UnitLine, ...]


class OpeningLine(Piece, frozen=True, kw_only=True):
    """What one account held at the end of the day, in fen: each at least zero, together above zero."""

    unit: str
    part: Part = "owner"
    principal_fen: int = 0
    interest_fen: int = 0


class BalanceOpened(Event, frozen=True, kw_only=True):
    """Opening balances (期初) that accounts bring from older books, at the end of the value date (截止日期).

    An account is opened with a balance once, 财会〔2020〕7号 (first use). ``basis`` names the papers (依据).
    """

    TOPIC: ClassVar[str] = "balance-opened"

    basis: str | None = None
    lines: tuple[OpeningLine, ...]


class DepositLine(Piece, frozen=True, kw_only=True):
    """One deposit: account, fen, special receipt (专用票据), bank reference, receiving account, payer."""

    unit: str
    part: Part = "owner"
    amount_fen: int
    receipt_no: str | None = None
    bank_ref: str | None = None
    account: str | None = None
    payer_ref: str | None = None


class DepositCollected(Event, frozen=True, kw_only=True):
    """Money deposited (交存) into unit accounts of this building on the value date."""

    TOPIC: ClassVar[str] = "deposit-collected"

    kind: DepositKind
    lines: tuple[DepositLine, ...]


class IncomeLine(Piece, frozen=True, kw_only=True):
    """What one account gets of an income, in fen; it is principal."""

    unit: str
    part: Part = "owner"
    amount_fen: int


class IncomeCredited(Event, frozen=True, kw_only=True):
    """Other income (其他收入) of the building that tops up its owners' accounts, art. 27.

    ``unit`` is the unit it belongs to; None: shared over all units by area (建筑面积), a share of zero has
    no line. The income is the sum of the lines.
    """

    TOPIC: ClassVar[str] = "income-credited"

    category: IncomeCategory
    unit: str | None = None
    bank_ref: str | None = None
    note: str | None = None
    lines: tuple[IncomeLine, ...]


class InterestLine(Piece, frozen=True, kw_only=True):
    """Interest credited to one account, in fen."""

    unit: str
    part: Part = "owner"
    interest_fen: int


class InterestAccrued(Event, frozen=True, kw_only=True):
    """The building's part of a pool distribution or of interest at rates (计息/增值), credited to its units.

    ``distribution`` names the Book event; postings of stream version ≤ ``settles`` with a value date before
    ``boundary`` are settled, also where no line names the account. A share of zero has no line.
    """

    TOPIC: ClassVar[str] = "interest-accrued"

    distribution: str
    fund: Fund
    boundary: date
    settles: int
    lines: tuple[InterestLine, ...]


class WithdrawalLine(Piece, frozen=True, kw_only=True):
    """What one account pays: its principal and interest parts, in fen, both positive when money leaves."""

    unit: str
    part: Part = "owner"
    principal_fen: int
    interest_fen: int


class WithdrawalPaid(Event, frozen=True, kw_only=True):
    """The building's share of one repair payment (支取), taken from its unit accounts.

    ``payment`` names the ``repair-paid`` event.
    """

    TOPIC: ClassVar[str] = "withdrawal-paid"

    payment: str
    lines: tuple[WithdrawalLine, ...]


class RefundLine(Piece, frozen=True, kw_only=True):
    """What one account gives back, in fen, both parts positive when money leaves.

    ``deposit`` names the event and ``deposit_line`` the line that is given back; None where none was found.
    Its day and kind are kept here: refunds of this year's and of earlier years' deposits are booked apart
    (财会〔2020〕7号: 交存收入 or 返还支出), and the 30 % floor (art. 17) rests on first deposits.
    """

    unit: str
    part: Part = "owner"
    principal_fen: int
    interest_fen: int
    deposit: str | None = None
    deposit_line: int | None = None
    deposited_on: date | None = None
    deposit_kind: DepositKind | None = None
    receipt_no: str | None = None
    payee_ref: str | None = None
    bank_ref: str | None = None


class DepositRefunded(Event, frozen=True, kw_only=True):
    """Deposits given back (退款) from unit accounts of this building on the value date."""

    TOPIC: ClassVar[str] = "deposit-refunded"

    reason: RefundReason
    lines: tuple[RefundLine, ...]


class OwnerChanged(Event, frozen=True, kw_only=True):
    """The unit and the balance of its account pass to another owner (过户) on the value date, art. 28.

    No money moves. ``principal_fen`` and ``interest_fen`` prove what the owner's account held on that day by
    what the stream knew when this was recorded.
    """

    TOPIC: ClassVar[str] = "owner-changed"

    unit: str
    owner_ref: str
    deed_no: str | None = None
    principal_fen: int
    interest_fen: int


class ReversalLine(Piece, frozen=True, kw_only=True):
    """The opposite of one line: ``line`` is its index in the reversed event; signs are of the posting."""

    line: int
    unit: str
    part: Part = "owner"
    kind: EntryKind
    principal_fen: int = 0
    interest_fen: int = 0


class EntryReversed(Event, frozen=True, kw_only=True):
    """Opposite entries (冲正) that name lines of an earlier event of this building, each line once.

    The value date is the original's; ``version`` is the original's version in this stream. ``obligation``:
    the original is a ``building-destroyed``, so that no money had moved at a bank.
    """

    TOPIC: ClassVar[str] = "entry-reversed"

    version: int
    reason: str
    obligation: bool = False
    lines: tuple[ReversalLine, ...]
