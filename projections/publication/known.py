"""How much of the log a pack knows: each of its buildings up to a position of its own.

A publication names the version of each building that it read. Something may have been recorded between that
read and the publication itself, so its place in the log is no cut for the buildings; theirs are.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Row, Values, column, select, text, values

from ledger.events import Event, PublicationIssued
from ledger.identity import Fund, book_stream, building_stream, event_id
from ledger.store.codec import decode
from ledger.store.tables import KEY
from projections.accounts import accounts
from projections.publication.pack import Issued
from projections.yearly import yearly

Place = tuple[str, int]
"""Stream and version of an event."""

_NAMED = text(
    "select e.stream, e.version, e.topic, e.schema, e.data, e.position"
    " from unnest(cast(:streams as text[]), cast(:versions as integer[])) as wanted (stream, version)"
    " join log.events e on e.stream = wanted.stream and e.version = wanted.version"
)


class Known(NamedTuple):
    """The publication there is (None: a draft), and the position up to which each building counts."""

    issued: Issued | None
    position: int
    buildings: Mapping[str, int]

    @property
    def cuts(self) -> Values:
        """The buildings and their positions, as a table to join."""
        found = values(column("building", KEY), column("position", BigInteger), name="known")
        return found.data(sorted(self.buildings.items()))

    def only(self, buildings: Iterable[str]) -> "Known":
        """The same of some of the buildings."""
        return self._replace(buildings={code: self.buildings[code] for code in buildings})


def named(connection: Connection, places: Iterable[Place]) -> dict[Place, Event]:
    """The events of these names, as far as the log has them."""
    return {(row.stream, row.version): _event(row) for row in _rows(connection, places)}


def _rows(connection: Connection, places: Iterable[Place]) -> list[Row[Any]]:
    wanted = sorted(set(places))
    if not wanted:
        return []
    streams, versions = zip(*wanted, strict=True)
    return list(connection.execute(_NAMED, {"streams": list(streams), "versions": list(versions)}))


def _event(row: Row[Any]) -> Event:
    return decode(row.topic, row.schema, row.data)


def known(connection: Connection, county: str, fund: Fund, estate: str | None, year: int, cut: int) -> Known:
    """The last publication of the year that covers the estate (None: the whole book) at a cut of the log.

    Without one, the buildings of the draft: those with accounts of this fund kind.
    """
    row = yearly.c
    covers = row.estate.is_(None) if estate is None else (row.estate.is_(None) | (row.estate == estate))
    published = connection.execute(
        select(row.version, row.position)
        .where(row.county == county, row.fund == fund, row.kind == "publication", row.year == year)
        .where(covers, row.position <= cut)
        .order_by(row.position.desc())
        .limit(1)
    ).one_or_none()
    if published is None:
        return Known(None, cut, dict.fromkeys(_of_book(connection, county, fund, cut), cut))
    name = book_stream(county, fund)
    event = named(connection, [(name, published.version)])[name, published.version]
    if not isinstance(event, PublicationIssued):
        raise TypeError(f"{event.TOPIC} is no publication")
    issued = Issued(
        event_id(name, published.version), event.value_date, event.estate, event.accounts, event.sha256
    )
    read = [(building_stream(each.building), each.version) for each in event.buildings]
    prefix = len(building_stream(""))
    cuts = {found.stream[prefix:]: found.position for found in _rows(connection, read)}
    return Known(issued, published.position, cuts)


def _of_book(connection: Connection, county: str, fund: Fund, cut: int) -> list[str]:
    account = accounts.c
    wanted = select(account.building).where(
        account.county == county, account.fund == fund, account.position <= cut
    )
    return list(connection.execute(wanted.distinct()).scalars())
