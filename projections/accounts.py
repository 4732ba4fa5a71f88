"""Unit accounts (分户账) as they stand now: facts of the unit, and balances moved by each batch's sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    Engine,
    PrimaryKeyConstraint,
    Table,
    Text,
    Update,
    bindparam,
    column,
    func,
    text,
    update,
)

from ledger.events import DepositCollected, EntryReversed, UnitLine, UnitsRegistered
from ledger.identity import Part
from ledger.money import Fen
from ledger.store.bulk import copy_in
from ledger.store.feed import Recorded, Row, recorded
from ledger.store.tables import KEY, metadata
from projections.batch import Batch, ProjectionStopped
from projections.entries import Entries
from projections.facts import BUILDING

accounts = Table(
    "accounts",
    metadata,
    Column("building", KEY, nullable=False, comment="楼幢编码"),
    Column("unit", KEY, nullable=False, comment="户号"),
    Column("part", KEY, nullable=False, comment="owner (业主) or seller (售房单位)"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("estate", KEY, nullable=False, comment="小区编码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("usage", KEY, nullable=False, comment="residential (住宅) or nonresidential (非住宅)"),
    Column("area_dm2", BigInteger, nullable=False, comment="floor area (建筑面积), 0.01 m²"),
    Column("owner_ref", KEY, comment="party register"),
    Column("seller", KEY, comment="售房单位"),
    Column("realty_no", KEY, comment="不动产单元号"),
    Column("principal_fen", BigInteger, nullable=False),
    Column("interest_fen", BigInteger, nullable=False),
    Column("first_deposit_fen", BigInteger, nullable=False, comment="首期 less reversals"),
    Column("position", BigInteger, nullable=False, comment="opened at"),
    PrimaryKeyConstraint("building", "unit", "part"),
    schema="read",
)

Key = tuple[str, str, Part]
"""Building, unit and part (``AccountKey`` as a plain tuple)."""

Moves = dict[Key, list[Fen]]
"""What a batch adds to principal, interest and first deposit of an account."""


@dataclass(slots=True)
class Changes:
    """Accounts opened, by their row up to ``realty_no`` and the position; and money moved on any account."""

    position: int
    opened: dict[Key, tuple[tuple[Any, ...], int]] = field(default_factory=dict)
    moves: Moves = field(default_factory=dict)

    def merge(self, later: "Changes") -> None:
        """Take in what followed."""
        self.position = later.position
        self.opened |= later.opened
        for key, (principal, interest, first) in later.moves.items():
            sums = self.moves.setdefault(key, [0, 0, 0])
            sums[0] += principal
            sums[1] += interest
            sums[2] += first


_NOTHING = (0, 0, 0)
_PARTS: dict[str, tuple[Part, ...]] = {"commodity": ("owner",), "public": ("owner", "seller")}
"""Sold public housing (已售公有住房) keeps the selling unit's money apart: art. 11, 20."""

_ORIGINALS = text(
    "select e.position, e.stream, e.version, e.topic, e.schema, e.recorded_at, e.data"
    " from unnest(cast(:streams as text[]), cast(:versions as integer[])) as wanted (stream, version)"
    " join log.events e on e.stream = wanted.stream and e.version = wanted.version"
)


class Accounts:
    """The read model of ``read.accounts``."""

    name = "accounts"
    version = 1

    def __init__(self, table: Table, entries: Entries, engine: Engine) -> None:
        self._table = table
        self._entries = entries
        self._engine = engine
        self._add = _addition(table)
        self.tables = (table,)

    def fold(self, batch: Batch) -> Changes:
        """Accounts opened, and the sum of what each account received and paid."""
        entries = self._entries.of(batch)
        changes = Changes(batch.position)
        firsts = self._first_deposits(batch.events)
        moves = changes.moves
        for position, _, building, unit, part, _, _, _, _, principal, interest, _, _ in entries:
            key = (building, unit, part)
            sums = moves.get(key)
            if sums is None:
                sums = moves[key] = [0, 0, 0]
            sums[0] += principal
            sums[1] += interest
            if position in firsts:
                sums[2] += principal
        for position, stream, _, event in batch.events:
            if type(event) is UnitsRegistered:
                changes.opened |= self._opened(stream, position, event.lines)
        return changes

    def write(self, connection: Connection, changes: Changes) -> None:
        """Add the new accounts, then move the money of the others in one statement."""
        new = changes.opened
        if new:
            self._copy(connection, changes)
        moved = [(*key, *sums) for key, sums in changes.moves.items() if key not in new]
        if not moved:
            return
        names = ("buildings", "units", "parts", "principals", "interests", "firsts")
        columns = zip(*moved, strict=True)
        done = connection.execute(
            self._add, {name: list(column) for name, column in zip(names, columns, strict=True)}
        )
        if done.rowcount != len(moved):
            raise ProjectionStopped(changes.position, f"{len(moved) - done.rowcount} 个账户没有开户却有分录")

    def _copy(self, connection: Connection, changes: Changes) -> None:
        rows = [
            (*facts, *changes.moves.get(key, _NOTHING), position)
            for key, (facts, position) in changes.opened.items()
        ]
        copy_in(connection, self._table, self._table.columns.keys(), rows)

    def _opened(
        self, stream: str, position: int, lines: Iterable[UnitLine]
    ) -> dict[Key, tuple[tuple[Any, ...], int]]:
        building = stream[len(BUILDING) :]
        county, estate, _ = self._entries.facts.place(stream, position)
        opened = {}
        for line in lines:
            for part in _PARTS[line.fund]:
                key = (building, line.unit, part)
                opened[key] = (
                    (
                        *key,
                        county,
                        estate,
                        line.fund,
                        line.usage,
                        line.area_dm2,
                        line.owner_ref,
                        line.seller,
                        line.realty_no,
                    ),
                    position,
                )
        return opened

    def _first_deposits(self, batch: Sequence[Recorded]) -> set[int]:
        """Positions of first deposits (首期) and of what reverses one."""
        firsts = {
            position
            for position, _, _, event in batch
            if type(event) is DepositCollected and event.kind == "first"
        }
        reversals = {
            position: (stream, event.version)
            for position, stream, _, event in batch
            if type(event) is EntryReversed
        }
        originals = self._firsts_among(list(reversals.values()))
        return firsts | {position for position, original in reversals.items() if original in originals}

    def _firsts_among(self, events: Sequence[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those of the events, by stream and version, that the log says are first deposits."""
        if not events:
            return set()
        streams, versions = zip(*events, strict=True)
        with self._engine.connect() as connection:
            found = connection.execute(_ORIGINALS, {"streams": list(streams), "versions": list(versions)})
            originals = recorded([Row._make(row) for row in found])
        return {
            (stream, version)
            for _, stream, version, event in originals
            if type(event) is DepositCollected and event.kind == "first"
        }


class AccountsFromZero(Accounts):
    """The same for a rebuild: sums are kept in memory to the end of the log and written by one COPY."""

    def __init__(self, table: Table, entries: Entries, engine: Engine) -> None:
        super().__init__(table, entries, engine)
        self._total: Changes | None = Changes(0)

    def write(self, connection: Connection, changes: Changes) -> None:
        """Keep the sums; after ``finish`` write them as any follower would."""
        if self._total is None:
            super().write(connection, changes)
        else:
            self._total.merge(changes)

    def finish(self, connection: Connection) -> None:
        """Write every account; raises ProjectionStopped for money of an account that was never opened."""
        total = self._total
        if total is None:
            return
        astray = total.moves.keys() - total.opened.keys()
        if astray:
            raise ProjectionStopped(total.position, f"{len(astray)} 个账户没有开户却有分录")
        self._copy(connection, total)
        self._total = None


def _addition(table: Table) -> Update:
    """One UPDATE that moves the money of many accounts, given column by column as arrays."""
    texts, amounts = ARRAY(Text), ARRAY(BigInteger)
    moves = (
        func.unnest(
            bindparam("buildings", type_=texts),
            bindparam("units", type_=texts),
            bindparam("parts", type_=texts),
            bindparam("principals", type_=amounts),
            bindparam("interests", type_=amounts),
            bindparam("firsts", type_=amounts),
        )
        .table_valued(
            column("building", KEY),
            column("unit", KEY),
            column("part", KEY),
            column("principal", BigInteger),
            column("interest", BigInteger),
            column("first", BigInteger),
        )
        .render_derived(name="moves")
    )
    account = table.c
    return (
        update(table)
        .where(
            account.building == moves.c.building,
            account.unit == moves.c.unit,
            account.part == moves.c.part,
        )
        .values(
            principal_fen=account.principal_fen + moves.c.principal,
            interest_fen=account.interest_fen + moves.c.interest,
            first_deposit_fen=account.first_deposit_fen + moves.c.first,
        )
    )
