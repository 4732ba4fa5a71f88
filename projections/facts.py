"""What a posting must know of its building and unit: county, estate and fund kind, kept in memory.

Facts come from the batch itself, and for older buildings from the read tables, only for buildings that are
met: a short run costs what it touches. They never change, so keeping some of a batch that was rolled back
does no harm.
"""

from collections.abc import Iterable
from typing import NamedTuple, cast

from sqlalchemy import Engine, bindparam, text

from ledger.events import BuildingOpened, UnitsChanged, UnitsRegistered
from ledger.identity import Fund
from projections.batch import Batch, ProjectionStopped

BUILDING = "building/"


class Place(NamedTuple):
    """Where a building stands, and the fund kind of each of its units."""

    county: str
    estate: str
    funds: dict[str, Fund]


class Facts:
    """Facts of the buildings seen so far, from the events alone: what a rebuild uses."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def learn(self, batch: Batch) -> None:
        """Take in the buildings and units that the batch brings."""
        opened = {row.stream for row in batch.rows if row.topic == BuildingOpened.TOPIC}
        streams = {row.stream for row in batch.rows if row.stream.startswith(BUILDING)} - opened
        self._recall({stream[len(BUILDING) :] for stream in streams} - self._places.keys())
        for position, stream, _, event in batch.of(BuildingOpened, UnitsRegistered, UnitsChanged):
            if type(event) is BuildingOpened:
                place = Place(event.county, event.estate, {})
                self._places.setdefault(stream[len(BUILDING) :], place)
            elif type(event) is UnitsRegistered:
                funds = self.place(stream, position).funds
                for line in event.lines:
                    funds[line.unit] = line.fund
            elif type(event) is UnitsChanged:
                funds = self.place(stream, position).funds
                funds.update((line.unit, line.fund) for line in event.after)

    def place(self, stream: str, position: int) -> Place:
        """The building of a stream; raises ProjectionStopped when it was never opened."""
        found = self._places.get(stream[len(BUILDING) :])
        if found is None:
            raise ProjectionStopped(position, f"{stream} 没有建账")
        return found

    def fund(self, stream: str, unit: str, position: int) -> Fund:
        """The fund kind of a unit; raises ProjectionStopped when it was never registered.

        Another follower may have registered the unit since the building was recalled: look once more.
        """
        funds = self.place(stream, position).funds
        if unit not in funds:
            self._recall({stream[len(BUILDING) :]})
        if unit not in funds:
            raise ProjectionStopped(position, f"{stream} 没有户号 {unit}")
        return funds[unit]

    def _recall(self, buildings: Iterable[str]) -> None:
        """Nothing is known but what was learned."""

    def _remember(self, building: str, county: str, estate: str) -> dict[str, Fund]:
        return self._places.setdefault(building, Place(county, estate, {})).funds


_STORED = text(
    "select b.building, b.county, b.estate, a.unit, a.fund from read.buildings b"
    " left join read.accounts a on a.building = b.building and a.part = 'owner'"
    " where b.building = any(cast(:buildings as text[]))"
).bindparams(bindparam("buildings"))


class StoredFacts(Facts):
    """Facts that go on from the read tables: what a follower uses.

    Buildings and accounts must have read at least as far as the model that asks; the follower sees to it.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def _recall(self, buildings: Iterable[str]) -> None:
        wanted = list(buildings)
        if not wanted:
            return
        with self._engine.connect() as connection:
            for building, county, estate, unit, fund in connection.execute(_STORED, {"buildings": wanted}):
                funds = self._remember(building, county, estate)
                if unit is not None:
                    funds.setdefault(unit, cast("Fund", fund))
