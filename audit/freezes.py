"""Freezes (冻结) checked: of a unit on record, each order once, ended by a release of that order alone."""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay

ORDER = ["building", "unit", "order_no"]


def check(replay: Replay) -> Iterator[Problem]:
    """Freezes of unknown units, orders that come twice, and releases of an order that does not stand."""
    freezes = replay.freezes.sort("position")
    unknown = freezes.join(
        replay.units.select("building", "unit").unique(), on=["building", "unit"], how="anti"
    )
    turns = freezes.with_columns(
        turn=pl.int_range(pl.len()).over(ORDER), since=pl.col("value_date").first().over(ORDER)
    )
    frozen = ~pl.col("release") & (pl.col("turn") == 0)
    ended = pl.col("release") & (pl.col("turn") == 1) & (pl.col("value_date") >= pl.col("since"))
    wrong = pl.concat([unknown, turns.filter(~(frozen | ended)).select(unknown.columns)]).unique("position")
    for row in rows(wrong.sort("position")):
        what = "解除" if row["release"] else "冻结"
        message = (
            f"楼幢 {row['building']} 户 {row['unit']} 的{what}（{row['order_no']}）没有对应的户或冻结，或重复"
        )
        yield problem(
            "freeze-wrong",
            message,
            position=row["position"],
            stream=row["stream"],
            key=[row["building"], row["unit"]],
        )


def periods(replay: Replay) -> pl.DataFrame:
    """One row a freeze: ``since`` and ``until`` (last day, null: open) after its release, and its event."""
    events = replay.freezes.with_columns(event=pl.format("{}@{}", "stream", "version"))
    released = (
        events.filter("release").group_by(ORDER).agg(last=pl.col("value_date").min().dt.offset_by("-1d"))
    )
    return (
        events.filter(~pl.col("release"))
        .join(released, on=ORDER, how="left", maintain_order="left")
        .with_columns(until=pl.min_horizontal("until", "last"))
        .select(*ORDER, "court", "amount_fen", "until", "event", "position", since="value_date")
    )
