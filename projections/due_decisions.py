"""Decisions about what units owe (核定、免交): each as it was made; queries say which counts."""

from sqlalchemy import BigInteger, Column, Date, Index, Table

from ledger.events import DueOverridden, ExemptionLifted, UnitExempted
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.facts import BUILDING

due_decisions = Table(
    "due_decisions",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("building", KEY, nullable=False, comment="楼幢编码"),
    Column("unit", KEY, nullable=False, comment="户号"),
    Column("kind", KEY, nullable=False, comment="override (核定), exempt (免交) or lift (取消免交)"),
    Column("decided_on", Date, nullable=False, comment="决定日期"),
    Column("due_fen", BigInteger, comment="of an override; null: the standard counts again"),
    Column("reason", KEY, nullable=False, comment="理由; of an exemption the code of its ground"),
    Column("note", KEY, comment="说明"),
    Column("until", Date, comment="last day of an exemption; null: no end"),
    Index(None, "building", "unit"),
    schema="read",
)


class DueDecisions(Appended):
    """The read model of ``read.due_decisions``."""

    name = "due_decisions"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each decision."""
        rows: list[tuple[object, ...]] = []
        for position, stream, _, event in batch.of(DueOverridden, UnitExempted, ExemptionLifted):
            own: tuple[object, ...]
            if type(event) is DueOverridden:
                own = ("override", event.value_date, event.due_fen, event.reason, None, None)
            elif type(event) is UnitExempted:
                own = ("exempt", event.value_date, None, event.reason, event.note, event.until)
            else:
                own = ("lift", event.value_date, None, event.reason, None, None)
            rows.append((position, stream[len(BUILDING) :], event.unit, *own))
        return rows
