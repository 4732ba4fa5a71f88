"""Causes (来由): which payment, distribution or entry an event of a building follows from or takes back.

Postings share the position of their event, so that their money adds up by project and by distribution.
"""

from collections.abc import Callable
from typing import Any, Final

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


CAUSES: Final[dict[type[Event], Callable[[str, Any], tuple[str, str]]]] = {
    WithdrawalPaid: lambda _, event: ("withdrawal", event.payment),
    WithdrawalReturned: lambda _, event: ("return", event.returned),
    InterestAccrued: lambda _, event: ("interest", event.distribution),
    EntryReversed: lambda stream, event: ("reversal", event_id(stream, event.version)),
}
"""Every event of a building that follows from another: as what, and from which."""


class Causes(Appended):
    """The read model of ``read.causes``."""

    name = "causes"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each event of a building that follows from another."""
        return [
            (position, event_id(stream, version), *CAUSES[type(event)](stream, event))
            for position, stream, version, event in batch.of(*CAUSES)
        ]
