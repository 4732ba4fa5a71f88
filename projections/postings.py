"""Postings (分录): every entry on a unit account, bitemporal: by value date and by position."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.entries import Entries

postings = Table(
    "postings",
    metadata,
    Column("position", BigInteger, nullable=False),
    Column("line", Integer, nullable=False, comment="index of the line in its event"),
    Column("building", KEY, nullable=False, comment="楼幢编码"),
    Column("unit", KEY, nullable=False, comment="户号"),
    Column("part", KEY, nullable=False, comment="owner (业主) or seller (售房单位)"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("value_date", Date, nullable=False, comment="when it counts (入账日期)"),
    Column("kind", KEY, nullable=False),
    Column("entry", KEY, nullable=False, comment="by which posting rule it is booked (记账规则)"),
    Column("principal_fen", BigInteger, nullable=False, comment="fen; negative: money out"),
    Column("interest_fen", BigInteger, nullable=False, comment="fen; negative: money out"),
    Column("version", Integer, nullable=False, comment="of its event in the building's stream"),
    Column("reversal", Boolean, nullable=False, comment="冲正"),
    PrimaryKeyConstraint("position", "line"),
    Index(None, "building", "unit", "value_date"),
    schema="read",
)


class Postings(Appended):
    """The read model of ``read.postings``."""

    name = "postings"
    version = 2

    def __init__(self, table: Table, entries: Entries) -> None:
        super().__init__(table)
        self._entries = entries

    def fold(self, batch: Batch) -> Rows:
        """A row for each entry; raises ProjectionStopped for an account that does not exist."""
        return self._entries.of(batch)
