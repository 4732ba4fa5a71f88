"""Differences between a live table and its shadow, row by row, found by the database."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, RowMapping, Table, and_, func, or_, select

from projections.shadow import beside


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is not what the log says: table, key, and what is wrong in Chinese."""

    table: str
    key: str
    message: str


def differences(connection: Connection, table: Table, limit: int) -> list[Difference]:
    """The first ``limit`` rows, in key order, that are missing, extra or other than in the shadow."""
    live, shadow = table.alias("live"), beside(table).alias("rebuilt")
    keys = [column.name for column in table.primary_key]
    values = [column.name for column in table.columns if column.name not in keys]
    same_key = and_(*(live.c[name] == shadow.c[name] for name in keys))
    unlike = {name: live.c[name].is_distinct_from(shadow.c[name]) for name in values}
    first = keys[0]
    missing, extra = live.c[first].is_(None), shadow.c[first].is_(None)
    found = connection.execute(
        select(
            *(func.coalesce(live.c[name], shadow.c[name]).label(name) for name in keys),
            missing.label("_missing"),
            extra.label("_extra"),
            *(unlike[name].label(f"_unlike_{name}") for name in values),
        )
        .select_from(live.join(shadow, same_key, full=True))
        .where(or_(missing, extra, *unlike.values()))
        .order_by(*(func.coalesce(live.c[name], shadow.c[name]) for name in keys))
        .limit(limit)
    )
    return [
        Difference(
            table=f"{table.schema}.{table.name}",
            key="/".join(str(row._mapping[name]) for name in keys),
            message=_message(row._mapping, values),
        )
        for row in found
    ]


def _message(row: RowMapping, values: Sequence[str]) -> str:
    if row["_missing"]:
        return "缺少这一行"
    if row["_extra"]:
        return "事件中没有这一行"
    return "与事件不符：" + "、".join(name for name in values if row[f"_unlike_{name}"])
