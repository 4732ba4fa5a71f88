"""Rules of books: accounts, statements, periods, receipts, interest at rates, and how money rests."""

from msgspec.structs import replace

from ledger.commands import (
    AccrueRates,
    BuyBond,
    ClosePeriod,
    CollectDeposit,
    DesignateAccount,
    IssueReceipts,
    ReceiveGains,
    ReconcileStatement,
    RecordInvestment,
    RecordOtherExpense,
    RecordStatement,
    RedeemBond,
    VoidReceipts,
)
from ledger.events import Consent, DepositLine, GainLine, StatementLine

from .case import COUNTY, Case, day, units

BOOK = {"county": COUNTY, "fund": "commodity"}
UNITS = units("B1", {"101": 8931, "102": 10247}, ("o1", "o2"))
OURS = DesignateAccount(
    **BOOK, account="6222", bank="农行", name="维修资金专户", since=day("2010-01-01"), tender="招〔2009〕1号"
)


def deposit(amount=830_583, unit="101", on="2010-05-01", **facts):
    line = DepositLine(unit=unit, amount_fen=amount, **facts)
    return CollectDeposit(building="B1", kind="first", value_date=day(on), lines=(line,))


def gains(amount=1_000, on="2012-12-31", **facts):
    line = GainLine(category="demand", amount_fen=amount, **facts)
    return ReceiveGains(**BOOK, value_date=day(on), lines=(line,))


def statement(balance, on="2019-06-30", amount=100):
    line = StatementLine(in_fen=amount, out_fen=0, balance_fen=balance)
    return RecordStatement(account="6222", value_date=day(on), lines=(line,))


def close(period):
    return ClosePeriod(**BOOK, period=period)


ISSUE = IssueReceipts(code="R1", first="0000001", last="0000100", value_date=day("2010-01-01"))
VOID = VoidReceipts(code="R1", first="0000005", last="0000005", value_date=day("2010-02-01"), reason="污损")
BUY = BuyBond(
    **BOOK,
    lot="G1",
    issue_code="231701",
    issue_name="2023年凭证式（一期）国债",
    channel="counter",
    face_fen=50_000,
    cost_fen=50_000,
    rate_bp=300,
    bought_on=day("2023-03-12"),
    matures_on=day("2026-03-12"),
    issue_from=day("2023-03-10"),
    issue_to=day("2023-03-19"),
    consent=Consent(kind="assembly", document_no="业大〔2022〕1号", on=day("2023-03-01")),
)
REDEEM = RedeemBond(**BOOK, lot="G1", redeemed_on=day("2026-03-11"), principal_fen=50_000, interest_fen=4_500)
KEPT = (UNITS, deposit(receipt_no="0000001"))
RECEIPTED = (ISSUE, *KEPT)

CASES = {
    "one_account account-designated": Case(
        given=(gains(), OURS),
        when=replace(OURS, account="6333"),
        codes=("account-designated",),
        found="I09",
        said="同时开立专户",
    ),
    "deposit_at_its_bank account-not-designated": Case(
        given=(*KEPT, OURS),
        when=deposit(952_971, "102", receipt_no="0000002", account="6333"),
        codes=("account-not-designated",),
        found="I08",
        said="6333",
    ),
    "gains_at_their_bank account-not-designated": Case(
        given=(gains(), OURS),
        when=gains(account="6333"),
        codes=("account-not-designated",),
        found="I09",
        said="收益进入非专户账号",
    ),
    "balance_follows balance-broken": Case(
        given=(gains(), statement(5_000)),
        when=statement(5_200, "2019-07-01"),
        codes=("balance-broken",),
        found="I35",
        said="余额与前后流水相差 1.00 元",
    ),
    "difference_explained not-reconciled": Case(
        given=(*KEPT, OURS, statement(900_000)),
        when=ReconcileStatement(**BOOK, account="6222", through=day("2019-12-31")),
        codes=("not-reconciled",),
        found="I35",
        said="没有未达账项说明",
    ),
    "closed_in_order period-closed": Case(
        given=(gains(), close("2026-01")),
        when=close("2026-01"),
        codes=("period-closed",),
        found="I37",
        said="2026-01",
    ),
    "closed_in_order period-order": Case(
        given=(gains(), close("2026-01")),
        when=close("2026-03"),
        codes=("period-order",),
        found="I37",
        said="2026-03",
    ),
    "year_after_december period-order": Case(
        given=(gains(), close("2025-11")),
        when=close("2025"),
        codes=("period-order",),
        found="I37",
        said="2025",
    ),
    "within_gains gains-exceeded": Case(
        given=(UNITS, deposit(1_116_000, "101", "2023-09-15"), gains(1, "2024-06-21")),
        when=AccrueRates(**BOOK, settled_on=day("2024-06-30"), bank="PBOC"),
        codes=("gains-exceeded",),
        found="C23",
        strict=True,
    ),
    "receipt_once receipt-used": Case(
        given=KEPT,
        when=deposit(952_971, "102", receipt_no="0000001"),
        codes=("receipt-used",),
        found="I38",
        said="使用 2 次",
    ),
    "receipt_issued receipt-not-issued": Case(
        given=RECEIPTED,
        when=deposit(952_971, "102", receipt_no="0000101"),
        codes=("receipt-not-issued",),
        found="I38",
        said="没有领用或已经作废",
    ),
    "receipt_issued receipt-void": Case(
        given=(*RECEIPTED, VOID),
        when=deposit(952_971, "102", receipt_no="0000005"),
        codes=("receipt-void",),
        found="I38",
        said="没有领用或已经作废",
    ),
    "void_unused receipt-not-issued": Case(
        given=RECEIPTED,
        when=replace(VOID, first="0000100", last="0000101"),
        codes=("receipt-not-issued",),
        found="I38",
        said="作废",
    ),
    "void_unused receipt-void": Case(
        given=(*RECEIPTED, VOID),
        when=VOID,
        codes=("receipt-void",),
        found="I38",
        said="作废",
    ),
    "void_unused receipt-used": Case(
        given=RECEIPTED,
        when=replace(VOID, first="0000001", last="0000001"),
        codes=("receipt-used",),
        found="I38",
        said="没有领用或已经作废",
    ),
    "bond_newly_issued bond-channel": Case(
        given=(gains(50_000),),
        when=replace(BUY, channel="exchange"),
        codes=("bond-channel",),
        found="I15",
        said="未通过银行间债券市场或商业银行柜台购买",
    ),
    "bond_newly_issued bond-not-new": Case(
        given=(gains(50_000),),
        when=replace(BUY, issue_to=day("2023-03-11")),
        codes=("bond-not-new",),
        found="I15",
        said="不是发行期内新发行的国债",
    ),
    "bond_agreed consent-missing": Case(
        given=(gains(50_000),),
        when=replace(BUY, consent=None),
        codes=("consent-missing",),
        found="I15",
        said="没有同意文件",
    ),
    "bond_agreed consent-kind": Case(
        given=(gains(50_000),),
        when=replace(BUY, consent=replace(BUY.consent, kind="finance")),
        codes=("consent-kind",),
        found="I15",
        said="同意人不符",
    ),
    "bond_agreed consent-late": Case(
        given=(gains(50_000),),
        when=replace(BUY, consent=replace(BUY.consent, on=day("2023-03-13"))),
        codes=("consent-late",),
        found="I15",
        said="晚于购买日期",
    ),
    "bond_held bond-early": Case(
        given=(gains(50_000), BUY),
        when=REDEEM,
        codes=("bond-early",),
        found="I15",
        said="未持有到期",
    ),
    "nothing_else investment-forbidden": Case(
        given=(gains(50_000),),
        when=RecordInvestment(
            **BOOK,
            lot="W1",
            kind="wealth",
            amount_fen=50_000,
            invested_on=day("2023-03-12"),
            description="非保本理财",
        ),
        codes=("investment-forbidden",),
        found="I15",
        said="委托理财",
    ),
    "expense_of_fund expense-kind": Case(
        given=(gains(50_000),),
        when=RecordOtherExpense(
            **BOOK,
            kind="office",
            amount_fen=2_050,
            paid_on=day("2023-03-12"),
            reason="办公用品",
            payee="某文具店",
        ),
        codes=("expense-kind",),
        found="I14",
        said="办公用品",
    ),
}
