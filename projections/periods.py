"""Periods (会计期间) of a book: what its months and years hold, fixed once they are closed.

A posting belongs to the later of its value month and the first month open at its place in the log. So a
period holds what stands before its own closing with a value date up to its end, except what an earlier
closing kept for itself: two ranges of positions decide, and nothing written later can come between.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from ledger.calendar import Period, PeriodKind
from ledger.identity import Fund, book_stream, event_id
from ledger.money import Fen, yuan
from projections.book_entries import book_entries
from projections.checkpoints import position as reached
from projections.closings import closings
from projections.lot_entries import lot_entries
from projections.obligations import obligations
from projections.postings import postings

_NEVER = (1 << 63) - 1
"""The place of a closing that is not in the log: behind everything."""


class PeriodLine(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of one kind: how many, their principal and interest in yuan, money out negative.

    ``on`` says whose: ``units`` (分户账) or ``book`` (账套, not on any unit), ``lots`` (存单、国债) laid out
    at cost, or ``owed`` for destroyed buildings (应付返还). All but those of units are ``principal`` whole.
    """

    on: str
    kind: str
    entries: int
    principal: str
    interest: str
    amount: str


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded for an earlier month after that was closed (以前期间更正): ``period`` it means."""

    period: str
    lines: tuple[PeriodLine, ...]


class PeriodView(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """One period of a book: ``closed`` is the event that closed it; once ``fixed`` nobody can change it.

    ``opening`` and ``closing`` are the balances of all unit accounts before and after the period. Amounts in
    yuan.
    """

    book: str
    period: str
    kind: PeriodKind
    start: date
    end: date
    closed: str | None
    closed_at: str | None
    fixed: bool
    position: str
    opening: str
    lines: tuple[PeriodLine, ...]
    corrections: tuple[Correction, ...]
    closing: str


class _Closed(NamedTuple):
    """Where the months up to a day were closed, and by which version of the book (0: not yet)."""

    position: int
    version: int


def period_view(
    connection: Connection, county: str, fund: Fund, period: Period, position: int | None = None
) -> PeriodView:
    """A period as known at a position (None: now). The connection is READ COMMITTED.

    A closed period is fixed: every later answer that knows its closing says the same.
    """
    known = reached(connection)
    cut = known if position is None else min(position, known)
    book = _Book(connection, county, fund, cut)
    before, own = book.closed_before(period.first), book.closed_through(period.last)
    closed = book.closing_of(period)
    opening = book.balance(period.first, before.position)
    lines, corrections = book.sums(period, before.position, own.position)
    moved = sum(each.amount_fen for each in (*lines, *corrections) if each.on == "units")
    by_month: dict[str, list[_Sum]] = {}
    for each in corrections:
        by_month.setdefault(each.month, []).append(each)
    name = book_stream(county, fund)
    return PeriodView(
        book=f"{county}/{fund}",
        period=period.name,
        kind=period.kind,
        start=period.first,
        end=period.last,
        closed=event_id(name, closed.version) if closed.version else None,
        closed_at=str(closed.position) if closed.version else None,
        fixed=bool(own.version),
        position=str(cut),
        opening=yuan(opening),
        lines=tuple(_line(each) for each in lines),
        corrections=tuple(
            Correction(period=month, lines=tuple(map(_line, found)))
            for month, found in sorted(by_month.items())
        ),
        closing=yuan(opening + moved),
    )


class _Sum(NamedTuple):
    """What the database added up: whose, kind, month meant (of corrections), entries and fen."""

    on: str
    kind: str
    month: str
    entries: int
    principal_fen: Fen
    interest_fen: Fen

    @property
    def amount_fen(self) -> Fen:
        return self.principal_fen + self.interest_fen


def _line(found: _Sum) -> PeriodLine:
    return PeriodLine(
        on=found.on,
        kind=found.kind,
        entries=found.entries,
        principal=yuan(found.principal_fen),
        interest=yuan(found.interest_fen),
        amount=yuan(found.amount_fen),
    )


class _Book:
    """The entries of one book up to a position."""

    def __init__(self, connection: Connection, county: str, fund: Fund, cut: int) -> None:
        self._connection = connection
        self._county, self._fund, self._cut = county, fund, cut

    def _of_book(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        return table.c.county == self._county, table.c.fund == self._fund, table.c.position <= self._cut

    def _first_closing(self, *wanted: ColumnElement[bool]) -> _Closed:
        found = self._connection.execute(
            select(closings.c.position, closings.c.version)
            .where(*self._of_book(closings), *wanted)
            .order_by(closings.c.position)
            .limit(1)
        ).one_or_none()
        return _Closed(_NEVER, 0) if found is None else _Closed(found.position, found.version)

    def closed_through(self, day: date) -> _Closed:
        """Where every month up to this last day of one was closed."""
        return self._first_closing(closings.c.kind == "month", closings.c.ends >= day)

    def closed_before(self, day: date) -> _Closed:
        """Where every month before this first day of one was closed."""
        return self._first_closing(closings.c.kind == "month", closings.c.ends >= day - timedelta(days=1))

    def closing_of(self, period: Period) -> _Closed:
        """The closing of the period itself."""
        return self._first_closing(closings.c.kind == period.kind, closings.c.period == period.name)

    def balance(self, day: date, closed_at: int) -> Fen:
        """The unit accounts before a period: value dates before its first day, on record when that closed."""
        entry = postings.c
        wanted = select(
            cast(func.coalesce(func.sum(entry.principal_fen + entry.interest_fen), 0), BigInteger)
        ).where(*self._of_book(postings), entry.value_date < day, entry.position < closed_at)
        return int(self._connection.execute(wanted).scalar_one())

    def sums(self, period: Period, before: int, closed_at: int) -> tuple[list[_Sum], list[_Sum]]:
        """The period's own entries, and the corrections of earlier months, each by kind."""
        own: list[_Sum] = []
        corrections: list[_Sum] = []
        unit, book = postings.c, book_entries.c
        for on, table, principal, interest in (
            ("units", postings, unit.principal_fen, unit.interest_fen),
            ("book", book_entries, book.amount_fen, literal(0)),
            ("lots", lot_entries, lot_entries.c.amount_fen, literal(0)),
            ("owed", obligations, obligations.c.amount_fen, literal(0)),
        ):
            early = table.c.value_date < period.first
            meant = case((early, func.to_char(table.c.value_date, "YYYY-MM")), else_="").label("month")
            wanted: Select[Any] = (
                select(meant, table.c.kind, func.count(), func.sum(principal), func.sum(interest))
                .where(
                    *self._of_book(table),
                    table.c.value_date <= period.last,
                    table.c.position < closed_at,
                    table.c.kind != "bond-interest",  # a gain of the book, it changes no lot
                    or_(table.c.value_date >= period.first, and_(early, table.c.position > before)),
                )
                .group_by("month", table.c.kind)
                .order_by("month", table.c.kind)
            )
            for named, kind, entries, principal_fen, interest_fen in self._connection.execute(wanted):
                found = _Sum(on, kind, named, entries, int(principal_fen), int(interest_fen))
                (corrections if named else own).append(found)
        return own, corrections
