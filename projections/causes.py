"""Causes (来由): which payment, distribution or entry an event of a building follows from or takes back.

Postings share the position of their event, so that their money adds up by project and by distribution.
"""

from sqlalchemy import BigInteger, Column, Index, Table

from ledger.events import EntryReversed, Event, InterestAccrued, WithdrawalPaid, WithdrawalReturned
from ledger.identity import event_id
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch

causes = Table(
    "causes",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event", KEY, nullable=False, comment="its id, 流@版本"),
    Column("kind", KEY, nullable=False, comment="withdrawal, return, interest or reversal"),
    Column("cause", KEY, nullable=False, comment="id of the event it follows from"),
    Index(None, "event"),
    Index(None, "cause"),
    schema="read",
)


def _cause(stream: str, event: Event) -> tuple[str, str] | None:
    match event:
        case WithdrawalPaid():
            return "withdrawal", event.payment
        case WithdrawalReturned():
            return "return", event.returned
        case InterestAccrued():
            return "interest", event.distribution
        case EntryReversed():
            return "reversal", event_id(stream, event.version)
        case _:
            return None


class Causes(Appended):
    """The read model of ``read.causes``."""

    name = "causes"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each event of a building that follows from another."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.events:
            cause = _cause(stream, event)
            if cause is not None:
                rows.append((position, event_id(stream, version), *cause))
        return rows
