"""The register of special receipts (票据登记簿): every range, what became of it, its gaps (断号)."""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    collate,
    func,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ledger.errors import InputError
from ledger.store.tables import events, imports
from projections.deposits import deposits
from projections.receipt_ranges import receipt_ranges
from projections.views.view import Asked, Column, Filter, View


def _receipts(asked: Asked) -> Select[Any]:
    """Every number of every range, met with those used and those voided, and counted again by range.

    Raises InputError ``county-unsupported``: receipts belong to no single county.
    """
    if asked.counties is not None:
        raise InputError("county-unsupported", "票据不属于单一区县，票据登记簿不能按区县查询")
    numbers = _numbered(asked)
    key = numbers.c.position
    gaps = _gaps(numbers)

    def count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(and_(*conditions))

    open_ = ~numbers.c.used & ~numbers.c.void
    below = numbers.c.number <= func.coalesce(numbers.c.end, -1)
    counted = (
        select(
            key,
            func.count().label("issued"),
            count(numbers.c.used).label("used"),
            count(numbers.c.void & ~numbers.c.used).label("void"),
            count(open_, below).label("skipped"),
            count(open_, ~below).label("free"),
        )
        .group_by(key)
        .subquery("counted")
    )
    row = receipt_ranges.c
    return (
        select(
            row.code,
            row.first,
            row.last,
            row.value_date,
            row.holder,
            row.holder_ref.label("person"),
            *(column for column in counted.c if column.name != "position"),
            gaps.c.gaps,
        )
        .join_from(receipt_ranges, counted, counted.c.position == row.position)
        .outerjoin(gaps, gaps.c.position == row.position)
    )


def _ranges(asked: Asked, name: str, voided: bool) -> Subquery:
    """Every number of the ranges handed out, or voided, as it is written."""
    row = receipt_ranges.c
    ending = func.substring(row.first, text("'[0-9]+$'"))
    first, last = (cast(func.substring(end, text("'[0-9]+$'")), Numeric) for end in (row.first, row.last))
    spread = (
        select(
            row.position,
            row.code,
            func.left(row.first, -func.length(ending)).label("prefix"),
            func.length(ending).label("width"),
            func.generate_series(first, last).label("number"),
        )
        .where(*asked.counted(receipt_ranges), row.voided.is_(voided))
        .subquery(f"{name}_spread")
    )
    digits = func.lpad(cast(spread.c.number, Text), spread.c.width, "0")
    written = collate(func.concat(spread.c.prefix, digits), "C")
    return select(spread.c.position, spread.c.code, spread.c.number, written.label("written")).subquery(name)


def _numbered(asked: Asked) -> CTE:
    """Each number handed out: whether it is used or void, and the last one used of its range."""
    issued, voided = _ranges(asked, "issued", False), _ranges(asked, "voided", True)
    used = _used(asked)
    is_used = issued.c.written.in_(select(used.c.receipt_no))
    is_void = tuple_(issued.c.code, issued.c.written).in_(select(voided.c.code, voided.c.written))
    met = select(
        issued.c.position, issued.c.number, issued.c.written, is_used.label("used"), is_void.label("void")
    ).subquery("met")
    end = func.max(case((met.c.used, met.c.number))).over(partition_by=met.c.position)
    return select(met, end.label("end")).cte("numbered")


def _used(asked: Asked) -> CTE:
    """The numbers of deposits, in any county; a reversal frees none, the undoing of an import frees its own.

    All events of an import are one transaction, which is the upper part of their positions.
    """
    line = deposits.c
    undone = (
        select(imports.c.position.op(">>")(20))
        .join(events, events.c.stream == "import/" + imports.c.import_id)
        .where(events.c.position <= asked.cut, events.c.stream > "import/", events.c.stream < "import0")
    )
    return (
        select(line.receipt_no)
        .where(*asked.counted(deposits), line.amount_fen > 0, line.reason.is_(None))
        .where(line.receipt_no.is_not(None), line.position.op(">>")(20).not_in(undone))
        .distinct()
        .cte("used")
    )


def _gaps(numbers: FromClause) -> Subquery:
    """Runs of numbers, neither used nor voided, below one that was used."""
    each = numbers.c
    inner = (
        select(
            each.position,
            each.number,
            each.written,
            (each.number - func.row_number().over(partition_by=each.position, order_by=each.number)).label(
                "run"
            ),
        )
        .where(~each.used, ~each.void, each.number < each.end)
        .subquery("skipped")
    )
    first = func.min(inner.c.written)
    runs = (
        select(
            inner.c.position,
            func.min(inner.c.number).label("number"),
            case((func.count() == 1, first), else_=func.concat(first, "–", func.max(inner.c.written))).label(
                "words"
            ),
        )
        .group_by(inner.c.position, inner.c.run)
        .subquery("runs")
    )
    words = func.string_agg(runs.c.words, aggregate_order_by(text("'、'"), runs.c.number))
    return select(runs.c.position, words.label("gaps")).group_by(runs.c.position).subquery("gaps")


RECEIPTS: Final = View(
    name="receipts",
    title="票据登记簿",
    columns=(
        Column("code", "票据代码", "text"),
        Column("first", "起始号", "text"),
        Column("last", "终止号", "text"),
        Column("value_date", "领用日期", "date"),
        Column("holder", "领用单位", "text"),
        Column("person", "领用人", "person"),
        Column("issued", "张数", "count", total=True),
        Column("used", "已用", "count", total=True),
        Column("void", "作废", "count", total=True),
        Column("free", "未用", "count", total=True),
        Column("skipped", "断号", "count", total=True),
        Column("gaps", "断号明细", "text"),
    ),
    order=("code", "first"),
    select=_receipts,
    filters={
        "code": Filter("票据代码", "text"),
        "holder": Filter("领用单位", "text"),
        "from": Filter("领用起始日", "date", column="value_date", test=">="),
        "to": Filter("领用终止日", "date", column="value_date", test="<="),
    },
    note="每个号段一行；断号是已用的最大号以下既未使用也未作废的号码；使用不分区县，按票据号对应",
)
