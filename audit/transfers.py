"""Changes of owner (过户) recomputed: a registered unit, and the balance of its account on that day."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay
from ledger.money import yuan

UNIT = ["building", "unit"]


def check(replay: Replay) -> Iterator[Problem]:
    """Changes of owner of unknown units, or with a balance that the entries before them do not add up to."""
    owners = replay.owners
    for row in rows(owners.join(replay.units.select(UNIT).unique(), on=UNIT, how="anti").sort("position")):
        message = f"{row['building']} {row['unit']} 没有开户却有过户"
        yield _about(row, "owner-unknown", message)
    held = (
        owners.select(*UNIT, "value_date", at="version")
        .join(
            replay.entries.filter(pl.col("part") == "owner").select(
                *UNIT, "version", "principal_fen", "interest_fen", day="value_date"
            ),
            on=UNIT,
        )
        .filter((pl.col("version") < pl.col("at")) & (pl.col("day") <= pl.col("value_date")))
        .group_by(*UNIT, version="at")
        .agg(held_principal=pl.col("principal_fen").sum(), held_interest=pl.col("interest_fen").sum())
    )
    proofs = owners.join(held, on=[*UNIT, "version"], how="left").with_columns(
        pl.col("held_principal", "held_interest").fill_null(0)
    )
    wrong = (pl.col("principal_fen") != pl.col("held_principal")) | (
        pl.col("interest_fen") != pl.col("held_interest")
    )
    for row in rows(proofs.filter(wrong).sort("position")):
        message = (
            f"{row['building']} {row['unit']} 过户时余额应为本金 {yuan(row['held_principal'])} 元、"
            f"利息 {yuan(row['held_interest'])} 元，记录为 {yuan(row['principal_fen'])} 元、"
            f"{yuan(row['interest_fen'])} 元"
        )
        yield _about(row, "balance-unproved", message)


def _about(row: Mapping[str, Any], kind: str, message: str) -> Problem:
    return problem(
        kind,
        message,
        position=row["position"],
        stream=row["stream"],
        key=[row["building"], row["unit"]],
    )
