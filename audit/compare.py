"""Comparing (核对): every table of schema ``read`` against what the replay says it must hold.

The tables are read by their names in ``docs/tables.md``, not through the code that writes them. Each is
compared at the position of its own checkpoint.
"""

import dataclasses
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final, NamedTuple

import polars as pl
from sqlalchemy import Connection, TableClause, column, select, table, text

from audit import bank_tables, due_tables, journal_tables, list_tables
from audit.firsts import with_first
from audit.problems import Problem, problem, rows
from audit.replay import Replay
from audit.unit_facts import unit_facts, units_now
from ledger.store.bulk import copy_out

CHECKPOINTS: Final = "checkpoints"


class Pass(NamedTuple):
    """What a table must hold: its key, and its rows as the replay has them."""

    key: tuple[str, ...]
    expected: Callable[[Replay], pl.DataFrame]


def compare(connection: Connection, replay: Replay, until: int) -> Iterator[Problem]:
    """Every difference between the read tables and the replay, in one snapshot of the database.

    ``until`` is the position the caller wants vouched for: a table that has not read so far is ``behind``.
    """
    positions = checkpoints(connection)
    for name in sorted(read_tables(connection) - PASSES.keys() - {CHECKPOINTS}):
        yield problem("table-unchecked", f"表 read.{name} 没有核对办法", table=f"read.{name}")
    for model, position in positions.items():
        if position > replay.position:
            message = f"读模型 {model} 的检查点 {position} 超出账本末尾 {replay.position}"
            yield problem("checkpoint-wrong", message, table=f"read.{CHECKPOINTS}", key=[model])
    for name, check in PASSES.items():
        position = positions.get(name, 0)
        if position < until:
            message = f"表 read.{name} 只读到位置 {position}，请先运行 fund follow 或 fund rebuild"
            yield problem("behind", message, position=until, table=f"read.{name}")
        expected = check.expected(_until(replay, position))
        yield from _differences(name, check.key, expected, _read(connection, name, expected.schema))


def checkpoints(connection: Connection) -> dict[str, int]:
    """How far each read model has read."""
    stored = _table(CHECKPOINTS, "model", "position")
    return {row.model: row.position for row in connection.execute(select(stored))}


def read_tables(connection: Connection) -> set[str]:
    """The tables of schema ``read``, without shadows that a rebuild is filling."""
    catalogue = table("pg_tables", column("schemaname"), column("tablename"), schema="pg_catalog")
    found = connection.execute(select(catalogue.c.tablename).where(catalogue.c.schemaname == "read"))
    return {name for name in found.scalars() if not name.endswith("__new")}


def hold(snapshot: Connection) -> None:
    """Keep a rebuild from swapping the tables until the snapshot ends; must be its first statement.

    A snapshot older than a swap finds the new tables by their names, and the rows in them that were committed
    after it not at all: every row would seem to be missing.
    """
    names = ", ".join(f"read.{name}" for name in PASSES)
    snapshot.execute(text(f"lock table {names} in access share mode"))


def _table(name: str, *columns: str) -> TableClause:
    return table(name, *(column(each) for each in columns), schema="read")


def _until(replay: Replay, position: int) -> Replay:
    """The replay as it was at an earlier position, as far as read tables are concerned."""
    if position >= replay.position:
        return replay
    known = pl.col("position") <= position
    tables = (
        "buildings",
        "units",
        "unit_changes",
        "freezes",
        "entries",
        "owners",
        "gains",
        "payments",
        "returns",
        "statements",
        "decisions",
        "sales",
        "receipts",
        "treasury",
        "payment_reversals",
        "obligations",
        "closings",
        "accounts",
        "reconciled",
        "published",
        "course",
        "causes",
        "distributions",
    )
    cut = {name: getattr(replay, name).filter(known) for name in tables}
    return dataclasses.replace(replay, **cut)


def _read(connection: Connection, name: str, schema: pl.Schema) -> pl.DataFrame:
    """The table by COPY, with the columns and types of what is expected."""
    wanted = _table(name, *schema)
    content = copy_out(connection, select(*(wanted.c[each] for each in schema)))
    text = {each: pl.String if kind == pl.Boolean else kind for each, kind in schema.items()}
    found = pl.read_csv(BytesIO(content), schema=text)
    return found.with_columns(pl.col(each) == "t" for each, kind in schema.items() if kind == pl.Boolean)


def _differences(
    name: str, key: tuple[str, ...], expected: pl.DataFrame, found: pl.DataFrame
) -> Iterator[Problem]:
    """Rows that are missing, too many, doubled or changed."""
    place = f"read.{name}"
    for row in rows(found.filter(~pl.struct(key).is_first_distinct()).sort(key)):
        keyed = [row[part] for part in key]
        yield problem("row-double", f"表 {place} 有重复的行", table=place, key=keyed)
    values = [each for each in expected.columns if each not in key]
    both = expected.with_columns(_expected=True).join(
        found.with_columns(_found=True), on=key, how="full", coalesce=True, suffix="_found", nulls_equal=True
    )
    changed = pl.any_horizontal(pl.col(each).ne_missing(pl.col(f"{each}_found")) for each in values)
    present = pl.col("_expected") & pl.col("_found")
    wrong = both.filter(present.fill_null(value=False).not_() | changed).sort(key, nulls_last=True)
    for row in rows(wrong):
        keyed = [row[part] for part in key]
        if row["_found"] is None:
            yield problem("row-missing", f"表 {place} 缺少一行", table=place, key=keyed)
        elif row["_expected"] is None:
            yield problem("row-extra", f"表 {place} 多出一行", table=place, key=keyed)
        else:
            differing = [each for each in values if row[each] != row[f"{each}_found"]]
            shown = "；".join(f"{each} 应为 {row[each]}，表中为 {row[f'{each}_found']}" for each in differing)
            yield problem("row-changed", f"表 {place}：{shown}", table=place, key=keyed)


# What each table must hold


def _buildings(replay: Replay) -> pl.DataFrame:
    return replay.buildings.unique("building", keep="first").select(
        "building",
        "county",
        "estate",
        "estate_name",
        "name",
        "management",
        "lift",
        "storeys",
        "completed_on",
        "warranty_until",
        "position",
    )


def _accounts(replay: Replay) -> pl.DataFrame:
    """Sold public housing has a second account a unit: the selling unit's part (售房单位)."""
    units = units_now(replay)
    sold = units.filter(pl.col("fund") == "public").with_columns(part=pl.lit("seller"))
    account = ["building", "unit", "part"]
    sums = (
        with_first(replay.entries)
        .group_by(account)
        .agg(
            pl.col("principal_fen", "interest_fen").sum(),
            first_deposit_fen=pl.col("principal_fen").filter("first").sum() + pl.col("first_fen").sum(),
        )
    )
    money = ["principal_fen", "interest_fen", "first_deposit_fen"]
    changed = replay.owners.unique(["building", "unit"], keep="last", maintain_order=True)
    return (
        pl.concat([units.with_columns(part=pl.lit("owner")), sold])
        .join(sums, on=account, how="left")
        .join(changed.select("building", "unit", now="owner_ref"), on=["building", "unit"], how="left")
        .with_columns(
            pl.col(money).fill_null(0),
            owner_ref=pl.coalesce("now", "owner_ref"),
            frozen=pl.when(pl.col("part") == "owner").then("frozen"),
        )
        .select(
            *account,
            "county",
            "estate",
            "fund",
            "usage",
            "area_dm2",
            "owner_ref",
            "seller",
            "realty_no",
            *money,
            "position",
            "closed",
            "closed_position",
            "frozen",
        )
    )


def _postings(replay: Replay) -> pl.DataFrame:
    return journal_tables.booked(replay.entries).select(
        "position",
        "line",
        "building",
        "unit",
        "part",
        "county",
        "fund",
        "value_date",
        "kind",
        "entry",
        "principal_fen",
        "interest_fen",
        "version",
        "reversal",
    )


def _book_entries(replay: Replay) -> pl.DataFrame:
    """Gains, petty cash, and other income and expense."""
    other = replay.treasury.filter(pl.col("lot").is_null()).with_columns(category="expense_kind")
    return pl.concat(
        frame.select(
            "position",
            "line",
            "county",
            "fund",
            "value_date",
            "kind",
            "category",
            "account",
            "amount_fen",
            "bank_ref",
            "version",
            "reversal",
        )
        for frame in (replay.gains.with_columns(kind=pl.lit("gain")), other)
    )


def _lot_entries(replay: Replay) -> pl.DataFrame:
    return replay.treasury.filter(pl.col("lot").is_not_null()).select(
        "position",
        "county",
        "fund",
        "lot",
        "lot_kind",
        "kind",
        "value_date",
        "amount_fen",
        "interest_fen",
        "expected_fen",
        "name",
        "rate_bp",
        "term_months",
        "matures_on",
        "renew",
        "account",
        "version",
        "reverses_version",
    )


def _obligations(replay: Replay) -> pl.DataFrame:
    return replay.obligations.select(
        "position",
        "line",
        "building",
        "unit",
        "part",
        "county",
        "fund",
        "value_date",
        "kind",
        "payee",
        "payee_ref",
        "payee_name",
        "amount_fen",
        "version",
        "owed_version",
        "owed_line",
        "reverses_version",
        "reverses_line",
    )


def _closings(replay: Replay) -> pl.DataFrame:
    return replay.closings.select("position", "county", "fund", "period", "kind", "ends", "version")


def _designations(replay: Replay) -> pl.DataFrame:
    return replay.accounts.select(
        "position",
        "county",
        "fund",
        "account",
        "value_date",
        "closed",
        "bank",
        "name",
        "tender",
        "version",
    )


def _yearly(replay: Replay) -> pl.DataFrame:
    text, fen = pl.lit(None, pl.String), pl.lit(None, pl.Int64)
    place = ["position", "county", "fund", "version", "value_date"]
    reconciled = replay.reconciled.select(
        *place,
        kind=pl.lit("reconciliation"),
        year=pl.col("value_date").dt.year().cast(pl.Int64),
        account="account",
        bank_fen="bank_balance_fen",
        ledger_fen="ledger_balance_fen",
        difference_fen="difference_fen",
        items="items",
        estate=text,
        sha256=text,
    )
    published = replay.published.select(
        *place,
        kind=pl.lit("publication"),
        year="year",
        account=text,
        bank_fen=fen,
        ledger_fen="closing_fen",
        difference_fen=fen,
        items="accounts",
        estate="estate",
        sha256="sha256",
    )
    return pl.concat([reconciled, published])


PASSES: Final = {
    "buildings": Pass(("building",), _buildings),
    "accounts": Pass(("building", "unit", "part"), _accounts),
    "postings": Pass(("position", "line"), _postings),
    "book_entries": Pass(("position", "line"), _book_entries),
    "bank_lines": Pass(("position", "line"), bank_tables.bank_lines),
    "bank_moves": Pass(("position", "line"), bank_tables.bank_moves),
    "deposits": Pass(("position", "line"), due_tables.deposits),
    "due_decisions": Pass(("position",), due_tables.due_decisions),
    "unit_facts": Pass(("position", "unit"), unit_facts),
    "unit_sales": Pass(("position",), due_tables.unit_sales),
    "receipt_ranges": Pass(("position",), due_tables.receipt_ranges),
    "lot_entries": Pass(("position",), _lot_entries),
    "obligations": Pass(("position", "line"), _obligations),
    "closings": Pass(("position",), _closings),
    "designations": Pass(("position",), _designations),
    "yearly": Pass(("position",), _yearly),
    "repair_steps": Pass(("position",), list_tables.repair_steps),
    "distributions": Pass(("position", "line"), list_tables.distributions),
    "causes": Pass(("position",), list_tables.causes),
    "vouchers": Pass(("position", "fund", "period"), journal_tables.vouchers),
}
"""The tables of schema ``read`` by name, each the table of the read model of that name."""
