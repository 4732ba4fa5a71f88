"""Obligations (应付房屋灭失返还资金, 2001): what is owed for destroyed buildings, and what was paid of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from ledger.events import (
    BuildingDestroyed,
    EntryReversed,
    Event,
    ObligationPaid,
    ObligationPaymentReversed,
)
from ledger.money import Fen
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.entries import Entries
from projections.facts import BUILDING

obligations = Table(
    "obligations",
    metadata,
    Column("position", BigInteger, nullable=False),
    Column("line", Integer, nullable=False, comment="index of the line in its event"),
    Column("building", KEY, nullable=False, comment="楼幢编码"),
    Column("unit", KEY, nullable=False, comment="户号"),
    Column("part", KEY, nullable=False, comment="owner (业主) or seller (售房单位)"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("value_date", Date, nullable=False),
    Column("kind", KEY, nullable=False, comment="arisen (应付发生) or paid (返还)"),
    Column("payee", KEY, comment="owner (业主), seller (售房单位) or treasury (国库); null: a reversal"),
    Column("payee_ref", KEY, comment="party register"),
    Column("payee_name", KEY, comment="售房单位"),
    Column("amount_fen", BigInteger, nullable=False, comment="fen; negative: what is owed shrinks"),
    Column("version", Integer, nullable=False, comment="of its event in the building's stream"),
    Column("owed_version", Integer, nullable=False, comment="of the destruction that it is owed for"),
    Column("owed_line", Integer, nullable=False, comment="line of that destruction"),
    Column("reverses_version", Integer, comment="of a reversal (冲正): version it takes back in its stream"),
    Column("reverses_line", Integer, comment="of a reversal: line it takes back"),
    PrimaryKeyConstraint("position", "line"),
    Index(None, "building", "owed_version", "owed_line"),
    schema="read",
)

Line = tuple[str, str, str, str | None, str | None, str | None, Fen, int, int, int | None, int | None]
"""Unit, part, kind, the payee's three columns, amount, what is owed (version, line), what is reversed."""


def _arisen(version: int, event: BuildingDestroyed) -> list[Line]:
    return [
        (
            line.unit,
            line.part,
            "arisen",
            line.payee,
            line.payee_ref,
            line.payee_name,
            line.principal_fen + line.interest_fen,
            version,
            index,
            None,
            None,
        )
        for index, line in enumerate(event.lines)
    ]


def _paid(_: int, event: ObligationPaid) -> list[Line]:
    return [
        (
            paid.unit,
            paid.part,
            "paid",
            paid.payee,
            paid.payee_ref,
            paid.payee_name,
            -paid.amount_fen,
            event.obligation,
            paid.line,
            None,
            None,
        )
        for paid in event.lines
    ]


def _paid_back(_: int, event: ObligationPaymentReversed) -> list[Line]:
    owed, of = event.obligation, event.version
    return [
        (back.unit, back.part, "paid", None, None, None, -back.amount_fen, owed, back.owed, of, back.line)
        for back in event.lines
    ]


def _taken_back(_: int, event: EntryReversed) -> list[Line]:
    """Any other entry that is reversed was never owed."""
    of = event.version
    lines = event.lines if event.obligation else ()
    owed = [(gone, -gone.principal_fen - gone.interest_fen) for gone in lines]
    return [
        (gone.unit, gone.part, "arisen", None, None, None, amount, of, gone.line, of, gone.line)
        for gone, amount in owed
    ]


_LINES: dict[type[Event], Callable[[int, Any], list[Line]]] = {
    BuildingDestroyed: _arisen,
    ObligationPaid: _paid,
    ObligationPaymentReversed: _paid_back,
    EntryReversed: _taken_back,
}
"""Every event that changes what is owed, and how to read its lines at its version."""


class Obligations(Appended):
    """The read model of ``read.obligations``."""

    name = "obligations"
    version = 1

    def __init__(self, table: Table, entries: Entries) -> None:
        super().__init__(table)
        self._entries = entries

    def fold(self, batch: Batch) -> Rows:
        """A row for each line that is owed or paid, or taken back."""
        self._entries.of(batch)
        facts = self._entries.facts
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(*_LINES):
            for index, (unit, part, *line) in enumerate(_LINES[type(event)](version, event)):
                kind, payee, ref, name, amount, *owed = line
                rows.append(
                    (
                        position,
                        index,
                        stream[len(BUILDING) :],
                        unit,
                        part,
                        facts.place(stream, position).county,
                        facts.fund(stream, unit, position),
                        event.value_date,
                        kind,
                        payee,
                        ref,
                        name,
                        amount,
                        version,
                        *owed,
                    )
                )
        return rows
