"""Unit accounts (分户账) from zero: copied as they are opened, their money summed at the end.

The database sums it, over the postings and deposits that the same rebuild wrote; so what a rebuild keeps in
memory does not grow with the log.
"""

from typing import Any

from sqlalchemy import Connection, Select, Table, and_, func, insert, select

from projections.accounts import Accounts, Changes
from projections.batch import Batch, ProjectionStopped
from projections.entries import Entries
from projections.unit_changes import Unit, UnitChanges

_ACCOUNT = ("building", "unit", "part")
_FIRST = ("first", "moved")
"""Kinds of rows of ``read.deposits`` that are first deposits (首期)."""


class AccountsAnew(Accounts):
    """The read model of ``read.accounts`` in a rebuild: ``total``, then ``settle``, then as any follower."""

    def __init__(
        self, table: Table, entries: Entries, *, opened: Table, postings: Table, deposits: Table
    ) -> None:
        super().__init__(table, entries)
        self._opened_table = opened
        self._postings = postings
        self._deposits = deposits
        self._settled = False
        self._owners: dict[Unit, str] = {}
        self._units = UnitChanges()

    def fold(self, batch: Batch) -> Changes:
        """Accounts opened and changed; their money only when the totals are settled."""
        if self._settled:
            return super().fold(batch)
        self._entries.of(batch)
        return self._facts(batch)

    def write(self, connection: Connection, changes: Changes) -> None:
        """Add the new accounts without money, and keep the changes of older ones."""
        if self._settled:
            super().write(connection, changes)
            return
        if changes.opened:
            self._copy(connection, self._opened_table, changes)
        owners, units = changes.to_older()
        self._owners |= owners
        self._units.merge(units)

    def total(self, connection: Connection, position: int) -> None:
        """Write every account with its money; raises ProjectionStopped for money of one never opened."""
        opened = self._opened_table.c
        moved = _sums(self._postings, "principal_fen", "interest_fen").subquery()
        first = _sums(self._deposits, "amount_fen").where(self._deposits.c.kind.in_(_FIRST)).subquery()
        money = {
            "principal_fen": moved.c.principal_fen,
            "interest_fen": moved.c.interest_fen,
            "first_deposit_fen": first.c.amount_fen,
        }
        columns = [
            func.coalesce(money[column.name], 0) if column.name in money else opened[column.name]
            for column in self._table.columns
        ]
        accounts = (
            select(*columns)
            .outerjoin_from(self._opened_table, moved, _same(opened, moved.c))
            .outerjoin(first, _same(opened, first.c))
        )
        connection.execute(insert(self._table).from_select(self._table.columns.keys(), accounts))
        astray = connection.execute(
            select(func.count())
            .select_from(moved)
            .outerjoin(self._opened_table, _same(opened, moved.c))
            .where(opened.building.is_(None))
        ).scalar_one()
        if astray:
            raise ProjectionStopped(position, f"{astray} 个账户没有开户却有分录")

    def settle(self, connection: Connection, position: int) -> None:
        """Change the accounts that changed after they were opened; the table has its key by now."""
        super().write(connection, Changes(position, owners=self._owners, units=self._units))
        self._settled = True


def _sums(table: Table, *amounts: str) -> Select[Any]:
    account = [table.c[name] for name in _ACCOUNT]
    return select(*account, *(func.sum(table.c[name]).label(name) for name in amounts)).group_by(*account)


def _same(one: Any, other: Any) -> Any:
    return and_(*(one[name] == other[name] for name in _ACCOUNT))
