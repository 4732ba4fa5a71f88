"""Sales of public housing (公有住房出售): what the selling unit received for each unit, and when."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Table

from ledger.events import PublicUnitSold
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.facts import BUILDING

unit_sales = Table(
    "unit_sales",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("building", KEY, nullable=False, comment="楼幢编码"),
    Column("unit", KEY, nullable=False, comment="户号"),
    Column("seller", KEY, comment="售房单位"),
    Column("received_on", Date, nullable=False, comment="收款日期"),
    Column("proceeds_fen", BigInteger, nullable=False, comment="售房款"),
    Column("corrects", Boolean, nullable=False, comment="takes the place of the one before"),
    Index(None, "building", "unit"),
    schema="read",
)


class UnitSales(Appended):
    """The read model of ``read.unit_sales``."""

    name = "unit_sales"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each sale recorded."""
        return [
            (
                position,
                stream[len(BUILDING) :],
                event.unit,
                event.seller,
                event.value_date,
                event.proceeds_fen,
                event.corrects,
            )
            for position, stream, _, event in batch.of(PublicUnitSold)
        ]
