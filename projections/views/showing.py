"""How cells are shown: exact texts for programs, Chinese terms and grouped amounts for people."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from ledger import policy
from ledger.money import yuan
from projections.views.paging import Page, Row
from projections.views.view import Asked, Column, Filter, Kind, View

Persons = Callable[[Collection[str]], Mapping[str, str]]
"""The names of some persons by their refs, as the caller may see them."""


class ColumnShown(msgspec.Struct, frozen=True, kw_only=True):
    """A column: amounts are texts in yuan, areas in m², shares in percent."""

    name: str
    title: str
    kind: Kind
    total: bool


class FilterShown(msgspec.Struct, frozen=True, kw_only=True):
    """A filter, and the values it takes where these are fixed."""

    name: str
    title: str
    kind: str
    required: bool
    values: dict[str, str] | None


class ViewShown(msgspec.Struct, frozen=True, kw_only=True):
    """A view that can be asked."""

    name: str
    title: str
    note: str | None
    columns: tuple[ColumnShown, ...]
    filters: tuple[FilterShown, ...]
    order: tuple[str, ...]


class ViewList(msgspec.Struct, frozen=True, kw_only=True):
    """All views by name."""

    views: tuple[ViewShown, ...]


class ViewPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a view: rows by column; ``count`` and ``totals`` are of all that was asked for.

    ``position`` says what the answer knew, ``day`` whose rules count: the same question with ``known_at`` and
    ``as_of`` set to them repeats for ever.
    """

    view: str
    title: str
    as_of: date | None
    day: date
    known_at: str | None
    position: str
    columns: tuple[ColumnShown, ...]
    rows: tuple[dict[str, str | int | bool | None], ...]
    count: int
    totals: dict[str, str | int]
    next: str | None = None


def list_of(views: Mapping[str, View]) -> ViewList:
    """What can be asked."""
    return ViewList(views=tuple(_view(view) for _, view in sorted(views.items())))


def answer(page: Page, persons: Persons | None = None) -> ViewPage:
    """A page for programs: codes stay codes, a person is a name as the caller may see it."""
    view = page.view
    rows = named(view, page.rows, persons)
    return ViewPage(
        view=view.name,
        title=view.title,
        as_of=page.asked.as_of,
        day=page.asked.day,
        known_at=page.asked.known_at,
        position=str(page.position),
        columns=tuple(map(_column, view.columns)),
        rows=tuple(
            {column.name: exact(column, value) for column, value in zip(view.columns, row, strict=True)}
            for row in rows
        ),
        count=page.count,
        totals={name: _total(view.column(name), value) for name, value in page.totals.items()},
        next=page.next,
    )


def named(view: View, rows: Sequence[Row], persons: Persons | None) -> Sequence[Row]:
    """The rows with names instead of refs, as far as the caller may see them."""
    places = [place for place, column in enumerate(view.columns) if column.kind == "person"]
    if persons is None or not places:
        return rows
    refs = {row[place] for row in rows for place in places if row[place] is not None}
    names = persons(refs)
    shown = []
    for row in rows:
        cells = list(row)
        for place in places:
            cells[place] = None if row[place] is None else names.get(row[place])
        shown.append(tuple(cells))
    return shown


def exact(column: Column, value: Any) -> str | int | bool | None:
    """A cell for programs."""
    if value is None:
        return None
    match column.kind:
        case "money" | "area" | "percent":
            return yuan(value)
        case "count":
            return int(value)
        case "flag":
            return bool(value)
        case _:
            return str(value)


def plain(column: Column, value: Any) -> Any:
    """A cell for people: Chinese terms and names for codes; numbers and days as they are."""
    if value is None:
        return None
    match column.kind:
        case "county":
            known = policy.load().county_of.get(value)
            return known.name if known else str(value)
        case "flag":
            return "是" if value else "否"
        case "text" if column.terms is not None:
            return column.terms.get(value, value)
        case _:
            return value


def said(view: View, asked: Asked) -> str:
    """The line below a title: as of, as known at, position, and what was filtered."""
    parts = [
        f"截至 {asked.as_of or f'全部（{asked.day}）'}",
        f"已知至 {asked.known_at or '现在'}",
        f"日志位置 {asked.cut}",
    ]
    if asked.counties is not None:
        known = policy.load().county_of
        parts.append(
            "区县 " + "、".join(known[code].name if code in known else code for code in asked.counties)
        )
    parts += [
        f"{view.filters[name].title} {_filtered(view.filters[name], value)}"
        for name, value in asked.filters.items()
    ]
    return "；".join(parts)


def _filtered(asks: Filter, value: Any) -> str:
    if asks.kind == "money":
        return yuan(value)
    if asks.kind == "flag":
        return _FLAGS[value]
    return asks.terms[value] if asks.terms is not None else str(value)


_FLAGS: Final = {True: "是", False: "否"}


def _total(column: Column, value: int) -> str | int:
    return value if column.kind == "count" else yuan(value)


def _column(column: Column) -> ColumnShown:
    return ColumnShown(name=column.name, title=column.title, kind=column.kind, total=column.total)


def _view(view: View) -> ViewShown:
    filters = tuple(
        FilterShown(
            name=name,
            title=each.title,
            kind=each.kind,
            required=each.required,
            values=None if each.terms is None else dict(each.terms),
        )
        for name, each in view.filters.items()
    )
    return ViewShown(
        name=view.name,
        title=view.title,
        note=view.note,
        columns=tuple(map(_column, view.columns)),
        filters=filters,
        order=tuple(view.order),
    )
