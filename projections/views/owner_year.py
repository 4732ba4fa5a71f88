"""One owner's yearly statement (业主年度对账单): the unit's accounts over a year, and their entries in it."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection

from ledger.events import EntryKind
from ledger.identity import Part
from ledger.money import yuan
from projections.views.entries import ENTRIES
from projections.views.owner_statements import OWNER_STATEMENTS, year_of
from projections.views.paging import stream
from projections.views.showing import Persons, exact, named
from projections.views.view import Asked, View, ask


class AccountYear(msgspec.Struct, frozen=True, kw_only=True):
    """One account over the year, in yuan.

    closing = opening + deposits + credited + income - repaired - refunded + moved.
    """

    part: Part
    opening: str
    deposits: str
    credited: str
    income: str
    repaired: str
    refunded: str
    moved: str
    closing: str


class EntryOfYear(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the year; amounts in yuan, ``balance`` of its account after it."""

    value_date: date
    part: Part
    kind: EntryKind
    reversal: bool
    amount: str
    balance: str
    event: str


class OwnerYear(msgspec.Struct, frozen=True, kw_only=True):
    """The statement of a unit for a year; ``serial`` names it, and its position repeats it for ever.

    ``owner`` is who owned the unit at the end of the year, as the caller may see it; area in m². ``remark``
    says why interest may be low: the book has deposits that have not matured.
    """

    serial: str
    year: int
    county: str
    estate_name: str
    building: str
    name: str
    unit: str
    area: str
    owner: str | None
    known_at: str | None
    position: str
    opening: str
    closing: str
    accounts: tuple[AccountYear, ...]
    entries: tuple[EntryOfYear, ...]
    remark: str | None


def owner_year(
    connection: Connection,
    building: str,
    unit: str,
    year: int,
    *,
    position: int | None = None,
    persons: Persons | None = None,
) -> OwnerYear | None:
    """The statement, or None where the ledger knew no such unit, or it was closed before the year.

    Raises InputError ``filter-invalid`` for what is no year.
    """
    first, last = year_of(year)
    place = {"building": building, "unit": unit}
    asked = ask(connection, OWNER_STATEMENTS, position=position, filters={**place, "year": str(year)})
    accounts = _rows(connection, OWNER_STATEMENTS, asked, persons)
    if not accounts:
        return None
    within = {**place, "from": first.isoformat(), "to": last.isoformat()}
    entries = ask(connection, ENTRIES, position=asked.cut, filters=within)
    shown = accounts[0]
    placed = shown["placed"]
    return OwnerYear(
        serial=f"{year}/{building}/{unit}@{asked.cut}",
        year=year,
        **{name: shown[name] for name in ("county", "estate_name", "building", "name", "unit", "owner")},
        area=yuan(shown["area"]),
        known_at=asked.known_at,
        position=str(asked.cut),
        opening=yuan(sum(account["opening"] for account in accounts)),
        closing=yuan(sum(account["closing"] for account in accounts)),
        accounts=tuple(_filled(AccountYear, OWNER_STATEMENTS, account) for account in accounts),
        entries=tuple(
            _filled(EntryOfYear, ENTRIES, entry) for entry in _rows(connection, ENTRIES, entries, None)
        ),
        remark=f"本账套年末有未到期定期存款 {yuan(placed)} 元，其利息到期后计入分户账" if placed else None,
    )


def _rows(connection: Connection, view: View, asked: Asked, persons: Persons | None) -> list[dict[str, Any]]:
    names = [column.name for column in view.columns]
    found = named(view, list(stream(connection, view, asked)), persons)
    return [dict(zip(names, row, strict=True)) for row in found]


def _filled(kind: type[Any], view: View, row: dict[str, Any]) -> Any:
    """A struct of a row: amounts as texts, days as days."""
    return kind(
        **{
            name: row[name] if isinstance(row[name], date) else exact(view.column(name), row[name])
            for name in kind.__struct_fields__
        }
    )
