"""The journal (记账凭证分录): every money event as a balanced double entry in the accounts of the fund.

The accounts are those of 财会〔2020〕7号. What moved (postings, book entries, lots, obligations) meets the
posting rules of its day, which are data (``journal.toml``), and the vouchers, which have months and numbers.
Lines of one voucher on one side of one account and one auxiliary are one line. Closings transfer what the
lines of a month left on income and expense; months that nobody has closed yet get theirs *pro forma*.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    Connection,
    Date,
    Integer,
    Subquery,
    TextClause,
    column,
)

from ledger import policy
from ledger.identity import Fund, Part, event_id
from ledger.money import Fen
from ledger.policy.journal import FUND, FUND_ACCOUNTS, Change, JournalRules
from ledger.store.tables import KEY
from projections.journal_sql import JOURNAL, SUMMED, TRIAL

_ROWS: Final = 5000
"""Rows that the driver fetches at once."""


class JournalLine(NamedTuple):
    """One line of a voucher (记账凭证), amounts in fen: one of debit and credit is zero.

    ``number`` counts from 1 in book and ``period`` (2019-06); 0 is the closing of a month that nobody has
    closed yet. ``date`` lies in the period, ``value_date`` may be earlier: an entry that came late. A
    reversal is negative on the side of its original (红字). ``entry`` is the posting rule, ``change`` the
    line of 会住维03表, of net assets only.
    """

    county: str
    fund: Fund
    period: str
    number: int
    line: int
    date: datetime.date
    value_date: datetime.date
    entry: str
    summary: str
    account: str
    debit_fen: Fen
    credit_fen: Fen
    estate: str | None
    building: str | None
    unit: str | None
    part: Part | None
    bank_account: str | None
    bank_ref: str | None
    lot: str | None
    event: str
    position: int
    actor: str
    papers: int
    change: Change | None


class Sum(NamedTuple):
    """What the entries of a month left on an account, before its closing, in fen.

    ``change`` is that of the whole entry: an adjustment has it on the asset too, so that openings balance.
    """

    county: str
    fund: Fund
    period: str
    account: str
    change: Change | None
    debit_fen: Fen
    credit_fen: Fen


class Extent(NamedTuple):
    """How much of the journal: known at a position, of some counties, a fund kind, from and to a period.

    ``first`` and ``last`` are months (2019-01). With ``pro_forma`` months that nobody has closed have
    closing lines too, so that at each month end 3001 and 3002 are what the unit accounts hold.
    """

    position: int
    counties: Sequence[str] | None = None
    fund: Fund | None = None
    first: str | None = None
    last: str | None = None
    pro_forma: bool = False

    def bound(self) -> dict[str, Any]:
        """As parameters of the query, with the posting rules."""
        counties = None if self.counties is None else list(self.counties)
        return {**_rules(policy.load().journal), **self._asdict(), "counties": counties, "since": None}

    def bound_by_year(self) -> dict[str, Any]:
        """The same; nothing is read of the years before the first period, to which no closing reaches."""
        return {**self.bound(), "since": None if self.first is None else f"{self.first[:4]}-01"}


def journal_lines(connection: Connection, extent: Extent) -> Iterator[JournalLine]:
    """The lines by county, fund, period, number (0 last) and line."""
    streamed = connection.execution_options(yield_per=_ROWS)
    for row in streamed.execute(JOURNAL, extent.bound_by_year()):
        *head, stream, version, at, actor, papers, change = row
        event = "" if stream is None else event_id(stream, version)
        yield JournalLine._make([*_exact(head), event, at, actor or "", papers or 0, change])


def journal_sums(connection: Connection, extent: Extent) -> list[Sum]:
    """What the entries of each month left on each account, closings left out."""
    found = connection.execute(SUMMED, extent.bound())
    return [Sum._make([*row[:5], int(row[5]), int(row[6])]) for row in found]


def journal_query(extent: Extent) -> Subquery:
    """The lines as a table for other queries: as in JournalLine, but ``stream`` and ``version``."""
    whole = {"county", "fund", "period", "entry", "summary", "account", "estate", "building", "unit", "part"}
    texts = whole | {"bank_account", "bank_ref", "lot", "stream", "actor", "change"}
    days, amounts = {"date", "value_date"}, {"debit_fen", "credit_fen", "position"}
    return _table(
        JOURNAL,
        extent.bound_by_year(),
        [
            *(column(name, KEY) for name in sorted(texts)),
            *(column(name, Date) for name in sorted(days)),
            *(column(name, BigInteger) for name in sorted(amounts)),
            *(column(name, Integer) for name in ("number", "line", "version", "papers")),
        ],
    )


def trial_query(extent: Extent) -> Subquery:
    """What each account held before, moved and holds (科目余额), debits less credits, closings included."""
    figures = ("opening_fen", "debit_fen", "credit_fen", "closing_fen")
    texts = ("county", "fund", "account")
    return _table(
        TRIAL,
        extent.bound(),
        [*(column(name, KEY) for name in texts), *(column(name, BigInteger) for name in figures)],
    )


def _table(query: TextClause, asked: Mapping[str, Any], columns: Sequence[ColumnClause[Any]]) -> Subquery:
    return query.bindparams(**asked).columns(*columns).subquery("journal")


def _exact(head: list[Any]) -> list[Any]:
    """Sums of the database are decimals."""
    head[10], head[11] = int(head[10]), int(head[11])
    return head


def _rules(rules: JournalRules) -> dict[str, Any]:
    """The posting rules as parameters of the query, column by column."""
    chart, closings, postings = rules.chart, rules.closings, rules.postings
    return {
        "of_fund": FUND,
        "f_fund": list(FUND_ACCOUNTS),
        "f_account": list(FUND_ACCOUNTS.values()),
        "a_number": [account.number for account in chart],
        "a_aux": [account.aux for account in chart],
        "a_closes": [account.closes for account in chart],
        "c_account": [rule.account for rule in closings],
        "c_into": [rule.into for rule in closings],
        "c_every": [rule.every for rule in closings],
        "c_name": [rules.account(rule.account).name for rule in closings],
        "c_expense": [rules.account(rule.account).element == "支出" for rule in closings],
        "c_from": [rule.valid_from for rule in closings],
        "c_to": [rule.valid_to for rule in closings],
        "p_entry": [rule.entry for rule in postings],
        "p_summary": [rule.summary for rule in postings],
        "p_sign": [rule.sign for rule in postings],
        "p_debit": [rule.debit for rule in postings],
        "p_credit": [rule.credit for rule in postings],
        "p_change": [rule.change for rule in postings],
        "p_from": [rule.valid_from for rule in postings],
        "p_to": [rule.valid_to for rule in postings],
    }
