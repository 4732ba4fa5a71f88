"""Rows that speak of one thing (a building, a project) must agree; a blank cell does not contradict."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from ledger.registers.problems import RowProblem
from ledger.registers.specification import Column, Values


def group(keys: Iterable[Hashable]) -> dict[Any, list[int]]:
    """Indices of the rows by key, in row order."""
    groups: dict[Any, list[int]] = {}
    for index, key in enumerate(keys):
        rows = groups.get(key)
        if rows is None:
            groups[key] = [index]
        else:
            rows.append(index)
    return groups


def agree(
    values: Values, rows: Sequence[int], columns: Sequence[Column], subject: str, problems: list[RowProblem]
) -> Mapping[str, Any]:
    """The facts the rows agree on, by field; adds ``rows-contradict`` for each later cell that differs.

    ``subject`` names what the rows speak of, in Chinese.
    """
    facts = {}
    for column in columns:
        cells = values[column.field]
        stated = None
        for index in rows:
            cell = cells[index]
            if cell is None or cell == stated:
                continue
            if stated is None:
                stated = cell
                continue
            message = f"{column.name}与前面各行对同一{subject}的记载不一致"
            problems.append(RowProblem(index, column.name, "rows-contradict", message))
        facts[column.field] = stated
    return facts
