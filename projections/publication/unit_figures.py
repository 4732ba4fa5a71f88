"""The figures of every account of a pack, added up from the postings: not how the ledger made its sheet."""

from collections import defaultdict
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, literal, select

from ledger.events import EntryKind
from ledger.identity import PART_NAMES, Fund
from ledger.money import Fen, yuan
from ledger.policy.dues import Floor
from projections.accounts import accounts
from projections.buildings import buildings
from projections.deposits import deposits
from projections.obligations import obligations
from projections.postings import postings
from projections.publication.known import Known
from projections.publication.pack import FIGURES, Account, Building, Figures
from projections.unit_facts import unit_facts

_MOVES: Final[dict[str, tuple[EntryKind, ...]]] = {
    "deposit": ("opening", "deposit"),
    "gain": ("interest",),
    "income": ("income",),
    "used": ("withdrawal", "return"),
    "returned": ("refund", "custody", "moved"),
}
"""Figures of the year's movements, and the kinds of postings that each adds up."""

Key = tuple[str, str, str]
"""Building, unit and part."""


class _Money(NamedTuple):
    figures: Figures = Figures()
    handed_over: bool = False


def building_figures(
    connection: Connection, known: Known, fund: Fund, year: int, floor: Floor | None
) -> tuple[Building, ...]:
    """Every building of the pack that has accounts of this fund kind, by code, with its accounts."""
    if not known.buildings:
        return ()
    cuts = known.cuts
    account, facts = accounts.c, buildings.c
    wanted = (
        select(
            account.building,
            account.unit,
            account.part,
            account.closed_position,
            cuts.c.position.label("cut"),
            facts.name,
            facts.estate,
            facts.estate_name,
        )
        .join_from(accounts, cuts, account.building == cuts.c.building)
        .join(buildings, account.building == facts.building)
        .where(account.fund == fund, account.position <= cuts.c.position)
        .order_by(account.building, account.unit, account.part)
    )
    rows = connection.execute(wanted).all()
    areas, firsts = _areas(connection, known), _firsts(connection, known, year)
    money, gone = _money(connection, known, fund, year), _gone(connection, known, year)

    def account_of(row: Any) -> Account:
        key = row.building, row.unit, row.part
        held, first = money[key], firsts[key]
        closed = row.closed_position is not None and row.closed_position <= row.cut
        left = closed or held.handed_over or row.building in gone or row.part != "owner"
        below = floor is not None and first > 0 and not left and held.figures.closing < floor.floor_fen(first)
        area_dm2 = areas[row.building, row.unit]
        return Account(row.unit, row.part, area_dm2, held.figures, first, below, closed)

    found = []
    for code, own in groupby(rows, key=lambda row: str(row.building)):
        first, *others = own
        listed = tuple(map(account_of, (first, *others)))
        found.append(Building(code, first.name, first.estate, first.estate_name, listed))
    return tuple(found)


def sheet(found: tuple[Building, ...]) -> str:
    """The published sheet (公布表) as these figures make it: CSV, amounts in yuan."""
    lines = [",".join(("楼幢编码", "户号", "归属", *FIGURES.values()))]
    for building in found:
        for each in building.accounts:
            amounts = map(yuan, each.figures)
            lines.append(",".join((building.building, each.unit, PART_NAMES[each.part], *amounts)))
    return "".join(f"{line}\n" for line in lines)


def _money(connection: Connection, known: Known, fund: Fund, year: int) -> defaultdict[Key, _Money]:
    """What every account with postings held and moved, and whether it is in other custody (划转)."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    cuts, entry = known.cuts, postings.c
    amount = entry.principal_fen + entry.interest_fen

    def added(*wanted: ColumnElement[bool]) -> ColumnElement[int]:
        return cast(func.coalesce(func.sum(amount).filter(*wanted), 0), BigInteger)

    moved = [added(entry.value_date >= first, entry.kind.in_(kinds)) for kinds in _MOVES.values()]
    query = (
        select(
            entry.building,
            entry.unit,
            entry.part,
            added(entry.kind == "custody").label("custody_fen"),
            added(entry.value_date < first),
            *moved,
            added(literal(True)),
        )
        .join(cuts, entry.building == cuts.c.building)
        .where(entry.fund == fund, entry.value_date <= last, entry.position <= cuts.c.position)
        .group_by(entry.building, entry.unit, entry.part)
    )
    found: defaultdict[Key, _Money] = defaultdict(_Money)
    for building, unit, part, custody, *sums in connection.execute(query):
        found[building, unit, part] = _Money(Figures(*sums), custody < 0)
    return found


def _areas(connection: Connection, known: Known) -> dict[tuple[str, str], int]:
    """The area of every unit as recorded last."""
    cuts, said = known.cuts, unit_facts.c
    query = (
        select(said.building, said.unit, said.area_dm2)
        .join(cuts, said.building == cuts.c.building)
        .where(said.position <= cuts.c.position, said.kind.in_(("registered", "opened", "corrected")))
        .order_by(said.position)
    )
    return {(building, unit): area_dm2 for building, unit, area_dm2 in connection.execute(query)}


def _firsts(connection: Connection, known: Known, year: int) -> defaultdict[Key, Fen]:
    """First deposits (首期) at the end of the year, also what came with a split or merger."""
    cuts, line = known.cuts, deposits.c
    query = (
        select(line.building, line.unit, line.part, cast(func.sum(line.amount_fen), BigInteger))
        .join(cuts, line.building == cuts.c.building)
        .where(line.position <= cuts.c.position, line.value_date <= date(year, 12, 31))
        .where(line.kind.in_(("first", "moved")))
        .group_by(line.building, line.unit, line.part)
    )
    found: defaultdict[Key, Fen] = defaultdict(int)
    for building, unit, part, amount in connection.execute(query):
        found[building, unit, part] = amount
    return found


def _gone(connection: Connection, known: Known, year: int) -> set[str]:
    """The buildings that are gone (灭失) at the end of the year."""
    cuts, owed = known.cuts, obligations.c
    query = (
        select(owed.building)
        .join(cuts, owed.building == cuts.c.building)
        .where(owed.kind == "arisen", owed.position <= cuts.c.position)
        .where(owed.value_date <= date(year, 12, 31))
        .group_by(owed.building)
        .having(func.sum(owed.amount_fen) > 0)
    )
    return set(connection.execute(query).scalars())
