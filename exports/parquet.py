"""The log and the unit accounts as Parquet, for data tools: segments by county and month.

``events/COUNTY/MONTH``: events as they are stored, by the month they were recorded in; streams of no county
are ``shared``. ``postings`` and ``balances``: by accounting month; a balance stands where its account moved,
so what it held at any month's end is its last one until then. ``leaves``: the leaf hash of every event up to
the checkpoint, so that leaves and root can be recomputed from these files alone.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl
from sqlalchemy import ColumnElement, Connection, Join, Select, Text, and_, case, cast, func, select

from audit.checkpoint import covering
from audit.seal import leaves
from exports.export import Asked, Source
from ledger.calendar import SHANGHAI
from ledger.errors import InputError
from ledger.store.feed import Row
from ledger.store.tables import events
from projections.buildings import buildings
from projections.postings import postings
from projections.vouchers import vouchers

SHARED: Final = "shared"
"""Where events stand that belong to no county: bank accounts, receipts, imports, refusals."""

_ROWS: Final = 20_000
_EVENTS: Final = {
    "county": pl.String,
    "position": pl.Int64,
    "stream": pl.String,
    "version": pl.Int32,
    "topic": pl.String,
    "schema": pl.Int16,
    "recorded_at": pl.Datetime("us", "UTC"),
    "data": pl.String,
}
_POSTINGS: Final = {
    "county": pl.String,
    "period": pl.String,
    "fund": pl.String,
    "voucher": pl.Int32,
    "position": pl.Int64,
    "line": pl.Int32,
    "event": pl.String,
    "building": pl.String,
    "unit": pl.String,
    "part": pl.String,
    "value_date": pl.Date,
    "kind": pl.String,
    "principal_fen": pl.Int64,
    "interest_fen": pl.Int64,
    "reversal": pl.Boolean,
}
_LEAVES: Final = {"index": pl.Int64, "position": pl.Int64, "leaf": pl.Binary}
_ACCOUNT: Final = ["fund", "building", "unit", "part"]
_FEN: Final = ["principal_fen", "interest_fen"]


class Parquet:
    """Events, postings and balances as columns."""

    name = "parquet"
    title = "Parquet 数据"

    def write(self, folder: Path, source: Source, asked: Asked) -> None:
        """Everything of a county, or of all; months choose among postings and balances, never among events.

        Raises InputError ``filter-unusable`` for a single book: events of a building are of both.
        """
        if asked.fund is not None:
            raise InputError("filter-unusable", "parquet 按区县分段，不能只要一个账套")
        connection = source.connection
        for county in _counties(connection, asked):
            found = _read(connection, _events(county, asked), _EVENTS)
            months = pl.col("recorded_at").dt.convert_time_zone(str(SHANGHAI)).dt.strftime("%Y-%m")
            _segments(folder / "events" / county, found.with_columns(months.alias("month")), "month")
            moved = _read(connection, _postings(county, asked), _POSTINGS)
            wanted = pl.col("period") >= (asked.first or "")
            _segments(folder / "postings" / county, moved.filter(wanted), None)
            _segments(folder / "balances" / county, _balances(moved).filter(wanted), None)
        _write(folder / "leaves.parquet", _leaves(connection, asked.position))


def _counties(connection: Connection, asked: Asked) -> Iterator[str]:
    """The counties of the events, sorted; those of no county last."""
    if asked.county is not None:
        return iter([asked.county])
    found = select(_county()).select_from(_placed()).where(events.c.position <= asked.position).distinct()
    return iter(sorted(connection.execute(found).scalars()))


def _county() -> ColumnElement[str]:
    kind = func.split_part(events.c.stream, "/", 1)
    return case(
        (kind == "building", buildings.c.county),
        (kind.in_(["book", "repair"]), func.split_part(events.c.stream, "/", 2)),
        else_=SHARED,
    )


def _placed() -> Join:
    return events.outerjoin(buildings, events.c.stream == "building/" + buildings.c.building)


def _events(county: str, asked: Asked) -> Select[Any]:
    return (
        select(_county(), *(events.c[name] for name in Row._fields))
        .select_from(_placed())
        .where(_county() == county, events.c.position <= asked.position)
        .order_by(events.c.position)
    )


def _postings(county: str, asked: Asked) -> Select[Any]:
    posted, voucher = postings.c, vouchers.c
    booked = and_(voucher.position == posted.position, voucher.fund == posted.fund, voucher.kind == "entry")
    wanted = (
        select(
            posted.county, voucher.period, posted.fund, voucher.number, posted.position, posted.line,
            voucher.stream + "@" + cast(voucher.version, Text), posted.building,
            posted.unit, posted.part, posted.value_date, posted.kind, posted.principal_fen,
            posted.interest_fen, posted.reversal,
        )
        .select_from(postings.join(vouchers, booked))
        .where(posted.county == county, posted.position <= asked.position)
        .order_by(posted.position, posted.line)
    )  # fmt: skip
    return wanted if asked.last is None else wanted.where(voucher.period <= asked.last)


def _balances(moved: pl.DataFrame) -> pl.DataFrame:
    """What each account held at the end of every month it moved in."""
    return (
        moved.group_by(["county", "period", *_ACCOUNT])
        .agg(pl.col(_FEN).sum())
        .sort([*_ACCOUNT, "period"])
        .with_columns(pl.col(_FEN).cum_sum().over(_ACCOUNT))
        .sort(["period", *_ACCOUNT])
        .select(["county", "period", *_ACCOUNT, *_FEN])
    )


def _leaves(connection: Connection, position: int) -> pl.DataFrame:
    """The leaves under the checkpoint that covers a position."""
    head = covering(connection, position)
    size = 0 if head is None else head.size
    wanted = select(leaves.c.index, leaves.c.position, leaves.c.leaf).where(leaves.c.index < size)
    return _read(connection, wanted.order_by(leaves.c.index), _LEAVES)


def _read(connection: Connection, wanted: Select[Any], schema: dict[str, Any]) -> pl.DataFrame:
    """The rows of a query as columns, a part at a time."""
    found = connection.execution_options(yield_per=_ROWS).execute(wanted)
    parts = [
        pl.DataFrame([tuple(row) for row in part], schema=schema, orient="row") for part in found.partitions()
    ]
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _segments(folder: Path, found: pl.DataFrame, month: str | None) -> None:
    """A file for each month; a column that only says the month is not kept."""
    column = month or "period"
    for (name,), rows in sorted(found.partition_by(column, as_dict=True, maintain_order=True).items()):
        _write(folder / f"{name}.parquet", rows if month is None else rows.drop(month))


def _write(path: Path, rows: pl.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(path, compression="zstd", statistics=True)
