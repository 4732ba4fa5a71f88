"""Other income (其他收入) recomputed: for one unit all of it, otherwise shared over all units by area."""

from collections.abc import Iterator

import polars as pl

from audit.apportion import apportion
from audit.areas import areas
from audit.problems import Problem, problem, rows
from audit.replay import Replay
from ledger.money import yuan

EVENT = ["stream", "version"]
ACCOUNT = ["building", "unit", "part"]


def check(replay: Replay) -> Iterator[Problem]:
    """Shares of an income that are not its amount by area; units open at it share, owners' part.

    A share of nothing has no line.
    """
    entries = replay.entries.filter((pl.col("kind") == "income") & ~pl.col("reversal"))
    events = entries.group_by(*EVENT, "position", "building", "income_unit").agg(
        amount_fen=pl.col("principal_fen").sum()
    )
    units = areas(replay).select("building", "unit", "area_dm2", "since_version", "until_version")
    scope = (
        events.join(units, on="building")
        .filter(
            (pl.col("since_version") < pl.col("version"))
            & (pl.col("until_version").is_null() | (pl.col("until_version") > pl.col("version")))
            & (pl.col("unit") == pl.col("income_unit").fill_null(pl.col("unit")))
        )
        .with_columns(part=pl.lit("owner"))
    )
    shares = apportion(scope, "amount_fen", "area_dm2", EVENT, ["unit"])
    due = scope.select(*EVENT, *ACCOUNT, due_fen=shares).filter(pl.col("due_fen") > 0)
    credited = entries.group_by(*EVENT, *ACCOUNT).agg(credited_fen=pl.col("principal_fen").sum())
    wrong = (
        due.join(credited, on=[*EVENT, *ACCOUNT], how="full", coalesce=True)
        .filter(pl.col("due_fen").ne_missing(pl.col("credited_fen")))
        .with_columns(pl.col("due_fen", "credited_fen").fill_null(0))
        .join(events.select(*EVENT, "position"), on=EVENT)
        .sort("position", *ACCOUNT)
    )
    for row in rows(wrong):
        message = (
            f"楼幢 {row['building']} 户 {row['unit']} 应分得收入 {yuan(row['due_fen'])} 元，"
            f"实记 {yuan(row['credited_fen'])} 元"
        )
        yield problem(
            "income-wrong",
            message,
            position=row["position"],
            stream=row["stream"],
            key=[row[name] for name in ACCOUNT],
        )
