"""Special receipts (专用票据) checked: ranges are readable, and no receipt of a code was issued twice."""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay


def numbered(column: str) -> list[pl.Expr]:
    """Prefix, number of digits and value of a receipt number; null where it does not end in digits."""
    digits = pl.col(column).str.extract(r"([0-9]{1,18})$")
    return [
        pl.col(column).str.replace(r"[0-9]{1,18}$", "").alias("prefix"),
        digits.str.len_chars().alias("width"),
        digits.cast(pl.Int64).alias("number"),
    ]


def ranges(replay: Replay) -> pl.DataFrame:
    """The ranges with ``prefix``, ``width``, ``number`` (the first) and ``until``, null where it is none."""
    last = [found.alias(f"until_{found.meta.output_name()}") for found in numbered("last")]
    found = replay.receipts.with_columns(*numbered("first"), *last)
    sound = pl.all_horizontal(
        pl.col("prefix") == pl.col("until_prefix"),
        pl.col("width") == pl.col("until_width"),
        pl.col("number") <= pl.col("until_number"),
    )
    return found.with_columns(until=pl.when(sound).then("until_number"))


def check(replay: Replay) -> Iterator[Problem]:
    """Ranges that are none, and issued ranges that overlap an earlier number's of their code."""
    found = ranges(replay)
    for row in rows(found.filter(pl.col("until").is_null())):
        message = f"票据 {row['code']} 的 {row['first']} 至 {row['last']} 不是号段"
        yield problem("receipts-wrong", message, position=row["position"], stream=row["stream"])
    series = ["code", "prefix", "width"]
    overlapping = (
        found.filter(pl.col("until").is_not_null() & ~pl.col("voided"))
        .sort(*series, "number", "position")
        .with_columns(before=pl.col("until").cum_max().shift(1).over(series))
        .filter(pl.col("number") <= pl.col("before"))
    )
    for row in rows(overlapping):
        message = f"票据 {row['code']} 的号段 {row['first']} 至 {row['last']} 与另一已领用号段重叠"
        yield problem("receipts-overlap", message, position=row["position"], stream=row["stream"])
