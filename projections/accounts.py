"""Unit accounts (分户账) as they stand now: facts of the unit, and balances moved by each batch's sums."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Connection,
    PrimaryKeyConstraint,
    Table,
    Text,
    Update,
    bindparam,
    column,
    func,
    update,
)

from ledger.events import (
    DepositCollected,
    DepositRefunded,
    EntryReversed,
    Event,
    OwnerChanged,
    UnitLine,
    UnitsChanged,
    UnitsRegistered,
)
from ledger.identity import Part
from ledger.money import Fen
from ledger.store.bulk import copy_in
from ledger.store.tables import KEY, metadata
from projections.batch import Batch, ProjectionStopped
from projections.entries import Entries
from projections.facts import BUILDING
from projections.unit_changes import CHANGING, Unit, UnitChanges, new_units

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
    Column("closed", Boolean, nullable=False, comment="销户 (split or merged)"),
    Column("closed_position", BigInteger, comment="closed at; null: open"),
    Column("frozen", KEY, comment="orders that freeze it (裁定文号；分隔), null: none"),
    PrimaryKeyConstraint("building", "unit", "part"),
    schema="read",
)

Key = tuple[str, str, Part]
"""Building, unit and part (``AccountKey`` as a plain tuple)."""

Moves = dict[Key, list[Fen]]
"""What a batch adds to principal, interest and first deposit of an account."""


@dataclass(slots=True)
class Changes:
    """Accounts opened, by their row up to ``realty_no`` and the position; money moved, owners changed, and
    what else changed units.
    """

    position: int
    opened: dict[Key, tuple[tuple[Any, ...], int]] = field(default_factory=dict)
    moves: Moves = field(default_factory=dict)
    owners: dict[Unit, str] = field(default_factory=dict)
    units: UnitChanges = field(default_factory=UnitChanges)

    def to_older(self) -> tuple[dict[Unit, str], UnitChanges]:
        """Owners and changes of units that were there before; those opened are written as they are now."""
        new = {(building, unit) for building, unit, _ in self.opened}
        owners = {unit: owner for unit, owner in self.owners.items() if unit not in new}
        return owners, self.units.without(new)


_NOTHING = (0, 0, 0)
_AT = {name: index for index, name in enumerate(accounts.columns.keys())}
_PARTS: dict[str, tuple[Part, ...]] = {"commodity": ("owner",), "public": ("owner", "seller")}
"""Sold public housing (已售公有住房) keeps the selling unit's money apart: art. 11, 20."""


class Accounts:
    """The read model of ``read.accounts``."""

    name = "accounts"
    version = 2

    def __init__(self, table: Table, entries: Entries) -> None:
        self._table = table
        self._entries = entries
        self._add = _addition(table)
        self._change = _change_of_owners(table)
        self.tables = (table,)

    def fold(self, batch: Batch) -> Changes:
        """Accounts opened and changed, and the sum of what each account received and paid."""
        entries = self._entries.of(batch)
        changes = self._facts(batch)
        firsts = self._first_deposits(batch)
        moves = changes.moves
        for position, line, building, unit, part, _, _, _, _, _, principal, interest, _, _ in entries:
            key = (building, unit, part)
            sums = moves.get(key)
            if sums is None:
                sums = moves[key] = [0, 0, 0]
            sums[0] += principal
            sums[1] += interest
            lines = firsts.get(position)
            if lines is not None and line in lines:
                sums[2] += principal
        for _, stream, _, event in batch.of(UnitsChanged):
            for moved in event.lines:
                moves[stream[len(BUILDING) :], moved.unit, moved.part][2] += moved.first_deposit_fen
        return changes

    def _facts(self, batch: Batch) -> Changes:
        """Accounts opened and changed, without their money."""
        changes = Changes(batch.position)
        for position, stream, _, event in batch.of(UnitsRegistered, OwnerChanged, *CHANGING):
            if type(event) is UnitsRegistered:
                changes.opened |= self._opened(stream, position, event.lines)
            elif type(event) is OwnerChanged:
                changes.owners[stream[len(BUILDING) :], event.unit] = event.owner_ref
            elif type(event) is UnitsChanged:
                changes.opened |= self._opened(stream, position, new_units(event))
            if type(event) in CHANGING:
                changes.units.take(stream[len(BUILDING) :], position, event)
        return changes

    def write(self, connection: Connection, changes: Changes) -> None:
        """Add the new accounts, then move the money of the others in one statement, then change the rest."""
        if changes.opened:
            self._copy(connection, self._table, changes)
        self._move(connection, changes)
        owners, units = changes.to_older()
        if owners:
            names = ("buildings", "units", "owners")
            columns = zip(*((*unit, owner) for unit, owner in owners.items()), strict=True)
            connection.execute(
                self._change, {name: list(column) for name, column in zip(names, columns, strict=True)}
            )
        units.write(connection, self._table)

    def _move(self, connection: Connection, changes: Changes) -> None:
        new = changes.opened
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

    @staticmethod
    def _copy(connection: Connection, table: Table, changes: Changes) -> None:
        frozen = changes.units.frozen()
        rows = []
        for key, (facts, position) in changes.opened.items():
            unit = key[:2]
            closed_at = changes.units.closed.get(unit)
            held = frozen.get(unit) if key[2] == "owner" else None
            sums = changes.moves.get(key, _NOTHING)
            rows.append((*_now(facts, changes), *sums, position, closed_at is not None, closed_at, held))
        copy_in(connection, table, table.columns.keys(), rows)

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

    def _first_deposits(self, batch: Batch) -> dict[int, Collection[int]]:
        """Lines, by position, that deposit first money (首期), give it back, or reverse either."""
        originals = self._entries.originals(batch)
        firsts: dict[int, Collection[int]] = {}
        for position, _, _, event in batch.of(DepositCollected, DepositRefunded):
            if lines := _firsts(event):
                firsts[position] = lines
        for position, stream, _, reversal in batch.of(EntryReversed):
            original = originals.get((stream, reversal.version))
            lines = () if original is None else _firsts(original)
            firsts[position] = {index for index, back in enumerate(reversal.lines) if back.line in lines}
        return firsts


def _firsts(event: Event) -> Collection[int]:
    """Indexes of the lines that deposit first money or give it back."""
    if type(event) is DepositCollected:
        return range(len(event.lines)) if event.kind == "first" else ()
    if type(event) is DepositRefunded:
        return {index for index, line in enumerate(event.lines) if line.deposit_kind == "first"}
    return ()


def _now(facts: tuple[Any, ...], changes: Changes) -> tuple[Any, ...]:
    """The row of an account that is opened, after changes of owner (过户) and corrections of its batch."""
    owner, corrected = changes.owners.get(facts[:2]), changes.units.corrected.get(facts[:2])
    if owner is None and corrected is None:
        return facts
    now = list(facts)
    if owner is not None:
        now[_AT["owner_ref"]] = owner
    if corrected is not None:
        for name in ("usage", "area_dm2", "realty_no"):
            now[_AT[name]] = getattr(corrected, name)
    return tuple(now)


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


def _change_of_owners(table: Table) -> Update:
    """One UPDATE that gives many units their new owners, all parts of an account alike."""
    texts = ARRAY(Text)
    changes = (
        func.unnest(
            bindparam("buildings", type_=texts),
            bindparam("units", type_=texts),
            bindparam("owners", type_=texts),
        )
        .table_valued(column("building", KEY), column("unit", KEY), column("owner", KEY))
        .render_derived(name="changes")
    )
    account = table.c
    return (
        update(table)
        .where(account.building == changes.c.building, account.unit == changes.c.unit)
        .values(owner_ref=changes.c.owner)
    )
