"""What things were called (名称) at a position of the log, for the archives of audit files."""

from sqlalchemy import JSON, Connection, Select, cast, select

from exports.items import Names
from ledger.events import RepairPaid
from ledger.identity import Fund, repair_stream
from ledger.store.tables import events
from projections.accounts import accounts
from projections.buildings import buildings
from projections.designations import designations
from projections.lot_entries import lot_entries


def names(connection: Connection, position: int, county: str, fund: Fund) -> Names:
    """The names of one book's estates, buildings, bank accounts, deposits and bonds, and of the firms it met.

    Persons are never among them: who was paid as a person is known to the log by a reference only.
    """
    found = connection.execute(
        select(buildings.c.building, buildings.c.estate, buildings.c.estate_name, buildings.c.name)
        .where(buildings.c.county == county, buildings.c.position <= position)
        .order_by(buildings.c.position)
    ).all()
    return Names(
        estates={row.estate: row.estate_name for row in found},
        buildings={row.building: row.name for row in found},
        banks=dict(_told(connection, _banks(position, county, fund))),
        lots=dict(_told(connection, _lots(position, county, fund))),
        firms=tuple(
            sorted({*_sellers(connection, position, county, fund), *_paid(connection, position, county)})
        ),
    )


def _told(connection: Connection, wanted: Select[str, str | None]) -> list[tuple[str, str]]:
    """Codes with their names; a code without one is its own name."""
    return [(code, f"{name} {code}" if name else code) for code, name in connection.execute(wanted)]


def _banks(position: int, county: str, fund: Fund) -> Select[str, str | None]:
    mine = designations.c
    return (
        select(mine.account, mine.bank)
        .where(mine.county == county, mine.fund == fund, mine.position <= position, ~mine.closed)
        .order_by(mine.position)
    )


def _lots(position: int, county: str, fund: Fund) -> Select[str, str | None]:
    mine = lot_entries.c
    return (
        select(mine.lot, mine.name)
        .where(
            mine.county == county,
            mine.fund == fund,
            mine.position <= position,
            mine.kind == "lot-placed",
            mine.reverses_version.is_(None),
        )
        .order_by(mine.position)
    )


def _sellers(connection: Connection, position: int, county: str, fund: Fund) -> set[str]:
    """Selling units (售房单位) of public housing."""
    mine = accounts.c
    wanted = (
        select(mine.seller)
        .distinct()
        .where(mine.county == county, mine.fund == fund, mine.position <= position, mine.seller.is_not(None))
    )
    return set(connection.scalars(wanted))


def _paid(connection: Connection, position: int, county: str) -> set[str]:
    """Firms that repairs of the county were paid to (收款单位)."""
    payee = cast(events.c.data, JSON)["payee"]
    wanted = (
        select(payee["name"].as_string())
        .distinct()
        .where(
            events.c.topic == RepairPaid.TOPIC,
            events.c.stream.startswith(repair_stream(county, ""), autoescape=True),
            events.c.position <= position,
            payee["kind"].as_string() == "firm",
        )
    )
    return {name for name in connection.scalars(wanted) if name}
