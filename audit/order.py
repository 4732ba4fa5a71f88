"""Order (顺序): every stream counts 1, 2, 3 … in the order of the log; money moves on open accounts only."""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay


def check(replay: Replay) -> Iterator[Problem]:
    """Positions, versions and registrations that are not as an append could have left them."""
    yield from _positions(replay.log)
    yield from _versions(replay.log)
    yield from _registrations(replay)


def _positions(log: pl.DataFrame) -> Iterator[Problem]:
    for row in rows(log.filter(pl.col("position").is_duplicated())):
        message = "同一位置有两个事件"
        yield problem("position-double", message, position=row["position"], stream=row["stream"])


def _versions(log: pl.DataFrame) -> Iterator[Problem]:
    """In the order of the log, each version of a stream follows the one before."""
    steps = log.with_columns(
        before=pl.col("version").shift(1, fill_value=0).over("stream", order_by="position")
    )
    for row in rows(steps.filter(pl.col("version") != pl.col("before") + 1)):
        message = f"流 {row['stream']} 在第 {row['before']} 版之后是第 {row['version']} 版，不连续"
        yield problem("version-gap", message, position=row["position"], stream=row["stream"])


def _registrations(replay: Replay) -> Iterator[Problem]:
    for row in rows(replay.buildings.filter(~pl.col("building").is_first_distinct())):
        message = f"楼幢 {row['building']} 重复建账"
        yield problem("building-double", message, position=row["position"], stream=row["stream"])
    doubled = ~pl.struct("building", "unit").is_first_distinct()
    for row in rows(replay.units.filter(doubled)):
        yield problem(
            "unit-double",
            f"{row['building']} {row['unit']} 重复开户",
            position=row["position"],
            stream=row["stream"],
            key=[row["building"], row["unit"]],
        )
    unknown = pl.col("county").is_null() | pl.col("fund").is_null()
    owner_only = (pl.col("fund") == "commodity") & (pl.col("part") != "owner")
    for row in rows(replay.entries.filter(unknown | owner_only)):
        yield problem(
            "account-unknown",
            f"{row['building']} {row['unit']}（{row['part']}）没有开户却有分录",
            position=row["position"],
            stream=row["stream"],
            key=[row["building"], row["unit"], row["part"]],
        )
