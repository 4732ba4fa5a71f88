"""Ranges of special receipts (专用票据): handed out and voided."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Table

from ledger.events import ReceiptsIssued, ReceiptsVoided
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch

RECEIPTS = "receipts/"

receipt_ranges = Table(
    "receipt_ranges",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("code", KEY, nullable=False, comment="票据代码"),
    Column("first", KEY, nullable=False, comment="起始号"),
    Column("last", KEY, nullable=False, comment="终止号"),
    Column("voided", Boolean, nullable=False, comment="作废; else 领用"),
    Column("value_date", Date, nullable=False, comment="领用日期"),
    Column("holder", KEY, comment="office or firm that took it (领用单位)"),
    Column("holder_ref", KEY, comment="person who took it (party ref)"),
    Index(None, "code"),
    schema="read",
)


class ReceiptRanges(Appended):
    """The read model of ``read.receipt_ranges``."""

    name = "receipt_ranges"
    version = 2

    def fold(self, batch: Batch) -> Rows:
        """A row for each range handed out or voided."""
        return [
            (
                position,
                stream[len(RECEIPTS) :],
                event.first,
                event.last,
                type(event) is ReceiptsVoided,
                event.value_date,
                event.holder,
                event.holder_ref,
            )
            for position, stream, _, event in batch.of(ReceiptsIssued, ReceiptsVoided)
        ]
