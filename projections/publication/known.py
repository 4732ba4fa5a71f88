"""How much of the log a pack knows: each of its buildings up to a position of its own.

A publication names the version of each building that it read. Something may have been recorded between that
read and the publication itself, so its place in the log is no cut for the buildings; theirs are.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Values, column, select, values

from ledger.events import PublicationIssued
from ledger.identity import Fund, book_stream, event_id
from ledger.store.tables import KEY
from projections.accounts import accounts
from projections.facts import BUILDING
from projections.originals import named
from projections.publication.pack import Issued
from projections.yearly import yearly


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
    [(_, _, _, event)] = named(connection, [(name, published.version)])
    if not isinstance(event, PublicationIssued):
        raise TypeError(f"{event.TOPIC} is no publication")
    issued = Issued(
        event_id(name, published.version), event.value_date, event.estate, event.accounts, event.sha256
    )
    read = named(connection, ((BUILDING + each.building, each.version) for each in event.buildings))
    cuts = {found.stream[len(BUILDING) :]: found.position for found in read}
    return Known(issued, published.position, cuts)


def _of_book(connection: Connection, county: str, fund: Fund, cut: int) -> list[str]:
    account = accounts.c
    wanted = select(account.building).where(
        account.county == county, account.fund == fund, account.position <= cut
    )
    return list(connection.execute(wanted.distinct()).scalars())
