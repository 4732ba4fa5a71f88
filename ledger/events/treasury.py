"""Events of a book (账套) about how its money rests and grows: deposits, bonds, petty cash, other money."""

from datetime import date
from typing import ClassVar, Literal

from ledger.events.event import Event, Piece
from ledger.identity import Part

DepositLotKind = Literal["time", "notice", "agreement"]
"""定期存款 / 通知存款 / 协定存款."""

InvestmentKind = Literal["repo", "pledge", "wealth", "other"]
"""What art. 26 forbids: 国债回购 / 债券质押 / 委托理财 / any other investment."""

LotKind = Literal["time", "notice", "agreement", "bond", "repo", "pledge", "wealth", "other"]
"""What a lot (存单、债券等) is."""

BondChannel = Literal["interbank", "counter", "exchange", "other"]
"""银行间债券市场 / 商业银行柜台 / 交易所 / 其他; art. 26 knows the first two."""

ConsentKind = Literal["assembly", "owners-two-thirds", "finance"]
"""Who agreed to buy bonds: 业主大会 / 三分之二业主 / 同级财政部门, art. 26."""

TreasuryKind = Literal[
    "lot-placed", "lot-ended", "bond-interest", "petty-cash", "other-income", "other-expense"
]
"""What a ``treasury-reversed`` takes back."""


class TimeDepositPlaced(Event, frozen=True, kw_only=True):
    """Money of the book is placed in a deposit (存入定期、通知或协定存款) on the value date; no income.

    ``lot`` is the office's code of the certificate, ``account`` the current account it left; ``rate_bp`` the
    annual rate in 1/100 %. A term is in whole months, or ``matures_on`` alone says it; without either there
    is none. ``renew``: renewed at maturity by itself (自动转存).
    """

    TOPIC: ClassVar[str] = "time-deposit-placed"

    lot: str
    kind: DepositLotKind
    bank: str
    amount_fen: int
    rate_bp: int
    account: str | None = None
    bank_ref: str | None = None
    certificate_no: str | None = None
    term_months: int | None = None
    matures_on: date | None = None
    renew: bool = False


class TimeDepositEnded(Event, frozen=True, kw_only=True):
    """Principal of a deposit came back (支取) on the value date, with the interest really received.

    ``early``: before maturity. ``expected_fen`` is the interest that contract and policy let expect; None
    where nobody can tell. Interest that is not zero is a ``bank-gains-received`` that follows at once.
    """

    TOPIC: ClassVar[str] = "time-deposit-ended"

    lot: str
    kind: DepositLotKind
    principal_fen: int
    interest_fen: int
    early: bool
    expected_fen: int | None = None
    account: str | None = None
    bank_ref: str | None = None


class Consent(Piece, frozen=True, kw_only=True):
    """The consent (同意) to buy bonds: who gave it, the paper, and its day; art. 26."""

    kind: ConsentKind
    document_no: str
    on: date


class BondBought(Event, frozen=True, kw_only=True):
    """A bond (国债) is bought on the value date at ``cost_fen``, the price really paid; art. 26.

    ``issue_from`` to ``issue_to`` are the days of its issue (发行期); ``part`` says whose money it is.
    """

    TOPIC: ClassVar[str] = "bond-bought"

    lot: str
    issue_code: str
    issue_name: str
    channel: BondChannel
    face_fen: int
    cost_fen: int
    rate_bp: int
    matures_on: date
    part: Part = "owner"
    issue_from: date | None = None
    issue_to: date | None = None
    consent: Consent | None = None
    account: str | None = None
    bank_ref: str | None = None


class BondInterestReceived(Event, frozen=True, kw_only=True):
    """A coupon (国债付息) came in; the ``bank-gains-received`` that follows at once credits it."""

    TOPIC: ClassVar[str] = "bond-interest"

    lot: str
    interest_fen: int
    account: str | None = None
    bank_ref: str | None = None


class BondRedeemed(Event, frozen=True, kw_only=True):
    """A bond was redeemed (兑付), or as history sold: ``principal_fen`` of its cost is given up.

    ``interest_fen`` is what came in beside the cost, negative at a loss; ``early``: before maturity. Where it
    is not zero a ``bank-gains-received`` follows at once.
    """

    TOPIC: ClassVar[str] = "bond-redeemed"

    lot: str
    principal_fen: int
    interest_fen: int
    early: bool
    account: str | None = None
    bank_ref: str | None = None


class InvestmentRecorded(Event, frozen=True, kw_only=True):
    """An investment that art. 26 forbids (违规投资), as it happened; a pledge (质押) moves no money."""

    TOPIC: ClassVar[str] = "investment-recorded"

    lot: str
    kind: InvestmentKind
    amount_fen: int
    description: str
    account: str | None = None
    bank_ref: str | None = None


class InvestmentEnded(Event, frozen=True, kw_only=True):
    """Money of a forbidden investment came back, or a pledge was released; income is other income."""

    TOPIC: ClassVar[str] = "investment-ended"

    lot: str
    kind: InvestmentKind
    principal_fen: int
    account: str | None = None
    bank_ref: str | None = None


class PettyCashAdvanced(Event, frozen=True, kw_only=True):
    """Petty cash (备用金, account 1201) was handed to its holder."""

    TOPIC: ClassVar[str] = "petty-cash-advanced"

    holder_ref: str
    amount_fen: int
    purpose: str = ""
    account: str | None = None
    bank_ref: str | None = None


class PettyCashReturned(Event, frozen=True, kw_only=True):
    """Petty cash (备用金) came back from its holder."""

    TOPIC: ClassVar[str] = "petty-cash-returned"

    holder_ref: str
    amount_fen: int
    account: str | None = None
    bank_ref: str | None = None


class OtherIncomeReceived(Event, frozen=True, kw_only=True):
    """Other income of the book (其他收入, account 4901): penalty interest, a donation, money unexplained."""

    TOPIC: ClassVar[str] = "other-income-received"

    amount_fen: int
    reason: str
    account: str | None = None
    bank_ref: str | None = None


class OtherExpensePaid(Event, frozen=True, kw_only=True):
    """Other expense of the book (其他支出, account 5901), paid to a firm by name or to a person by reference.

    ``kind`` is a kind of expense: ``bank-charge`` (手续费), or whatever history has (``office`` …).
    """

    TOPIC: ClassVar[str] = "other-expense-paid"

    kind: str
    amount_fen: int
    reason: str
    payee: str | None = None
    payee_ref: str | None = None
    account: str | None = None
    bank_ref: str | None = None


class TreasuryReversed(Event, frozen=True, kw_only=True):
    """The opposite entry (冲正) of one earlier event of this file, on its value date.

    ``amount_fen`` is the opposite of what that event added to its lot, petty cash, income or expense, and
    ``interest_fen`` of its interest, which a ``gains-reversed`` that follows at once takes back.
    """

    TOPIC: ClassVar[str] = "treasury-reversed"

    version: int
    reason: str
    kind: TreasuryKind
    amount_fen: int
    interest_fen: int = 0
    lot: str | None = None
    lot_kind: LotKind | None = None
    holder_ref: str | None = None
