"""The chart of accounts and the posting rules of 财会〔2020〕7号 (会计科目、记账规则) as dated data."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, Literal

import msgspec

from ledger.calendar import EARLIEST
from ledger.identity import Fund
from ledger.policy.rows import Period, PolicyError, Row, Tables, one_at_a_time, rows, without_gap

Element = Literal["资产", "负债", "净资产", "收入", "支出"]
"""Elements of the accounts (会计要素)."""

Side = Literal["debit", "credit"]
"""借 / 贷."""

Auxiliary = Literal["unit", "bank", "lot"]
"""What an account is kept by (辅助核算): unit account (分户账), bank account (银行账号), deposit or bond."""

Change = Literal["result", "distribution", "transfer", "adjustment"]
"""Line of 会住维03表: 本年收支差额 / 本年分配累计收益 / 本年划转 / 以前年度调整."""

Every = Literal["month", "year"]

Mark = Literal["found", "practice", "unverified"]

FUND: Final = "fund"
"""The account of the fund kind, in rules of both books."""

FUND_ACCOUNTS: Final[dict[Fund, str]] = {"commodity": "3001", "public": "3002"}

GAINS: Final = "3101"
"""待分配累计收益."""

UNIT_ENTRIES: Final = (
    "opening",
    "deposit",
    "interest",
    "income-operating",
    "income-disposal",
    "income-other",
    "withdrawal",
    "return",
    "return-earlier",
    "refund",
    "refund-earlier",
    "refund-untraced",
    "destroyed",
    "custody",
    "moved",
)
"""Entries of unit accounts: after closing each must move 3001 or 3002 by what it moved on the account."""

BOOK_ENTRIES: Final = (
    "gain-demand",
    "gain-time",
    "gain-bond",
    "other-income",
    "other-expense",
    "petty-cash",
    "lot-time",
    "lot-notice",
    "lot-agreement",
    "lot-bond",
    "lot-repo",
    "lot-wealth",
    "lot-other",
    "obligation",
)
"""Entries of a book, and payments of what it owes, that are on no unit account."""


class ChartAccount(Row, frozen=True, kw_only=True):
    """An account (会计科目): four digits, or six for a detail account; ``aux``: what it is kept by."""

    number: str
    name: str
    element: Element
    side: Side
    aux: Auxiliary | None = None
    mark: Mark
    source: str

    @property
    def parent(self) -> str | None:
        """The number of the account it details."""
        return self.number[:4] if len(self.number) > 4 else None

    @property
    def closes(self) -> bool:
        """Whether it is income or expense: emptied at the end of a period."""
        return self.element in ("收入", "支出")


class ClosingRule(Period, frozen=True, kw_only=True):
    """Into which account of net assets an account is closed (期末结转), and how often."""

    account: str
    into: str
    every: Every
    mark: Mark


class PostingRule(Period, frozen=True, kw_only=True):
    """One pair of accounts of an entry: what is debited is ``sign`` times the amount.

    Amounts are those of the read tables: positive when the unit account, or the lot, petty cash, income or
    expense of the book grows; where ``sign`` times the amount is negative, and it is no reversal, debit and
    credit are exchanged. Without ``debit`` the lines of one event come to zero among themselves.
    """

    entry: str
    summary: str
    sign: Literal[1, -1]
    debit: str | None = None
    credit: str
    change: Change | None = None
    mark: Mark


@dataclass(frozen=True, slots=True)
class JournalRules:
    """The rules of ``journal.toml``; ``version`` names their content."""

    version: str
    chart: tuple[ChartAccount, ...]
    closings: tuple[ClosingRule, ...]
    postings: tuple[PostingRule, ...]

    def account(self, number: str) -> ChartAccount:
        """The account of a number; raises KeyError."""
        return next(account for account in self.chart if account.number == number)

    def closing(self, account: str, on: date) -> ClosingRule:
        """How an account of income or expense is closed on a day."""
        return next(rule for rule in self.closings if rule.account == account and rule.holds(on))

    def closes(self, entry: str, on: date) -> frozenset[Every]:
        """The closings that an entry of this day waits for: month, year, both or none."""
        return frozenset(
            self.closing(account, on).every
            for rule in self.postings
            if rule.entry == entry and rule.holds(on)
            for account in (rule.debit, rule.credit)
            if account is not None and account != FUND and self.account(account).closes
        )


def read(tables: Tables) -> JournalRules:
    """The rules of ``journal.toml``; raises PolicyError naming the row that cannot be used."""
    chart = rows(tables, "journal", "account", ChartAccount)
    closings = rows(tables, "journal", "closing", ClosingRule)
    postings = rows(tables, "journal", "posting", PostingRule)
    content = msgspec.json.encode(tables["journal"], order="sorted")
    version = f"{tables['journal'].get('version', '')}+{hashlib.sha256(content).hexdigest()[:8]}"
    _check_chart(chart)
    _check_closings(chart, closings)
    _check_postings(chart, postings)
    found = JournalRules(version, chart, closings, postings)
    for entry in UNIT_ENTRIES:
        for day in _turns(found):
            _check_effect(found, entry, day)
    return found


def _check_chart(chart: Sequence[ChartAccount]) -> None:
    known = {account.number: account for account in chart}
    if len(known) != len(chart):
        raise PolicyError("journal.toml: an account appears twice")
    for account in chart:
        if len(account.number) not in (4, 6) or not (account.number.isascii() and account.number.isdigit()):
            raise PolicyError(f"journal.toml: {account.number!r} is not a number of four or six digits")
        if account.parent is not None:
            parent = known.get(account.parent)
            if parent is None or (parent.element, parent.side) != (account.element, account.side):
                raise PolicyError(f"journal.toml: {account.number} does not detail an account of its kind")
    for number in (*FUND_ACCOUNTS.values(), GAINS):
        if number not in known or known[number].element != "净资产":
            raise PolicyError(f"journal.toml: {number} is missing, or is not 净资产")


def _check_closings(chart: Sequence[ChartAccount], closings: Sequence[ClosingRule]) -> None:
    known = {account.number: account for account in chart}
    for rule in closings:
        if rule.account not in known or not known[rule.account].closes:
            raise PolicyError(f"journal.toml: [[closing]] {rule.account} is no income or expense")
        if rule.into != FUND and (rule.into not in known or known[rule.into].element != "净资产"):
            raise PolicyError(f"journal.toml: [[closing]] {rule.account} goes into {rule.into}, not 净资产")
    for account in chart:
        mine = [rule for rule in closings if rule.account == account.number]
        if account.closes and not mine:
            raise PolicyError(f"journal.toml: no [[closing]] for {account.number}")
        if mine:
            one_at_a_time("journal", mine)
            without_gap("journal", mine)


def _check_postings(chart: Sequence[ChartAccount], postings: Sequence[PostingRule]) -> None:
    detailed = {account.parent for account in chart}
    usable = {account.number for account in chart if account.number not in detailed} | {FUND}
    for rule in postings:
        for number in (rule.debit, rule.credit):
            if number is not None and number not in usable:
                raise PolicyError(f"journal.toml: [[posting]] {rule.entry}: {number} cannot be posted to")
        if rule.debit is None and rule.entry != "moved":
            raise PolicyError(f"journal.toml: [[posting]] {rule.entry}: no debit")
    known = {*UNIT_ENTRIES, *BOOK_ENTRIES}
    by_entry = {
        entry: list(found)
        for entry, found in groupby(sorted(postings, key=lambda rule: rule.entry), lambda rule: rule.entry)
    }
    if by_entry.keys() != known:
        raise PolicyError(f"journal.toml: [[posting]] {sorted(by_entry.keys() ^ known)}: unknown or missing")
    for entry, mine in by_entry.items():
        for day in (EARLIEST, *(rule.valid_to for rule in mine if rule.valid_to)):
            if not any(rule.holds(day) for rule in mine):
                raise PolicyError(f"journal.toml: [[posting]] {entry}: no row on {day}")


def _turns(rules: JournalRules) -> Iterable[date]:
    """The days on which any row begins to hold."""
    periods: tuple[Period, ...] = (*rules.closings, *rules.postings)
    return sorted({period.valid_from for period in periods})


def _check_effect(rules: JournalRules, entry: str, day: date) -> None:
    """After closing, an entry moves the fund's account by what it moved on the unit account."""
    effect = sum(_effects(rules, entry, day))
    if effect != 1:
        raise PolicyError(
            f"journal.toml: [[posting]] {entry} on {day}: unit accounts would not come to 3001 and 3002"
        )


def _effects(rules: JournalRules, entry: str, day: date) -> Iterator[int]:
    for rule in rules.postings:
        if rule.entry == entry and rule.holds(day):
            for number, sign in ((rule.debit, -rule.sign), (rule.credit, rule.sign)):
                if number is not None and _into(rules, number, day) == FUND:
                    yield sign


def _into(rules: JournalRules, number: str, day: date) -> str:
    if number == FUND or not rules.account(number).closes:
        return number
    return rules.closing(number, day).into
