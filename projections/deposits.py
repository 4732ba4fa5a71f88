"""Deposits (交存) by kind: what came in, was given back or reversed, with the day of the deposit.

Where units split or merge (房屋变更), first deposits move with them; these lines are of kind ``moved``.

Postings do not say the kind of a deposit; what is missing of the first one (首期) and the floor of art. 17
rest on it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from ledger.events import DepositCollected, DepositRefunded, EntryReversed, Event, UnitsChanged
from ledger.identity import Part
from ledger.money import Fen
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.entries import Entries
from projections.facts import BUILDING
from projections.originals import Original

deposits = Table(
    "deposits",
    metadata,
    Column("position", BigInteger, nullable=False),
    Column("line", Integer, nullable=False, comment="index of the line in its event"),
    Column("building", KEY, nullable=False, comment="楼幢编码"),
    Column("unit", KEY, nullable=False, comment="户号"),
    Column("part", KEY, nullable=False, comment="owner (业主) or seller (售房单位)"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("kind", KEY, comment="first, top-up, make-up, moved; null: given back, nobody knows of what"),
    Column("deposited_on", Date, comment="value date of the deposit it is about"),
    Column("value_date", Date, nullable=False, comment="when it counts (入账日期)"),
    Column("amount_fen", BigInteger, nullable=False, comment="principal; negative: given back or reversed"),
    Column("receipt_no", KEY, comment="票据号; of a reversal that of what it takes back"),
    Column("bank_ref", KEY, comment="银行流水号; as above"),
    Column("account", KEY, comment="of a deposit (收款账号); as above"),
    Column("party_ref", KEY, comment="payer, or payee of what went back (party ref); as above"),
    Column("reason", KEY, comment="of what went back (退款原因); as above"),
    PrimaryKeyConstraint("position", "line"),
    Index(None, "building", "unit"),
    schema="read",
)


class Line(NamedTuple):
    """One line: the deposit it is about, the principal that moved, and the papers and persons behind it."""

    unit: str
    part: Part
    kind: str | None
    deposited_on: date | None
    amount_fen: Fen
    receipt_no: str | None = None
    bank_ref: str | None = None
    account: str | None = None
    party_ref: str | None = None
    reason: str | None = None


class Deposits(Appended):
    """The read model of ``read.deposits``."""

    name = "deposits"
    version = 3

    def __init__(self, table: Table, entries: Entries) -> None:
        super().__init__(table)
        self._entries = entries

    def fold(self, batch: Batch) -> Rows:
        """A row for each line that deposits, gives back, reverses either, or moves a first deposit."""
        originals = self._entries.originals(batch)
        rows: list[tuple[object, ...]] = []
        for position, stream, _, event in batch.of(
            DepositCollected, DepositRefunded, EntryReversed, UnitsChanged
        ):
            lines = _lines(stream, event, originals)
            if lines:
                building = stream[len(BUILDING) :]
                county = self._entries.facts.place(stream, position).county
                rows += [
                    (
                        position,
                        index,
                        building,
                        line.unit,
                        line.part,
                        county,
                        line.kind,
                        line.deposited_on,
                        event.value_date,
                        *line[4:],
                    )
                    for index, line in lines
                ]
        return rows


def _moved(event: Event) -> Sequence[Line]:
    if type(event) is DepositCollected:
        return [
            Line(
                line.unit,
                line.part,
                event.kind,
                event.value_date,
                line.amount_fen,
                line.receipt_no,
                line.bank_ref,
                line.account,
                line.payer_ref,
            )
            for line in event.lines
        ]
    if type(event) is DepositRefunded:
        return [
            Line(
                line.unit,
                line.part,
                line.deposit_kind,
                line.deposited_on,
                -line.principal_fen,
                line.receipt_no,
                line.bank_ref,
                None,
                line.payee_ref,
                event.reason,
            )
            for line in event.lines
        ]
    return ()


def _lines(stream: str, event: Event, originals: Mapping[Original, Event]) -> Sequence[tuple[int, Line]]:
    if type(event) is UnitsChanged:
        moved = [Line(line.unit, line.part, "moved", None, line.first_deposit_fen) for line in event.lines]
        return [(index, line) for index, line in enumerate(moved) if line.amount_fen]
    if type(event) is not EntryReversed:
        return list(enumerate(_moved(event)))
    reversed_ = originals.get((stream, event.version))
    original = () if reversed_ is None else _moved(reversed_)
    return [
        (index, original[back.line]._replace(unit=back.unit, part=back.part, amount_fen=back.principal_fen))
        for index, back in enumerate(event.lines)
        if back.line < len(original)
    ]
