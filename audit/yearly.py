"""Reconciliations (对账) and publications (公布) recomputed from the versions they say they read."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from audit.bank_tables import treasury_moves
from audit.problems import Problem, problem, rows
from audit.replay import Replay
from ledger.identity import PART_NAMES, Part, event_id
from ledger.money import Fen, yuan

_BOOK: Final = ["county", "fund"]
_SUMS: Final = ("opening", "deposit", "gain", "income", "used", "returned", "closing")
_HEADER: Final = "楼幢编码,户号,归属,年初余额,交存,增值,收入,使用,退划,年末余额\n"


def check(replay: Replay) -> Iterator[Problem]:
    """Balances, differences, totals and hashes that do not follow from the events that were read."""
    for row in rows(replay.reconciled):
        held, stated = ledger_balance(replay, row), bank_balance(replay, row)
        difference = row["bank_balance_fen"] - row["ledger_balance_fen"]
        unexplained = difference - row["bank_items_fen"] + row["ledger_items_fen"]
        said = row["ledger_balance_fen"], row["bank_balance_fen"], row["difference_fen"]
        if said != (held, stated, unexplained):
            message = (
                f"账号 {row['account']} 截至 {row['value_date']} 的对账："
                f"账本应为 {yuan(held)}，对账单应为 {'无' if stated is None else yuan(stated)}，与所记不符"
            )
            yield problem("reconciliation-wrong", message, position=row["position"], stream=row["stream"])
    for row in rows(replay.published):
        accounts, totals, text = sheet(replay, row)
        digest = hashlib.sha256(text.encode()).hexdigest()
        stated_sums = [row[f"{name}_fen"] for name in _SUMS]
        if (row["accounts"], stated_sums, row["sha256"]) != (accounts, totals, digest):
            message = f"{row['year']} 年度公布的账户数、合计或摘要与所读账本不符"
            yield problem("publication-wrong", message, position=row["position"], stream=row["stream"])


def _read(replay: Replay, row: Mapping[str, Any], of_units: pl.DataFrame) -> pl.DataFrame:
    """Of lines of units those of the book, in the versions of buildings that the event read."""
    event = event_id(row["stream"], row["version"])
    read = replay.reads.filter(pl.col("event") == event).select("building", "read_version").unique("building")
    return (
        of_units.filter((pl.col("county") == row["county"]) & (pl.col("fund") == row["fund"]))
        .join(read, on="building")
        .filter(pl.col("version") <= pl.col("read_version"))
    )


def _entries(replay: Replay) -> pl.DataFrame:
    return replay.entries.with_columns(amount_fen=pl.col("principal_fen") + pl.col("interest_fen"))


def ledger_balance(replay: Replay, row: Mapping[str, Any]) -> Fen:
    """All money of the book that moved at a bank through the day, less what names another account.

    For a destroyed building (灭失) that is what was paid, not what came to be owed.
    """
    columns = ["stream", "version", "line", "value_date", "account", "amount_fen"]
    back = ["reverses_version", "reverses_line"]
    elsewhere = pl.col("kind").is_in(["interest", "moved"]) | pl.col("obligation").fill_null(value=False)
    units = _read(replay, row, _entries(replay)).filter(~elsewhere)
    owed = _read(replay, row, replay.obligations.filter(pl.col("kind") == "paid"))
    of_book = (pl.col("stream") == row["stream"]) & (pl.col("version") < row["version"])
    books = (replay.gains.filter(of_book), treasury_moves(replay.treasury.filter(of_book)))
    moved = pl.concat([frame.select(*columns, *back) for frame in (units, owed, *books)])
    named = moved.select(
        "stream", reverses_version="version", reverses_line="line", original="account"
    ).drop_nulls("original")
    account = pl.coalesce("account", "original")
    held = moved.join(named, on=["stream", *back], how="left").filter(
        (pl.col("value_date") <= row["value_date"]) & (account.is_null() | (account == row["account"]))
    )
    return int(held["amount_fen"].sum())


def bank_balance(replay: Replay, row: Mapping[str, Any]) -> Fen | None:
    """The last balance stated through the day, and what moved since; None where none was stated."""
    known = replay.statements.filter(
        (pl.col("account") == row["account"]) & (pl.col("version") <= row["bank_version"])
    )
    gone = known.filter("reversal").select(version="reverses_version", line="reverses_line")
    lines = (
        known.filter(~pl.col("reversal") & (pl.col("value_date") <= row["value_date"]))
        .join(gone, on=["version", "line"], how="anti")
        .sort("value_date", "version", "line")
        .with_columns(moved=pl.col("amount_fen").cum_sum())
    )
    stated = lines.drop_nulls("balance_fen").tail(1)
    if stated.is_empty():
        return None
    after = int(lines["moved"].item(-1)) - int(stated["moved"].item())
    return int(stated["balance_fen"].item()) + after


def sheet(replay: Replay, row: Mapping[str, Any]) -> tuple[int, list[Fen], str]:
    """How many accounts, their totals by column, and the text that was published."""
    entries = _read(replay, row, _entries(replay)).filter(pl.col("value_date") <= row["ends"])
    kind = pl.col("kind")
    column = (
        pl.when(pl.col("value_date") < row["ends"].replace(month=1, day=1))
        .then(pl.lit("opening"))
        .when(kind.is_in(["opening", "deposit"]))
        .then(pl.lit("deposit"))
        .when(kind == "interest")
        .then(pl.lit("gain"))
        .when(kind == "income")
        .then(pl.lit("income"))
        .when(kind.is_in(["withdrawal", "return"]))
        .then(pl.lit("used"))
        .otherwise(pl.lit("returned"))
    )
    sums: dict[tuple[str, str, Part], dict[str, Fen]] = {
        account: dict.fromkeys(_SUMS, 0) for account in _accounts(replay, row)
    }
    moved = entries.group_by("building", "unit", "part", column.alias("column")).agg(
        pl.col("amount_fen").sum()
    )
    for building, unit, part, name, amount_fen in moved.iter_rows():
        if (building, unit, part) in sums:
            sums[building, unit, part][name] += amount_fen
            sums[building, unit, part]["closing"] += amount_fen
    lines = [
        ",".join((building, unit, PART_NAMES[part], *(yuan(each[name]) for name in _SUMS)))
        for (building, unit, part), each in sorted(sums.items())
    ]
    totals = [sum(each[name] for each in sums.values()) for name in _SUMS]
    return len(lines), totals, _HEADER + "".join(f"{line}\n" for line in lines)


def _accounts(replay: Replay, row: Mapping[str, Any]) -> Iterator[tuple[str, str, Part]]:
    """The accounts that stood in the versions read."""
    event = event_id(row["stream"], row["version"])
    read = replay.reads.filter(pl.col("event") == event).select("building", "read_version").unique("building")
    units = (
        replay.units.filter(pl.col("fund") == row["fund"])
        .join(read, on="building")
        .filter(pl.col("version") <= pl.col("read_version"))
    )
    for building, unit in units.select("building", "unit").unique().iter_rows():
        yield building, unit, "owner"
        if row["fund"] == "public":
            yield building, unit, "seller"
