"""A view (视图): a list over the read tables, asked as of a value date and as known at a position.

A view is one SELECT and the names of its columns. ``known_at`` cuts everything by position: the answer is
that of a log that ends there. ``as_of`` cuts money by value date; facts of registration are cut by position
only. Pages, totals, workbooks and answers are made of it by the other files here.
"""

import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Select,
    Subquery,
    Table,
    Text,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy import column as named
from sqlalchemy.types import TypeEngine

from ledger import policy
from ledger.calendar import now, parse_date, today
from ledger.errors import InputError
from ledger.money import parse_yuan
from projections.checkpoints import position as reached

Kind = Literal["text", "date", "money", "count", "area", "percent", "flag", "person", "county"]
"""What a cell is: text; a day; fen; a number; dm² (0.01 m²); 1/100 %; yes or no; a ref of the register of
persons; the code of a county. Numbers are exact integers in a SELECT, and shown in yuan, m² and %.
"""

Terms = Mapping[Any, str]
"""Chinese terms of codes."""

FilterKind = Literal["text", "date", "money", "count", "flag"]

NUMBERS: frozenset[Kind] = frozenset({"money", "count", "area", "percent"})


_TESTS: Mapping[str, Callable[[Any, Any], Any]] = {"=": operator.eq, ">=": operator.ge, "<=": operator.le}


class Column(NamedTuple):
    """One column: its name in the SELECT, its heading, whether it is summed, Chinese terms of its codes."""

    name: str
    title: str
    kind: Kind
    total: bool = False
    terms: Terms | None = None


class Filter(NamedTuple):
    """What a caller may ask for: ``column`` (by default the one of the filter's name) compared with a value.

    A filter of no column is for the view's SELECT to heed. ``terms``: the values there are, and their
    Chinese names, which may be given as well.
    """

    title: str
    kind: FilterKind
    column: str | None = None
    test: Literal["=", ">=", "<="] = "="
    required: bool = False
    terms: Terms | None = None


class Asked(NamedTuple):
    """What is asked: the position that cuts, the value date (None: all), the counties (None: all), filters.

    ``known_at`` says that the caller chose the position; ``day`` is that of dated rules: ``as_of``, or today.
    """

    cut: int
    as_of: date | None = None
    counties: Collection[str] | None = None
    filters: Mapping[str, Any] = {}
    known_at: str | None = None
    today: date | None = None

    @property
    def day(self) -> date:
        """The day whose rules count."""
        return self.as_of or self.today or today(now)

    def known(self, table: Table | FromClause) -> list[ColumnElement[bool]]:
        """The rows of a table that were recorded by then, of the counties asked for."""
        cuts = [table.c.position <= self.cut]
        if self.counties is not None:
            cuts.append(table.c.county.in_(self.counties))
        return cuts

    def counted(self, table: Table | FromClause) -> list[ColumnElement[bool]]:
        """Of those the ones that count by the value date."""
        cuts = self.known(table)
        if self.as_of is not None:
            cuts.append(table.c.value_date <= self.as_of)
        return cuts


def _computed(_: Asked) -> Select[Any]:
    raise TypeError("a view whose rows are computed has no SELECT")


@dataclass(frozen=True, slots=True)
class View:
    """A list by name. ``order``: the columns that identify and sort its rows, by code points, nulls last.

    ``select`` gives every column by its name and heeds the cuts and counties of what is asked. Where no
    SELECT can say it, ``rows`` gives them in the order of the columns: few, as each page computes all.
    """

    name: str
    title: str
    columns: Sequence[Column]
    order: Sequence[str]
    select: Callable[[Asked], Select[Any]] = _computed
    rows: Callable[[Connection, Asked], Iterable[Sequence[Any]]] | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)
    note: str | None = None

    def column(self, name: str) -> Column:
        """The column of a name."""
        return next(column for column in self.columns if column.name == name)

    def found(self, connection: Connection, asked: Asked) -> tuple[Subquery, list[ColumnElement[bool]]]:
        """The rows, and the conditions that the filters put on them."""
        wanted = self.select(asked) if self.rows is None else self._made_of(self.rows(connection, asked))
        rows = wanted.subquery("found")
        names = {column.name for column in self.columns}
        conditions = []
        for name, value in asked.filters.items():
            asks = self.filters[name]
            target = asks.column or name
            if target not in names:
                continue
            conditions.append(_TESTS[asks.test](rows.c[target], value))
        return rows, conditions

    def _made_of(self, rows: Iterable[Sequence[Any]]) -> Select[Any]:
        """Computed rows as a SELECT, so that they are filtered, sorted and added up as any others."""
        types = [_TYPES.get(column.kind, Text()) for column in self.columns]
        cells = list(zip(*rows, strict=True)) or [()] * len(types)
        arrays = (
            cast(literal(list(values), ARRAY(kind)), ARRAY(kind))
            for values, kind in zip(cells, types, strict=True)
        )
        names = (named(each.name, kind) for each, kind in zip(self.columns, types, strict=True))
        return select(func.unnest(*arrays).table_valued(*names, name="computed").render_derived())


_TYPES: Final[Mapping[Kind, TypeEngine[Any]]] = {
    "date": Date(),
    "flag": Boolean(),
    **dict.fromkeys(NUMBERS, BigInteger()),
}


def ask(
    connection: Connection,
    view: View,
    *,
    as_of: date | None = None,
    position: int | None = None,
    counties: Collection[str] | None = None,
    filters: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Asked:
    """What is asked of a view, read strictly: ``filters`` are texts as a caller gave them.

    ``position`` None, or one beyond what was read, is the last that every read model has reached. Raises
    InputError ``filter-unknown``, ``filter-missing``, ``filter-invalid``.
    """
    known = reached(connection)
    given = filters or {}
    for name in given:
        if name not in view.filters:
            offered = "、".join(view.filters) or "无"
            raise InputError("filter-unknown", f"“{view.title}”没有筛选条件“{name[:40]}”，可用：{offered}")
    for name, each in view.filters.items():
        if each.required and name not in given:
            raise InputError("filter-missing", f"“{view.title}”须给出筛选条件 {name}（{each.title}）")
    return Asked(
        cut=known if position is None else min(position, known),
        as_of=as_of,
        counties=None if counties is None else tuple(sorted(_codes(counties))),
        filters={name: _read(view.filters[name], text) for name, text in sorted(given.items())},
        known_at=None if position is None else str(position),
        today=today,
    )


def filters_of(texts: Iterable[str], sign: str) -> dict[str, str]:
    """Filters out of texts that hold a name, a sign and a value; raises InputError ``filter-invalid``."""
    found: dict[str, str] = {}
    for text in texts:
        name, parted, value = text.partition(sign)
        if not parted or name in found:
            raise InputError("filter-invalid", f"筛选条件“{text[:80]}”应写作 名称{sign}值，每个名称一次")
        found[name] = value
    return found


def _codes(counties: Collection[str]) -> set[str]:
    """Today's codes; one that is not known finds nothing."""
    known = policy.load().county_of
    return {known[code].code if code in known else code for code in counties}


def _read(asks: Filter, text: str) -> Any:
    try:
        return _value(asks, text.strip())
    except InputError as error:
        raise InputError("filter-invalid", f"{asks.title}：{error.message}") from error


def _value(asks: Filter, text: str) -> Any:
    match asks.kind:
        case "date":
            return parse_date(text)
        case "money":
            return parse_yuan(text)
        case "count":
            if not (text.isascii() and text.isdigit() and len(text) <= 9):
                raise InputError("filter-invalid", f"“{text[:40]}”不是整数")
            return int(text)
        case "flag":
            if text not in _FLAGS:
                raise InputError("filter-invalid", f"“{text[:40]}”应为 是 或 否")
            return _FLAGS[text]
        case "text":
            return _text(asks, text)


_FLAGS = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}


def _text(asks: Filter, text: str) -> str:
    if not text or len(text) > 200 or not text.isprintable():
        raise InputError("filter-invalid", "应为 1 至 200 个可见字符")
    if asks.terms is None or text in asks.terms:
        return text
    for value, term in asks.terms.items():
        if term == text:
            return str(value)
    raise InputError("filter-invalid", f"“{text[:40]}”应为 {'、'.join(asks.terms)} 之一")
