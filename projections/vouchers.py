"""Vouchers (记账凭证): one for each event that moves money of a book, and one for each closing.

An event that moves money of both fund kinds has a voucher in either book. Numbers run without a gap in each
book and month, in the order of the log; so they are the same whenever the table is built again, and what the
log held at an earlier position had the same numbers then. The lines of a voucher follow from the posting
rules (``projections.journal``).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    and_,
    column,
    func,
    literal,
    or_,
    select,
)

from ledger import policy
from ledger.calendar import Period, PeriodKind, parse_period
from ledger.events import (
    BankGainsReceived,
    EntryReversed,
    Event,
    GainsReversed,
    ObligationPaid,
    ObligationPaymentReversed,
    PeriodClosed,
)
from ledger.policy.journal import Every
from ledger.store.bulk import copy_in
from ledger.store.tables import KEY, metadata
from projections.batch import Batch
from projections.entries import LINES, Entries
from projections.facts import BUILDING
from projections.treasury import ADDED

vouchers = Table(
    "vouchers",
    metadata,
    Column("position", BigInteger, nullable=False, comment="of its event"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("period", KEY, nullable=False, comment="month it belongs to: 2026-10"),
    Column("number", Integer, nullable=False, comment="凭证编号: from 1 in book and month"),
    Column("kind", KEY, nullable=False, comment="entry, month-closing (月末结转) or year-closing (年末结转)"),
    Column("date", Date, nullable=False, comment="凭证日期, within the period"),
    Column("closes_month", Boolean, nullable=False, comment="has entries for the closing of the month"),
    Column("closes_year", Boolean, nullable=False, comment="has entries for the closing of the year"),
    Column("stream", KEY, nullable=False, comment="of its event"),
    Column("version", Integer, nullable=False, comment="of its event in the stream"),
    Column("actor", KEY, nullable=False, comment="who recorded it (制单人)"),
    Column("papers", Integer, nullable=False, comment="附件数"),
    PrimaryKeyConstraint("position", "fund", "period"),
    Index(None, "county", "fund", "period", "number", unique=True),
    schema="read",
)

Closes = Callable[[str, date], frozenset[Every]]
"""The closings that an entry of a day waits for."""

Book = tuple[str, str]
"""County and fund kind."""

_MOVING: Final[Sequence[type[Event]]] = (
    *LINES,
    EntryReversed,
    ObligationPaid,
    ObligationPaymentReversed,
    BankGainsReceived,
    GainsReversed,
    *ADDED,
    PeriodClosed,
)
"""Every event that may have a voucher."""


class _Found(NamedTuple):
    """An event that moves money of a book, or closes a period of it; ``entries``: its posting rules."""

    position: int
    county: str
    fund: str
    stream: str
    version: int
    event: Event
    entries: frozenset[str]


@dataclass(slots=True)
class _Month:
    """How many vouchers a month of a book has, and what of them waits for a closing."""

    number: int = 0
    closes_month: bool = False
    closes_year: bool = False


class Vouchers:
    """The read model of ``read.vouchers``; the closings of its books must have been read as far."""

    name = "vouchers"
    version = 1

    def __init__(self, table: Table, closings: Table, entries: Entries) -> None:
        self._table = table
        self._closings = closings
        self._entries = entries
        self.tables = (table,)

    def fold(self, batch: Batch) -> Sequence[_Found]:
        """What has a voucher, in the order of the log; periods and numbers come when it is written."""
        units: dict[int, dict[str, set[str]]] = {}
        for entry in self._entries.of(batch):
            units.setdefault(entry[0], {}).setdefault(entry[6], set()).add(entry[9])
        found: list[_Found] = []
        for position, stream, version, event in batch.of(*_MOVING):
            for county, fund, entries in self._books(position, stream, event, units.get(position)):
                found.append(_Found(position, county, fund, stream, version, event, frozenset(entries)))
        return found

    def _books(
        self, position: int, stream: str, event: Event, units: dict[str, set[str]] | None
    ) -> Iterator[tuple[str, str, set[str]]]:
        if stream.startswith(BUILDING):
            funds = units or {}
            if isinstance(event, ObligationPaid | ObligationPaymentReversed):
                facts = self._entries.facts
                paid = {facts.fund(stream, line.unit, position) for line in event.lines}
                funds = {fund: {"obligation"} for fund in paid}
            if funds:
                county = self._entries.facts.place(stream, position).county
                for fund, entries in sorted(funds.items()):
                    yield county, fund, entries
        elif (entries := _of_book(event)) or type(event) is PeriodClosed:
            _, county, fund = stream.split("/")
            yield county, fund, entries

    def write(self, connection: Connection, changes: Sequence[_Found]) -> None:
        """Give each voucher its month and number, and add them."""
        if not changes:
            return
        months = self._months(connection, changes)
        closes = cache(policy.load().journal.closes)
        rows = [row for found in changes for row in _rows(found, months, closes)]
        copy_in(connection, self._table, self._table.columns.keys(), rows)

    def _months(self, connection: Connection, changes: Sequence[_Found]) -> "_Months":
        return _Months.stored(connection, self._table, self._closings, changes)


class VouchersAnew(Vouchers):
    """The same in a rebuild: where months stand is remembered until the table has its indexes."""

    def __init__(self, table: Table, closings: Table, entries: Entries) -> None:
        super().__init__(table, closings, entries)
        self._kept: _Months | None = _Months()

    def settle(self) -> None:
        """From now on ask the tables, as any follower does."""
        self._kept = None

    def _months(self, connection: Connection, changes: Sequence[_Found]) -> "_Months":
        return super()._months(connection, changes) if self._kept is None else self._kept


class _Months:
    """The months of books: what is closed, and where the numbers stand."""

    def __init__(self) -> None:
        self._closed: dict[Book, date] = {}
        self._months: dict[Book, dict[str, _Month]] = {}

    @classmethod
    def stored(
        cls, connection: Connection, table: Table, closings: Table, changes: Sequence[_Found]
    ) -> "_Months":
        """Those that a batch touches, as the tables have them."""
        months = cls()
        books = sorted({(found.county, found.fund) for found in changes})
        before = changes[0].position
        closed = closings.c
        of_books = or_(*(and_(closed.county == county, closed.fund == fund) for county, fund in books))
        wanted = (
            select(closed.county, closed.fund, func.max(closed.ends))
            .where(of_books, closed.kind == "month", closed.position < before)
            .group_by(closed.county, closed.fund)
        )
        for county, fund, ends in connection.execute(wanted):
            months._closed[county, fund] = ends
        closing = {(found.county, found.fund) for found in changes if isinstance(found.event, PeriodClosed)}
        months._read(connection, table, closing)
        touched = {
            (*book, months.period(book, found.event.value_date))
            for found in changes
            if (book := (found.county, found.fund)) not in closing
        }
        months._count(connection, table, touched)
        return months

    def _read(self, connection: Connection, table: Table, books: Collection[Book]) -> None:
        """All months of books that close."""
        if not books:
            return
        voucher = table.c
        counted = (
            select(
                voucher.county,
                voucher.fund,
                voucher.period,
                func.max(voucher.number),
                func.bool_or(voucher.closes_month),
                func.bool_or(voucher.closes_year),
            )
            .where(or_(*(and_(voucher.county == county, voucher.fund == fund) for county, fund in books)))
            .group_by(voucher.county, voucher.fund, voucher.period)
        )
        for county, fund, period, *stands in connection.execute(counted):
            self._of(county, fund)[period] = _Month(*stands)

    def _count(self, connection: Connection, table: Table, touched: Collection[tuple[str, str, str]]) -> None:
        """The last numbers of some months, each by one look into the index; nothing in them closes now."""
        if not touched:
            return
        counties, funds, periods = (list(names) for names in zip(*touched, strict=True))
        texts = ARRAY(Text)
        asked = (
            func.unnest(literal(counties, texts), literal(funds, texts), literal(periods, texts))
            .table_valued(column("county", KEY), column("fund", KEY), column("period", KEY))
            .render_derived(name="asked")
        )
        voucher = table.c
        last = (
            select(func.max(voucher.number))
            .where(
                voucher.county == asked.c.county,
                voucher.fund == asked.c.fund,
                voucher.period == asked.c.period,
            )
            .scalar_subquery()
        )
        numbers = select(asked.c.county, asked.c.fund, asked.c.period, last)
        for county, fund, period, number in connection.execute(numbers):
            self._of(county, fund)[period] = _Month(number or 0)

    def _of(self, county: str, fund: str) -> dict[str, _Month]:
        return self._months.setdefault((county, fund), {})

    def period(self, book: Book, day: date) -> str:
        """The later of the month of a day and the first month still open."""
        closed = self._closed.get(book)
        month = f"{day:%Y-%m}"
        return month if closed is None else max(month, _after(closed))

    def next(self, book: Book, period: str) -> _Month:
        """The month, its number counted up."""
        month = self._of(*book).setdefault(period, _Month())
        month.number += 1
        return month

    def close(self, book: Book, ends: date, kind: PeriodKind) -> list[str]:
        """The months in which a closing of months, or of a year, has something to transfer."""
        months = self._of(*book)
        if kind == "year":
            of_year = [period for period in months if period.startswith(f"{ends.year:04}-")]
            return [f"{ends:%Y-%m}"] if any(months[period].closes_year for period in of_year) else []
        before = self._closed.get(book)
        self._closed[book] = ends if before is None else max(before, ends)
        first = "" if before is None else _after(before)
        last = f"{ends:%Y-%m}"
        return sorted(
            period for period, month in months.items() if first <= period <= last and month.closes_month
        )


_period = lru_cache(4096)(parse_period)


def _after(closed: date) -> str:
    return f"{closed.year + closed.month // 12:04}-{closed.month % 12 + 1:02}"


def _rows(found: _Found, months: _Months, closes_of: Closes) -> Iterator[tuple[Any, ...]]:
    event, book = found.event, (found.county, found.fund)
    if isinstance(event, PeriodClosed):
        kind = f"{event.kind}-closing"
        for closed in months.close(book, event.ends, event.kind):
            number = months.next(book, closed).number
            yield _row(found, _period(closed), number, kind, event.ends, (False, False))
        return
    period = _period(months.period(book, event.value_date))
    month = months.next(book, period.name)
    late = event.value_date.year < period.first.year
    waits = (
        frozenset()
        if late
        else frozenset().union(*(closes_of(entry, period.first) for entry in found.entries))
    )
    closes = ("month" in waits, "year" in waits)
    month.closes_month |= closes[0]
    month.closes_year |= closes[1]
    yield _row(found, period, month.number, "entry", event.value_date, closes)


def _row(
    found: _Found, period: Period, number: int, kind: str, day: date, closes: tuple[bool, bool]
) -> tuple[Any, ...]:
    on = min(max(day, period.first), period.last)
    return (
        found.position,
        found.county,
        found.fund,
        period.name,
        number,
        kind,
        on,
        *closes,
        found.stream,
        found.version,
        found.event.actor,
        len(found.event.evidence),
    )


def _of_book(event: Event) -> set[str]:
    """The posting rules of an event of a book; none where it moves no money itself."""
    if isinstance(event, BankGainsReceived | GainsReversed):
        return {f"gain-{line.category}" for line in event.lines}
    read = ADDED.get(type(event))
    added = None if read is None else read(event)
    if added is None or not added.amount_fen or added.lot_kind == "pledge":
        return set()
    return {added.kind if added.lot is None else f"lot-{added.lot_kind}"}
