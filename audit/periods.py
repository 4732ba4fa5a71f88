"""Periods (会计期间) by the second witness: the period of every entry, and closings that cannot be.

An entry belongs to the later of its value month and the first month open at its place in the log. Here every
entry is given its period by the closings that stand before it; the read side cuts by positions instead.
"""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay

_BOOK = ["county", "fund"]
_SHANGHAI = "Asia/Shanghai"


def entries(replay: Replay) -> pl.DataFrame:
    """Every entry of units (``on`` units), books, lots and what is owed: its ``month``, ``period`` and fen.

    ``month`` and ``period`` are the first days of months: the one it means, the one that took it.
    """
    of_units = replay.entries.select(
        *_BOOK, "position", "line", "value_date", "kind", "principal_fen", "interest_fen", on=pl.lit("units")
    )
    laid_out = pl.col("lot").is_not_null()
    others = (
        ("book", replay.gains.with_columns(kind=pl.lit("gain"))),
        ("book", replay.treasury.filter(~laid_out)),
        ("lots", replay.treasury.filter(laid_out & (pl.col("kind") != "bond-interest"))),
        ("owed", replay.obligations),
    )
    of_books = (
        frame.select(
            *_BOOK,
            "position",
            "line",
            "value_date",
            "kind",
            principal_fen="amount_fen",
            interest_fen=pl.lit(0, pl.Int64),
            on=pl.lit(on),
        )
        for on, frame in others
    )
    closed = (
        replay.closings.filter(pl.col("kind") == "month")
        .sort("position")
        .select(
            *_BOOK,
            "position",
            open=pl.col("ends").cum_max().over(_BOOK).dt.offset_by("1d"),
        )
    )
    return (
        pl.concat([of_units, *of_books])
        .with_columns(month=pl.col("value_date").dt.truncate("1mo"))
        .sort("position", "line")
        .join_asof(closed, on="position", by=_BOOK, strategy="backward", check_sortedness=False)
        .with_columns(period=pl.max_horizontal("month", "open"))
    )


def sums(replay: Replay) -> pl.DataFrame:
    """Entries and fen by book, period, month meant, ``on`` and kind."""
    return (
        entries(replay)
        .group_by(*_BOOK, "period", "month", "on", "kind")
        .agg(pl.len().alias("entries"), pl.col("principal_fen", "interest_fen").sum())
        .sort(*_BOOK, "period", "month", "on", "kind")
    )


def check(replay: Replay) -> Iterator[Problem]:
    """Closings of another period than they say, and of one that was not over when they were recorded."""
    named = pl.concat_str(
        pl.col("period"), pl.when(pl.col("kind") == "year").then(pl.lit("-12")).otherwise(pl.lit(""))
    )
    due = pl.concat_str(named, pl.lit("-01")).str.to_date("%Y-%m-%d", strict=False).dt.month_end()
    said = pl.when(pl.col("kind") == "year").then(4).otherwise(7)
    recorded = pl.col("recorded_at").dt.convert_time_zone(_SHANGHAI).dt.date()
    wrong = replay.closings.filter(
        (due.ne_missing(pl.col("ends")))
        | (pl.col("period").str.len_chars() != said)
        | (recorded <= pl.col("ends"))
    )
    for row in rows(wrong):
        message = f"期间 {row['period']} 的结账（至 {row['ends']}）与期间不符，或早于期间结束"
        yield problem("closing-wrong", message, position=row["position"], stream=row["stream"])
