"""Designated bank accounts (专户) by the second witness: which were designated when, and closings of none."""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay

_ACCOUNT = ["county", "fund", "account"]


def designations(replay: Replay) -> pl.DataFrame:
    """One row a designation: ``since`` its value date, ``until`` its last day (null: still one).

    A closing gives up the designations of its account before it in the log that stand.
    """
    closings = replay.accounts.filter("closed").select(*_ACCOUNT, closed_at="position", until="value_date")
    made = replay.accounts.filter(~pl.col("closed")).rename({"value_date": "since"})
    ended = (
        made.select("position", *_ACCOUNT)
        .join(closings, on=_ACCOUNT)
        .filter(pl.col("closed_at") > pl.col("position"))
        .sort("closed_at")
        .unique("position", keep="first", maintain_order=True)
        .select("position", "closed_at", "until")
    )
    return made.join(ended, on="position", how="left", maintain_order="left").sort("position")


def check(replay: Replay) -> Iterator[Problem]:
    """Closings of an account that was not designated then, or before the day it was."""
    used = designations(replay).drop_nulls("closed_at")
    right = used.filter(pl.col("until") >= pl.col("since")).select(position="closed_at").unique()
    for row in rows(replay.accounts.filter("closed").join(right, on="position", how="anti").sort("position")):
        message = f"账号 {row['account']} 的销户（{row['value_date']}）没有相应的专户，或早于开立"
        yield problem("account-wrong", message, position=row["position"], stream=row["stream"])
