"""The book of sold public housing in 2020 (账套的后来): bank, deposits, bonds, petty cash, periods."""

from typing import Any, Final

from demo.later_buildings import person
from demo.story import Story

_FUND: Final = "public"
_SECOND: Final = "2516532301020000027"
"""The account that replaces the first one."""
_IDLE_FEN: Final = 10_000_000_00
"""From here on money on current accounts is much (I13)."""
_STATEMENT: Final = "账号 交易日期 银行流水号 收入金额 支出金额 余额 摘要"
_CONSENT: Final = {"kind": "assembly", "document_no": "业主大会决议〔2020〕2号", "on": "2020-01-20"}


def tell(story: Story) -> None:
    """All of it, and of another book interest at listed rates."""
    _bank(story)
    _deposits(story)
    _bonds(story)
    _forbidden(story)
    _office(story)
    _gains(story)
    _closed(story)


def _book(story: Story, form: str, *, called: str | None = None, live: bool = False, **body: Any) -> None:
    story.record(form, called=called, live=live, county=story.ground.place.code, fund=_FUND, **body)


def _money(story: Story, form: str, *, called: str | None = None, live: bool = False, **body: Any) -> None:
    """A form about money of the book, through its account."""
    _book(story, form, called=called, live=live, account=story.ground.accounts[_FUND], **body)


def _bank(story: Story) -> None:
    """专户: tendered; the one that follows is not."""
    first, title = story.ground.accounts[_FUND], f"{story.ground.place.name}住宅专项维修资金专户"
    _book(
        story,
        "designate-account",
        account=first,
        bank="农行楚雄分行",
        name=title,
        since="2020-01-02",
        tender="楚市采〔2019〕12号",
    )
    _book(story, "close-account", account=first, closed_on="2020-10-09", reason="专户银行变更")
    _book(story, "designate-account", account=_SECOND, bank="建行楚雄分行", name=title, since="2020-10-10")
    story.plant("I09", "专户没有选定银行的招标文件", estate=False)


def _deposits(story: Story) -> None:
    """定期存款: one earns as agreed, of the other most of the interest is missing."""
    terms: dict[str, Any] = {
        "kind": "time",
        "bank": "农行楚雄分行",
        "placed_on": "2020-01-10",
        "term_months": 3,
    }
    for lot, amount, rate, interest in (
        ("D2020-01", "20000.00", "1.35", "67.50"),
        ("D2020-02", "10000.00", "1.35", "5.00"),
    ):
        _money(story, "place-deposit", lot=lot, amount=amount, rate=rate, bank_ref=f"CK{lot}", **terms)
        _money(
            story, "mature-deposit", lot=lot, ended_on="2020-04-10", interest=interest, bank_ref=f"ZQ{lot}"
        )
    story.plant("I12", "存单 D2020-02 到期利息大部未入账", estate=False)
    if story.ground.public_fen > _IDLE_FEN:
        story.plant("I13", "大额资金长期存放活期", estate=False)


def _bonds(story: Story) -> None:
    """国债: held to maturity, and one that pays coupons; one on the exchange is refused."""
    _money(
        story, "buy-bond", lot="G2020-01", issue_code="209905", issue_name="2020年记账式贴现（五期）国债",
        channel="interbank", face="10000.00", cost="9945.00", rate="0.00", issue_from="2020-02-10",
        issue_to="2020-02-12", bought_on="2020-02-10", matures_on="2020-05-11", consent=_CONSENT,
        bank_ref="GZ20200210001",
    )  # fmt: skip
    _money(
        story, "redeem-bond", lot="G2020-01", redeemed_on="2020-05-11", principal="9945.00", interest="55.00",
        bank_ref="GZ20200511001",
    )  # fmt: skip
    coupon: dict[str, Any] = {
        "issue_name": "2020年记账式附息（三期）国债", "face": "5000.00", "cost": "5000.00", "rate": "2.20",
        "issue_from": "2020-03-10", "issue_to": "2020-03-12", "bought_on": "2020-03-10",
        "matures_on": "2022-03-10", "consent": _CONSENT,
    }  # fmt: skip
    _money(story, "buy-bond", live=True, lot="G2020-03", issue_code="019627", channel="exchange", **coupon)
    _money(
        story, "buy-bond", lot="G2020-02", issue_code="200003", channel="counter",
        bank_ref="GZ20200310001", **coupon,
    )  # fmt: skip
    _money(
        story, "receive-bond-interest", lot="G2020-02", received_on="2020-09-10", interest="55.00",
        bank_ref="GZ20200910001",
    )  # fmt: skip


def _forbidden(story: Story) -> None:
    """国债回购: forbidden, recorded as it happened."""
    _money(
        story, "record-investment", lot="H2020-01", kind="repo", amount="5000.00", invested_on="2020-03-05",
        description="七天国债回购", bank_ref="HG20200305001",
    )  # fmt: skip
    _money(
        story, "end-investment", lot="H2020-01", ended_on="2020-03-12", principal="5000.00",
        bank_ref="HG20200312001",
    )  # fmt: skip
    story.plant("I15", "国债回购", estate=False)


def _office(story: Story) -> None:
    """备用金、其他收支: small money; office costs are not the fund's to bear."""
    holder = person(story, 42)
    _money(
        story,
        "advance-petty-cash",
        holder=holder,
        amount="500.00",
        advanced_on="2020-03-02",
        purpose="票据邮寄",
    )
    _money(story, "return-petty-cash", holder=holder, amount="500.00", returned_on="2020-03-31")
    _money(
        story, "record-other-income", amount="12.00", received_on="2020-04-02", reason="银行误扣手续费退回"
    )
    _money(
        story,
        "record-other-income",
        called="not-ours",
        amount="36.00",
        received_on="2020-04-03",
        reason="来款待查",
    )
    story.reverse("not-ours", "他单位来款")
    for kind, amount, day, payee, reason in (
        ("bank-charge", "10.00", "2020-04-07", "农行楚雄分行", "对公转账手续费"),
        ("office", "380.00", "2020-04-08", "楚雄文印社", "办公用品"),
    ):
        _money(
            story, "record-other-expense", kind=kind, amount=amount, paid_on=day, payee=payee, reason=reason
        )
    story.plant("I14", "以维修资金列支办公用品", estate=False)


def _gains(story: Story) -> None:
    """收益: demand interest, once by mistake; shared from the pool, and elsewhere at listed rates."""
    for day, amount, called in (("2020-03-21", "312.60", None), ("2020-03-22", "312.60", "twice")):
        line = {
            "category": "demand",
            "amount": amount,
            "account": story.ground.accounts[_FUND],
            "bank_ref": f"LX{day.replace('-', '')}001",
        }
        _book(story, "receive-gains", called=called, value_date=day, lines=[line])
    story.reverse("twice", "重复登记")
    story.tell(distribute=f"{story.ground.place.code}/{_FUND}", through="2020-09-30")
    story.tell(accrue="532323/commodity", on="2020-07-01", bank="PBOC")


def _closed(story: Story) -> None:
    """对账、结账、公布: the statement is not the ledger's, and a month is left out."""
    account = story.ground.accounts[_FUND]
    rows = [
        [account, "2020-03-21", "LX20200321001", "312.60", "", "251312.60", "结息"],
        [account, "2020-04-07", "SX20200407001", "", "10.00", "251302.60", "手续费"],
    ]
    story.register("bank-statement", _STATEMENT, rows)
    line = {"bank_ref": "XX20200507001", "in": "999.00", "balance": "252301.60"}
    story.record(
        "record-statement", called="strange-line", account=account, value_date="2020-05-07", lines=[line]
    )
    story.reverse("strange-line", "误录他户流水")
    _book(story, "reconcile-statement", account=account, through="2020-06-30")
    story.plant("I35", "对账单与账本相差，没有未达账项说明", estate=False)
    for period in ("2020-01", "2020-03"):
        _book(story, "close-period", period=period)
    story.plant("I37", "跳过二月结账", estate=False)
    _book(story, "issue-publication", year=2020, published_on="2021-03-31")
