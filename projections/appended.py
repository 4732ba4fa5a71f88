"""Read models whose rows are only ever added: one COPY a batch."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Connection, Table

from ledger.store.bulk import copy_in
from projections.batch import Batch

Rows = Sequence[tuple[Any, ...]]
"""Rows in the order of the table's columns."""


class Appended(ABC):
    """A model of one table, to which a batch adds rows and changes none."""

    name: ClassVar[str]
    version: ClassVar[int]

    def __init__(self, table: Table) -> None:
        self._table = table
        self.tables = (table,)

    @abstractmethod
    def fold(self, batch: Batch) -> Rows:
        """The rows the batch adds."""

    def write(self, connection: Connection, changes: Rows) -> None:
        """Add them."""
        if changes:
            copy_in(connection, self._table, self._table.columns.keys(), changes)
