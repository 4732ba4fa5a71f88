"""Rows of policy files (政策条目): what every row is, and how the rows of a file are read and checked."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

import msgspec

from ledger.calendar import EARLIEST

ROW = TypeVar("ROW", bound="Row")

Tables = Mapping[str, Mapping[str, Any]]
"""The files of the policy by name, as parsed."""


class PolicyError(ValueError):
    """A policy file that cannot be used; the message names the file and the row."""


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a policy file."""


class Period(Row, frozen=True, kw_only=True):
    """A row that holds on some days; ``source`` is the paper it was read from."""

    valid_from: date
    valid_to: date | None = None
    source: str

    def holds(self, on: date) -> bool:
        """Whether the row holds on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def rows(tables: Tables, file: str, key: str, kind: type[ROW]) -> tuple[ROW, ...]:
    """The rows ``[[key]]`` of a file, at least one; raises PolicyError naming file and row."""
    found = tables.get(file, {}).get(key)
    if not isinstance(found, list) or not found:
        raise PolicyError(f"{file}.toml: no [[{key}]]")
    read = []
    for number, row in enumerate(found, 1):
        try:
            read.append(msgspec.convert(row, kind))
        except msgspec.ValidationError as error:
            raise PolicyError(f"{file}.toml: [[{key}]] {number}: {error}") from error
    return tuple(read)


def one_at_a_time(file: str, periods: Iterable[Period]) -> None:
    """No two rows hold on the same day; raises PolicyError."""
    ordered = sorted(periods, key=lambda period: period.valid_from)
    for period in ordered:
        if period.valid_to is not None and period.valid_to <= period.valid_from:
            raise PolicyError(f"{file}.toml: a row ends before it begins ({period.valid_from})")
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            raise PolicyError(f"{file}.toml: rows from {earlier.valid_from} and {later.valid_from} overlap")


def without_gap(file: str, periods: Iterable[Period]) -> None:
    """Every day since the first a ledger may name has a row; raises PolicyError."""
    ordered = sorted(periods, key=lambda period: period.valid_from)
    gaps = any(earlier.valid_to != later.valid_from for earlier, later in pairwise(ordered))
    if gaps or ordered[0].valid_from > EARLIEST or ordered[-1].valid_to is not None:
        raise PolicyError(f"{file}.toml: some days have no row")
