"""Reversals (冲正) recomputed: each is the exact opposite of one line, on its value date, once."""

from collections.abc import Iterator, Sequence

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay


def check(replay: Replay) -> Iterator[Problem]:
    """Reversals that name no line, another account, another amount, or a line reversed already."""
    entries = replay.entries
    yield from _check(entries, ["unit", "part", "kind", "value_date"], ["principal_fen", "interest_fen"])
    obligations = replay.obligations.filter(pl.col("kind") == "paid")
    yield from _check(
        obligations, ["unit", "part", "owed_version", "owed_line", "value_date"], ["amount_fen"]
    )
    yield from _check(replay.gains, ["category", "value_date"], ["amount_fen"])
    yield from _check(replay.statements, ["account", "value_date"], ["amount_fen"])
    named = ["lot", "lot_kind", "holder_ref"]
    treasury = replay.treasury.with_columns(pl.col(named).fill_null(""))
    yield from _check(treasury, ["kind", *named, "value_date"], ["amount_fen", "interest_fen"])


def _check(frame: pl.DataFrame, same: Sequence[str], opposite: Sequence[str]) -> Iterator[Problem]:
    place = ["stream", "version", "line"]
    originals = frame.filter(~pl.col("reversal")).select(*place, *same, *opposite)
    opposites = (
        frame.filter("reversal")
        .join(
            originals,
            left_on=["stream", "reverses_version", "reverses_line"],
            right_on=place,
            how="left",
            suffix="_original",
        )
        .sort("position", "line")
        .with_columns(again=pl.int_range(pl.len()).over("stream", "reverses_version", "reverses_line") > 0)
    )
    agrees = [pl.col(name) == pl.col(f"{name}_original") for name in same]
    agrees += [pl.col(name) == -pl.col(f"{name}_original") for name in opposite]
    right = pl.all_horizontal(agrees).fill_null(value=False)
    for row in rows(opposites.filter(~right | pl.col("again"))):
        what = "重复冲正" if row["again"] else "与原分录不符"
        message = (
            f"冲正第 {row['line'] + 1} 行{what}：{row['stream']}@{row['reverses_version']} 第 "
            f"{row['reverses_line'] + 1} 行"
        )
        yield problem("reversal-wrong", message, position=row["position"], stream=row["stream"])
