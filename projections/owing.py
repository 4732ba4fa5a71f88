"""What owners owe at first (首期应交): of each unit what is due, what came in and what is missing."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, func, select, tuple_

from ledger.identity import Fund
from ledger.money import Fen, yuan
from ledger.policy import Policy
from ledger.standards import Rate, rate, standard_year
from projections.accounts import accounts
from projections.buildings import buildings
from projections.checkpoints import position as reached
from projections.deposits import deposits
from projections.due_decisions import due_decisions
from projections.obligations import obligations
from projections.paging import FIRST, Place
from projections.postings import postings

CHUNK = 2000
"""Units read at once."""

Basis = Literal["standard", "decided", "exempt", "unknown"]
"""按标准 / 核定 / 免交 / 无适用标准."""


class UnitDue(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner of one unit owes at first; yuan, area in 0.01 m².

    ``on`` is the day whose standard counts: that of the first deposit that stands, else the day asked for;
    ``standard`` is what a m² costs by it, ``factor`` the part of it that is asked, in the year of the
    standard ``year_from`` to ``year_to``. ``paid`` are deposits (首期、补交) less what went back, with an
    opening balance's principal. ``missing`` is null where nothing is due by rule, or the unit was ``opened``
    with a balance (期初, or taken over from another unit): what was deposited before is not on
    record.
    """

    county: str
    estate: str
    building: str
    unit: str
    fund: Fund
    area_dm2: int
    basis: Basis
    on: date
    standard: str | None
    factor: str | None
    source: str | None
    year_from: date
    year_to: date
    due: str | None
    opened: bool
    paid: str
    missing: str | None
    completed_on: date | None
    days: int | None


class DueList(msgspec.Struct, frozen=True, kw_only=True):
    """Units and what they owe; ``next`` is the cursor of the page that follows."""

    as_of: date | None
    position: str
    units: tuple[UnitDue, ...]
    next: str | None = None


@dataclass(slots=True)
class Paid:
    """What is on record of one owner's account."""

    by_day: dict[date, Fen] = field(default_factory=dict)
    unplaced_fen: Fen = 0
    first_fen: Fen = 0
    opened_fen: Fen = 0
    opened: bool = False
    balance_fen: Fen = 0
    handed_over: bool = False
    due_fen: Fen | None = None
    exempt: bool = False
    until: date | None = None

    @property
    def paid_fen(self) -> Fen:
        """First and make-up deposits less what went back, and an opening balance's principal."""
        return sum(self.by_day.values()) + self.unplaced_fen + self.opened_fen

    @property
    def first_on(self) -> date | None:
        """Day of the first deposit of which anything stands."""
        return min((day for day, amount in self.by_day.items() if amount > 0), default=None)

    def exempt_on(self, day: date) -> bool:
        """Whether the unit need not deposit on a day."""
        return self.exempt and (self.until is None or day <= self.until)


class Cut(msgspec.Struct, frozen=True):
    """What is looked at: money and decisions up to a day, events up to a position, the day that is asked."""

    position: int
    as_of: date | None
    asked: date


def cut_of(connection: Connection, as_of: date | None, today: date) -> Cut:
    """The cut of a list as of a day (None: all, and asked today)."""
    return Cut(reached(connection), as_of, as_of or today)


def owners(
    connection: Connection,
    cut: Cut,
    after: Place = FIRST,
    counties: Collection[str] | None = None,
    building: str | None = None,
    unit: str | None = None,
) -> Iterator[tuple[Row[Any], Paid]]:
    """Every owner's account in the order of lists, with the building's facts and what is on record of it.

    Closed accounts are left out, and buildings that are gone, unless one is asked for.
    """
    account, facts = accounts.c, buildings.c
    open_still = account.closed_position.is_(None) | (account.closed_position > cut.position)
    columns: list[Column[Any]] = [
        account.building,
        account.unit,
        account.county,
        account.estate,
        account.fund,
        account.area_dm2,
        facts.lift,
        facts.storeys,
        facts.completed_on,
    ]
    wanted = (
        select(*columns)
        .join_from(accounts, buildings, account.building == facts.building)
        .where(account.part == "owner", account.position <= cut.position, open_still)
        .order_by(account.building, account.unit)
        .limit(CHUNK)
    )
    if building is None:
        wanted = wanted.where(account.building.not_in(_destroyed(cut)))
    if counties is not None:
        wanted = wanted.where(account.county.in_(counties))
    if building is not None:
        wanted = wanted.where(account.building == building)
    if unit is not None:
        wanted = wanted.where(account.unit == unit)
    while rows := connection.execute(
        wanted.where(tuple_(account.building, account.unit) > tuple_(*after))
    ).all():
        last = Place(rows[-1].building, rows[-1].unit)
        paid = _on_record(connection, cut, Place(rows[0].building, rows[0].unit), last)
        for row in rows:
            yield row, paid[Place(row.building, row.unit)]
        after = last


def _destroyed(cut: Cut) -> Select[tuple[str]]:
    """The buildings that are gone (灭失): what is owed for them arose and was not taken back."""
    owed = obligations.c
    arisen = select(owed.building).where(owed.kind == "arisen", owed.position <= cut.position)
    if cut.as_of is not None:
        arisen = arisen.where(owed.value_date <= cut.as_of)
    return arisen.group_by(owed.building).having(func.sum(owed.amount_fen) > 0)


def _between(table: Table, first: Place, last: Place) -> Sequence[ColumnElement[bool]]:
    unit = tuple_(table.c.building, table.c.unit)
    return unit >= tuple_(*first), unit <= tuple_(*last)


def _on_record(connection: Connection, cut: Cut, first: Place, last: Place) -> defaultdict[Place, Paid]:
    found: defaultdict[Place, Paid] = defaultdict(Paid)
    _add_deposits(connection, cut, found, first, last)
    _add_postings(connection, cut, found, first, last)
    _add_decisions(connection, cut, found, first, last)
    return found


def _add_deposits(
    connection: Connection, cut: Cut, found: defaultdict[Place, Paid], first: Place, last: Place
) -> None:
    line = deposits.c
    wanted = select(
        line.building, line.unit, line.kind, line.deposited_on, func.sum(line.amount_fen).label("amount_fen")
    ).where(line.part == "owner", line.position <= cut.position, *_between(deposits, first, last))
    if cut.as_of is not None:
        wanted = wanted.where(line.value_date <= cut.as_of)
    for row in connection.execute(wanted.group_by(line.building, line.unit, line.kind, line.deposited_on)):
        paid, amount = found[Place(row.building, row.unit)], int(row.amount_fen)
        if row.kind in ("first", "moved"):
            paid.first_fen += amount
        if row.kind == "moved":
            continue  # The money itself came with the balance of the unit before.
        if row.kind is None:
            paid.unplaced_fen += amount
        elif row.kind != "top-up":
            paid.by_day[row.deposited_on] = paid.by_day.get(row.deposited_on, 0) + amount


def _add_postings(
    connection: Connection, cut: Cut, found: defaultdict[Place, Paid], first: Place, last: Place
) -> None:
    entry = postings.c
    opening = entry.kind.in_(("opening", "moved"))
    whole = entry.principal_fen + entry.interest_fen
    wanted = select(
        entry.building,
        entry.unit,
        func.sum(whole).label("balance_fen"),
        func.sum(entry.principal_fen).filter(opening).label("opened_fen"),
        func.sum(whole).filter(entry.kind == "custody").label("custody_fen"),
        func.sum(whole).filter(opening).label("brought_fen"),
    ).where(entry.part == "owner", entry.position <= cut.position, *_between(postings, first, last))
    if cut.as_of is not None:
        wanted = wanted.where(entry.value_date <= cut.as_of)
    for row in connection.execute(wanted.group_by(entry.building, entry.unit)):
        paid = found[Place(row.building, row.unit)]
        paid.balance_fen = int(row.balance_fen)
        paid.opened_fen = int(row.opened_fen or 0)
        paid.opened = bool(row.brought_fen)
        paid.handed_over = (row.custody_fen or 0) < 0


def _add_decisions(
    connection: Connection, cut: Cut, found: defaultdict[Place, Paid], first: Place, last: Place
) -> None:
    """The last decision of a kind counts: by its day, then by record."""
    made = due_decisions.c
    wanted = select(due_decisions).where(made.position <= cut.position, *_between(due_decisions, first, last))
    if cut.as_of is not None:
        wanted = wanted.where(made.decided_on <= cut.as_of)
    for row in connection.execute(wanted.order_by(made.decided_on, made.position)):
        paid = found[Place(row.building, row.unit)]
        if row.kind == "override":
            paid.due_fen = row.due_fen
        else:
            paid.exempt, paid.until = row.kind == "exempt", row.until


class Owed(NamedTuple):
    """What one owner owes, in fen; ``missing_fen`` None: nothing is due by rule, or an opening hides it."""

    on: date
    rate: Rate | None
    basis: Basis
    due_fen: Fen | None
    missing_fen: Fen | None


class Rates:
    """Rates met in one list: thousands of units share a few."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._met: dict[tuple[str, Fund, bool, int, date], Rate | None] = {}

    def owed(self, cut: Cut, row: Row[Any], paid: Paid) -> Owed:
        """What the owner of a row of ``owners`` owes."""
        on = paid.first_on or cut.asked
        kind = row.county, row.fund, row.lift, row.storeys, on
        if kind not in self._met:
            self._met[kind] = rate(self._policy, *kind)
        known = self._met[kind]
        basis, due = _due(cut, row, paid, known)
        missing = None if due is None or paid.opened else max(due - paid.paid_fen, 0)
        return Owed(on, known, basis, due, missing)


def _due(cut: Cut, row: Row[Any], paid: Paid, known: Rate | None) -> tuple[Basis, Fen | None]:
    if paid.exempt_on(cut.asked):
        return "exempt", None
    if paid.due_fen is not None:
        return "decided", paid.due_fen
    return ("unknown", None) if known is None else ("standard", known.due_fen(row.area_dm2))


def unit_due(cut: Cut, row: Row[Any], paid: Paid, owed: Owed) -> UnitDue:
    """The same as people read it."""
    year_from, year_to = standard_year(owed.on)
    known, completed = owed.rate, row.completed_on
    return UnitDue(
        county=row.county,
        estate=row.estate,
        building=row.building,
        unit=row.unit,
        fund=row.fund,
        area_dm2=row.area_dm2,
        basis=owed.basis,
        on=owed.on,
        standard=None if known is None else yuan(known.fen_per_m2),
        factor=None if known is None else str(known.factor),
        source=None if known is None else known.source,
        year_from=year_from,
        year_to=year_to,
        due=None if owed.due_fen is None else yuan(owed.due_fen),
        opened=paid.opened,
        paid=yuan(paid.paid_fen),
        missing=None if owed.missing_fen is None else yuan(owed.missing_fen),
        completed_on=completed,
        days=None if completed is None else (cut.asked - completed).days,
    )
