"""Other facts of use and management (art. 30 no. 4): of the whole book, up to the end of the year."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy import BigInteger, Connection, cast, func, select

from ledger.events import GainCategory, OtherExpensePaid, TreasuryReversed
from ledger.identity import Fund, book_stream
from ledger.money import Fen, parse_yuan
from ledger.terms import LOT_NAMES
from projections.book_entries import book_entries
from projections.book_record import book_record
from projections.lots import open_lots
from projections.postings import postings
from projections.publication.items import PERSON, events_of
from projections.publication.pack import BankAccount, Expense, Management, Reconciled

GAINS: Final[dict[GainCategory, str]] = {"demand": "活期利息", "time": "定期利息", "bond": "国债利息"}
EXPENSES: Final = {"bank-charge": "银行手续费", "office": "办公费用"}
"""What kinds of expense are called; history has others, which are shown as they are."""


def management(connection: Connection, county: str, fund: Fund, year: int, cut: int) -> Management:
    """What the book did in the year, by what the log held at the cut."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    record = book_record(connection, county, fund, cut)
    reconciled = {
        each.account: Reconciled(
            each.account,
            each.through,
            parse_yuan(each.bank),
            parse_yuan(each.ledger),
            parse_yuan(each.difference),
        )
        for each in sorted(record.reconciliations, key=lambda each: each.through)
        if first <= each.through <= last
    }
    gains, other_income = _gains(connection, county, fund, year, cut)
    return Management(
        accounts=tuple(
            BankAccount(each.account, each.bank, each.name, each.since, each.until)
            for each in record.accounts
            if each.since <= last and (each.until is None or each.until >= first)
        ),
        reconciled=tuple(reconciled.values()),
        gains=gains,
        credited=_credited(connection, county, fund, year, cut),
        lots=_lots(connection, county, fund, last, cut),
        other_income=other_income,
        expenses=tuple(_expenses(connection, county, fund, year, cut)),
    )


def _gains(
    connection: Connection, county: str, fund: Fund, year: int, cut: int
) -> tuple[tuple[tuple[str, Fen], ...], Fen]:
    """Gains of the year by category, and other income."""
    entry = book_entries.c
    query = (
        select(entry.kind, entry.category, cast(func.sum(entry.amount_fen), BigInteger))
        .where(entry.county == county, entry.fund == fund, entry.position <= cut)
        .where(entry.value_date.between(date(year, 1, 1), date(year, 12, 31)))
        .where(entry.kind.in_(("gain", "other-income")))
        .group_by(entry.kind, entry.category)
    )
    found = {(kind, category): amount for kind, category, amount in connection.execute(query)}
    gains = tuple((name, found.get(("gain", category), 0)) for category, name in GAINS.items())
    return gains, found.get(("other-income", None), 0)


def _credited(connection: Connection, county: str, fund: Fund, year: int, cut: int) -> Fen:
    """What the unit accounts of the book were credited (计入分户账) in the year."""
    entry = postings.c
    amount = entry.principal_fen + entry.interest_fen
    query = (
        select(cast(func.coalesce(func.sum(amount), 0), BigInteger))
        .where(entry.county == county, entry.fund == fund, entry.position <= cut, entry.kind == "interest")
        .where(entry.value_date.between(date(year, 1, 1), date(year, 12, 31)))
    )
    return int(connection.execute(query).scalar_one())


def _lots(
    connection: Connection, county: str, fund: Fund, last: date, cut: int
) -> tuple[tuple[str, int, Fen], ...]:
    """What is laid out at the end of the year, by kind: how many and how much."""
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for lot in open_lots(connection, last, book=(county, fund), position=cut).lots:
        counts[LOT_NAMES[lot.kind]] += 1
        sums[LOT_NAMES[lot.kind]] += parse_yuan(lot.open)
    return tuple((name, counts[name], sums[name]) for name in LOT_NAMES.values() if counts[name])


def _expenses(connection: Connection, county: str, fund: Fund, year: int, cut: int) -> Iterable[Expense]:
    """Other expenses of the year that were not taken back (冲正) whole."""
    entry, stream = book_entries.c, book_stream(county, fund)
    query = (
        select(entry.version, entry.amount_fen)
        .where(entry.county == county, entry.fund == fund, entry.position <= cut)
        .where(entry.value_date.between(date(year, 1, 1), date(year, 12, 31)))
        .where(entry.kind == "other-expense")
        .order_by(entry.value_date, entry.position)
    )
    rows = connection.execute(query).all()
    made = events_of(connection, ((stream, row.version) for row in rows))
    sums: defaultdict[int, Fen] = defaultdict(int)
    for version, amount in rows:
        event = made[stream, version]
        sums[event.version if isinstance(event, TreasuryReversed) else version] += amount
    for version, amount in sums.items():
        event = made[stream, version]
        if amount and isinstance(event, OtherExpensePaid):
            payee = event.payee or (PERSON if event.payee_ref else "")
            kind = EXPENSES.get(event.kind, event.kind)
            yield Expense(event.value_date, kind, event.reason, payee, amount)
