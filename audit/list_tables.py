"""What the read tables behind the registers (登记簿) must hold, for comparing."""

import polars as pl

from audit.course_fold import CAUSES, COURSE
from audit.replay import Replay


def repair_steps(replay: Replay) -> pl.DataFrame:
    """Every step of a project, as it was taken."""
    return replay.course.select(name for name in COURSE if name != "stream")


def distributions(replay: Replay) -> pl.DataFrame:
    """The share of every building in every distribution and interest at rates."""
    runs = replay.distributions.select(
        "position",
        "county",
        "fund",
        "version",
        "value_date",
        "boundary",
        "previous",
        distribution=pl.concat_str("stream", pl.lit("@"), "version"),
        method=pl.when(pl.col("method") == "rate").then(pl.lit("rates")).otherwise("method"),
        total_fen=pl.coalesce("pool_fen", "total_fen"),
    )
    lines = pl.int_range(pl.len(), dtype=pl.Int64).over("distribution")
    shares = replay.shares.select("distribution", "building", "weight", "share_fen", line=lines)
    return runs.join(shares, on="distribution", how="inner").drop("distribution")


def causes(replay: Replay) -> pl.DataFrame:
    """What every event of a building follows from, if anything."""
    return replay.causes.select(name for name in CAUSES if name not in ("stream", "version"))
