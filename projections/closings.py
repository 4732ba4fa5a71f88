"""Closings (结账): months and years that books have closed, by their place in the log."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from ledger.events import PeriodClosed
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch

closings = Table(
    "closings",
    metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("period", KEY, nullable=False, comment="2026-10 or 2026"),
    Column("kind", KEY, nullable=False, comment="month or year"),
    Column("ends", Date, nullable=False, comment="last day of the period"),
    Column("version", Integer, nullable=False, comment="of its event in the book's stream"),
    PrimaryKeyConstraint("position"),
    Index(None, "county", "fund", "ends"),
    schema="read",
)


class Closings(Appended):
    """The read model of ``read.closings``."""

    name = "closings"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each closing."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(PeriodClosed):
            _, county, fund = stream.split("/")
            rows.append((position, county, fund, event.period, event.kind, event.ends, version))
        return rows
