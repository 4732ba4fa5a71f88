"""Opening balances (期初余额) checked: an account is opened with a balance once, and with money."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay

ACCOUNT = ["building", "unit", "part"]


def check(replay: Replay) -> Iterator[Problem]:
    """Accounts opened again while an opening balance stands, and balances below zero or of nothing."""
    openings = replay.entries.filter(pl.col("kind") == "opening").sort("position", "line")
    stands = pl.when("reversal").then(-1).otherwise(1).cum_sum().over(ACCOUNT)
    again = openings.with_columns(stands=stands).filter(~pl.col("reversal") & (pl.col("stands") > 1))
    for row in rows(again):
        message = f"楼幢 {row['building']} 户 {row['unit']} 的期初余额尚在，又记期初"
        yield _about(row, "opening-double", message)
    amounts = pl.col("principal_fen", "interest_fen")
    wrong = pl.any_horizontal(amounts < 0) | pl.all_horizontal(amounts == 0)
    for row in rows(openings.filter(~pl.col("reversal") & wrong)):
        message = f"楼幢 {row['building']} 户 {row['unit']} 的期初余额为负或为零"
        yield _about(row, "opening-wrong", message)


def _about(row: Mapping[str, Any], kind: str, message: str) -> Problem:
    return problem(
        kind, message, position=row["position"], stream=row["stream"], key=[row[name] for name in ACCOUNT]
    )
