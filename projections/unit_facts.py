"""What was recorded about units (户) over time: registration, corrections, owners, closing and freezes.

``read.accounts`` has the facts of now; by these one is answered as known at a position, or as of a day.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from ledger.events import (
    Event,
    OwnerChanged,
    UnitFrozen,
    UnitLine,
    UnitReleased,
    UnitsChanged,
    UnitsRegistered,
)
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.entries import Entries
from projections.facts import BUILDING

unit_facts = Table(
    "unit_facts",
    metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("building", KEY, nullable=False, comment="楼幢编码"),
    Column("unit", KEY, nullable=False, comment="户号"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column(
        "kind", KEY, nullable=False, comment="registered, opened, corrected, closed, owner, frozen, released"
    ),
    Column("value_date", Date, nullable=False, comment="from when it counts"),
    Column("fund", KEY, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("usage", KEY, comment="residential (住宅) or nonresidential (非住宅)"),
    Column("area_dm2", BigInteger, comment="floor area (建筑面积), 0.01 m²"),
    Column("owner_ref", KEY, comment="party register"),
    Column("realty_no", KEY, comment="不动产单元号"),
    Column("order_no", KEY, comment="裁定文号"),
    Column("version", Integer, nullable=False, comment="of its event in the building's stream"),
    PrimaryKeyConstraint("position", "unit"),
    Index(None, "building", "unit"),
    schema="read",
)

Said = tuple[str, str, str | None, str | None, int | None, str | None, str | None, str | None]
"""Unit, kind, fund, usage, area, owner, 不动产单元号 and order of what an event says of one unit."""

_TAKEN: Final = (UnitsRegistered, UnitsChanged, OwnerChanged, UnitFrozen, UnitReleased)


class UnitFacts(Appended):
    """The read model of ``read.unit_facts``."""

    name = "unit_facts"
    version = 1

    def __init__(self, table: Table, entries: Entries) -> None:
        super().__init__(table)
        self._entries = entries

    def fold(self, batch: Batch) -> Rows:
        """A row for each unit that an event speaks of."""
        self._entries.of(batch)
        rows: list[tuple[Any, ...]] = []
        for position, stream, version, event in batch.of(*_TAKEN):
            county = self._entries.facts.place(stream, position).county
            building = stream[len(BUILDING) :]
            for unit, kind, *said in _said(event):
                rows.append((position, building, unit, county, kind, event.value_date, *said, version))
        return rows


def _said(event: Event) -> Iterator[Said]:
    match event:
        case UnitsRegistered():
            yield from (_facts("registered", line) for line in event.lines)
        case UnitsChanged():
            before = {line.unit for line in event.before}
            after = {line.unit for line in event.after}
            for line in event.after:
                yield _facts("corrected" if line.unit in before else "opened", line)
            for line in event.before:
                if line.unit not in after:
                    yield line.unit, "closed", None, None, None, None, None, None
        case OwnerChanged():
            yield event.unit, "owner", None, None, None, event.owner_ref, None, None
        case UnitFrozen():
            yield event.unit, "frozen", None, None, None, None, None, event.order_no
        case UnitReleased():
            yield event.unit, "released", None, None, None, None, None, event.order_no


def _facts(kind: str, line: UnitLine) -> Said:
    """A correction keeps the owner that it found: who owns the unit is said by changes of owner alone."""
    owner = None if kind == "corrected" else line.owner_ref
    return line.unit, kind, line.fund, line.usage, line.area_dm2, owner, line.realty_no, None
