"""Buildings (楼幢): the facts as they entered the ledger."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Table

from ledger.events import BuildingOpened
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.facts import BUILDING

buildings = Table(
    "buildings",
    metadata,
    Column("building", KEY, primary_key=True, comment="building code (楼幢编码)"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("estate", KEY, nullable=False, comment="小区编码"),
    Column("estate_name", KEY, nullable=False, comment="小区名称"),
    Column("name", KEY, nullable=False, comment="幢号"),
    Column("management", KEY, nullable=False, comment="管理方式"),
    Column("lift", Boolean, nullable=False),
    Column("storeys", Integer, nullable=False),
    Column("completed_on", Date),
    Column("warranty_until", Date),
    Column("position", BigInteger, nullable=False, comment="opened at"),
    schema="read",
)


class Buildings(Appended):
    """The read model of ``read.buildings``."""

    name = "buildings"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each building opened."""
        return [
            (
                stream[len(BUILDING) :],
                event.county,
                event.estate,
                event.estate_name,
                event.name,
                event.management,
                event.lift,
                event.storeys,
                event.completed_on,
                event.warranty_until,
                position,
            )
            for position, stream, _, event in batch.of(BuildingOpened)
        ]
