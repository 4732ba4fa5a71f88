"""The summary (汇总): the fund's totals by county, as of a value date, as known at a position.

Every sum is computed by the database over postings and book entries; only the last few additions are here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, exists, func, select

from ledger import policy
from ledger.identity import Fund
from ledger.money import Fen, yuan
from projections.accounts import accounts
from projections.book_entries import book_entries
from projections.buildings import buildings
from projections.checkpoints import position as reached
from projections.postings import postings


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Totals of a county or of all; amounts in yuan. What each one means: the house plan, §6 Totals."""

    collected: str
    deposits: str
    growth: str
    withdrawn: str
    refunded: str
    other: str
    balance: str
    undistributed: str
    estates: int
    buildings: int
    units: int


class CountyTotals(Totals, frozen=True, kw_only=True):
    """The totals of one county (区县), by code and name."""

    code: str
    name: str


class Summary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The totals, and the same for every county that has data.

    ``position`` says what the answer knew: the same question with ``known_at`` set to it repeats for ever.
    ``fund`` is there where only one fund kind was asked for.
    """

    as_of: date | None
    known_at: str | None
    position: str
    total: Totals
    counties: tuple[CountyTotals, ...]
    fund: Fund | None = None


@dataclass(slots=True)
class _Sums:
    """What the database added up for one county, in fen."""

    principal: dict[str, Fen] = field(default_factory=dict)
    interest: dict[str, Fen] = field(default_factory=dict)
    book: dict[str, Fen] = field(default_factory=dict)
    estates: int = 0
    buildings: int = 0
    units: int = 0

    def add(self, other: "_Sums") -> None:
        for mine, theirs in (
            (self.principal, other.principal),
            (self.interest, other.interest),
            (self.book, other.book),
        ):
            for kind, amount in theirs.items():
                mine[kind] = mine.get(kind, 0) + amount
        self.estates += other.estates
        self.buildings += other.buildings
        self.units += other.units

    def fields(self) -> dict[str, Any]:
        """The totals by the definitions of the house plan, §6."""
        deposits = _of(self.principal, "deposit", "opening")
        growth = _of(self.book, "gain") + _of(self.interest, "opening")
        withdrawn = -self._moved("withdrawal", "return")
        refunded = -self._moved("refund", "custody")
        other = _of(self.book, "other-income") - _of(self.book, "other-expense") + self._moved("income")
        balance = deposits + growth + other - withdrawn - refunded
        on_units = sum(self.principal.values()) + sum(self.interest.values())
        return {
            "collected": yuan(deposits + growth),
            "deposits": yuan(deposits),
            "growth": yuan(growth),
            "withdrawn": yuan(withdrawn),
            "refunded": yuan(refunded),
            "other": yuan(other),
            "balance": yuan(balance),
            "undistributed": yuan(balance - on_units),
            "estates": self.estates,
            "buildings": self.buildings,
            "units": self.units,
        }

    def _moved(self, *kinds: str) -> Fen:
        return _of(self.principal, *kinds) + _of(self.interest, *kinds)


def _of(sums: Mapping[str, Fen], *kinds: str) -> Fen:
    return sum(sums.get(kind, 0) for kind in kinds)


def summary(
    connection: Connection,
    county: str | Collection[str] | None = None,
    as_of: date | None = None,
    position: int | None = None,
    fund: Fund | None = None,
) -> Summary:
    """The totals of all counties, of one or of some; of both books (账套) or of one ``fund`` kind.

    ``as_of`` cuts money by value date, ``position`` cuts everything by what the log held; without them
    nothing is cut. The connection is READ COMMITTED, as a rebuild may swap the tables between statements.
    """
    known_counties = policy.load().county_of
    codes = _codes(county)
    known = reached(connection)
    cut = known if position is None else min(position, known)
    by_county: dict[str, _Sums] = {}
    _add_units(connection, by_county, [*_cuts(postings, codes, cut, as_of), *_of_fund(postings, fund)])
    _add_books(
        connection, by_county, [*_cuts(book_entries, codes, cut, as_of), *_of_fund(book_entries, fund)]
    )
    _add_counts(connection, by_county, codes, cut, fund)
    total = _Sums()
    for sums in by_county.values():
        total.add(sums)
    return Summary(
        as_of=as_of,
        known_at=None if position is None else str(position),
        position=str(cut),
        total=Totals(**total.fields()),
        counties=tuple(
            CountyTotals(
                code=code,
                name=known_counties[code].name if code in known_counties else code,
                **sums.fields(),
            )
            for code, sums in sorted(by_county.items())
        ),
        fund=fund,
    )


def _codes(county: str | Collection[str] | None) -> Collection[str] | None:
    """Today's codes of one county or of several; a code that is not known finds nothing."""
    if county is None:
        return None
    known = policy.load().county_of
    asked = [county] if isinstance(county, str) else county
    return {known[code].code if code in known else code for code in asked}


def _cuts(
    table: Table, counties: Collection[str] | None, cut: int, as_of: date | None
) -> list[ColumnElement[bool]]:
    cuts = [table.c.position <= cut]
    if counties is not None:
        cuts.append(table.c.county.in_(counties))
    if as_of is not None:
        cuts.append(table.c.value_date <= as_of)
    return cuts


def _of_fund(table: Table, fund: Fund | None) -> list[ColumnElement[bool]]:
    return [] if fund is None else [table.c.fund == fund]


def _add_units(connection: Connection, found: dict[str, _Sums], cuts: Iterable[ColumnElement[bool]]) -> None:
    moved = select(
        postings.c.county,
        postings.c.kind,
        func.sum(postings.c.principal_fen),
        func.sum(postings.c.interest_fen),
    )
    for county, kind, principal, interest in connection.execute(
        moved.where(*cuts).group_by(postings.c.county, postings.c.kind)
    ):
        sums = found.setdefault(county, _Sums())
        sums.principal[kind] = int(principal)
        sums.interest[kind] = int(interest)


def _add_books(connection: Connection, found: dict[str, _Sums], cuts: Iterable[ColumnElement[bool]]) -> None:
    entries = book_entries.c
    moved = select(entries.county, entries.kind, func.sum(entries.amount_fen))
    for county, kind, amount in connection.execute(moved.where(*cuts).group_by(entries.county, entries.kind)):
        found.setdefault(county, _Sums()).book[kind] = int(amount)


def _add_counts(
    connection: Connection,
    found: dict[str, _Sums],
    counties: Collection[str] | None,
    cut: int,
    fund: Fund | None,
) -> None:
    """Estates, buildings and units known at the position; a unit counts once, by its owner's account.

    Of one fund kind a building counts where it has units of it. A unit that was closed by
    then (销户) counts no longer.
    """
    stood = select(buildings.c.county, func.count(buildings.c.estate.distinct()), func.count()).where(
        *_cuts(buildings, counties, cut, None)
    )
    if fund is not None:
        housed = accounts.c.building == buildings.c.building
        stood = stood.where(exists().where(housed, accounts.c.fund == fund, accounts.c.position <= cut))
    for code, estates, number in connection.execute(stood.group_by(buildings.c.county)):
        sums = found.setdefault(code, _Sums())
        sums.estates = estates
        sums.buildings = number
    owned = select(accounts.c.county, func.count()).where(
        accounts.c.part == "owner",
        (accounts.c.closed_position.is_(None)) | (accounts.c.closed_position > cut),
        *_cuts(accounts, counties, cut, None),
        *_of_fund(accounts, fund),
    )
    for code, number in connection.execute(owned.group_by(accounts.c.county)):
        found.setdefault(code, _Sums()).units = number
