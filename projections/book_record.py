"""The record of a book (账套档案): its designated accounts, its closings, and what it did every year."""

from datetime import date

import msgspec
from sqlalchemy import Connection, Row, Table, select

from ledger.identity import Fund, book_stream, event_id
from ledger.money import yuan
from projections.checkpoints import position as reached
from projections.closings import closings
from projections.designations import designations
from projections.yearly import yearly


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """A designated account: first and last day (None: still one)."""

    account: str
    bank: str
    name: str
    tender: str | None
    since: date
    until: date | None
    event: str


class ReconciliationView(msgspec.Struct, frozen=True, kw_only=True):
    """A reconciliation through a day; balances and what no item explains in yuan."""

    account: str
    through: date
    bank: str
    ledger: str
    difference: str
    items: int
    event: str


class PublicationView(msgspec.Struct, frozen=True, kw_only=True):
    """A publication of a year: accounts listed, yuan held at its end, and the sheet's SHA-256."""

    year: int
    estate: str | None
    published_on: date
    accounts: int
    held: str
    sha256: str
    event: str


class ClosingView(msgspec.Struct, frozen=True, kw_only=True):
    """A closed period."""

    period: str
    event: str


class BookRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a book as known at a position, each list in the order of the log."""

    book: str
    position: str
    accounts: tuple[AccountView, ...]
    closings: tuple[ClosingView, ...]
    reconciliations: tuple[ReconciliationView, ...]
    publications: tuple[PublicationView, ...]


def book_record(connection: Connection, county: str, fund: Fund, position: int | None = None) -> BookRecord:
    """The record of a book, as known at a position (None: now)."""
    known = reached(connection)
    cut = known if position is None else min(position, known)

    def of(table: Table) -> list[Row[tuple[object, ...]]]:
        here = table.c.county == county, table.c.fund == fund, table.c.position <= cut
        return list(connection.execute(select(table).where(*here).order_by(table.c.position)).all())

    name, done = book_stream(county, fund), of(yearly)
    return BookRecord(
        book=f"{county}/{fund}",
        position=str(cut),
        accounts=_accounts(name, of(designations)),
        closings=tuple(
            ClosingView(period=row.period, event=event_id(name, row.version)) for row in of(closings)
        ),
        reconciliations=tuple(
            ReconciliationView(
                account=row.account,
                through=row.value_date,
                bank=yuan(row.bank_fen),
                ledger=yuan(row.ledger_fen),
                difference=yuan(row.difference_fen),
                items=row.items,
                event=event_id(name, row.version),
            )
            for row in done
            if row.kind == "reconciliation"
        ),
        publications=tuple(
            PublicationView(
                year=row.year,
                estate=row.estate,
                published_on=row.value_date,
                accounts=row.items,
                held=yuan(row.ledger_fen),
                sha256=row.sha256,
                event=event_id(name, row.version),
            )
            for row in done
            if row.kind == "publication"
        ),
    )


def _accounts(name: str, rows: list[Row[tuple[object, ...]]]) -> tuple[AccountView, ...]:
    """Each designation with the closing that gave it up: the next one of its account in the log."""
    found: list[AccountView] = []
    for row in rows:
        if row.closed:
            found = [
                msgspec.structs.replace(each, until=row.value_date)
                if (each.account, each.until) == (row.account, None)
                else each
                for each in found
            ]
        else:
            found.append(
                AccountView(
                    account=row.account,
                    bank=row.bank,
                    name=row.name,
                    tender=row.tender,
                    since=row.value_date,
                    until=None,
                    event=event_id(name, row.version),
                )
            )
    return tuple(found)
