"""Freezes (冻结) checked: of a unit on record, each order once, ended by a release of that order alone."""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay
from ledger.calendar import SHANGHAI

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


def held(replay: Replay, moments: pl.DataFrame) -> pl.DataFrame:
    """What freezes held of a unit when money left or was to leave it: ``held_fen``, null for all it has.

    A moment is a row with ``building``, ``unit``, ``position``, its day ``paid_on``, and ``drawn_version``,
    that of the building then, null where nothing of the building says so and the position must do. Freezes
    count that held on the day or since, up to the day of recording, by what was known then.
    """
    moment = ["position", "building", "unit"]
    recorded = replay.log.select(
        "position", recorded_on=pl.col("recorded_at").dt.convert_time_zone(SHANGHAI.key).dt.date()
    )
    known = (
        moments.select(*moment, "paid_on", "drawn_version")
        .unique(moment)
        .join(replay.freezes.rename({"position": "freeze_position"}), on=["building", "unit"])
        .filter(
            pl.when(pl.col("drawn_version").is_null())
            .then(pl.col("freeze_position") < pl.col("position"))
            .otherwise(pl.col("version") < pl.col("drawn_version"))
        )
        .join(recorded, on="position", how="left")
    )
    released = (
        known.filter("release")
        .group_by(*moment, "order_no")
        .agg(last=pl.col("value_date").min().dt.offset_by("-1d"))
    )
    return (
        known.filter(~pl.col("release"))
        .join(released, on=[*moment, "order_no"], how="left")
        .with_columns(until=pl.min_horizontal("until", "last"))
        .filter(
            (pl.col("value_date") <= pl.max_horizontal("paid_on", "recorded_on"))
            & (pl.col("until").is_null() | (pl.col("paid_on") <= pl.col("until")))
        )
        .group_by(moment)
        .agg(
            held_fen=pl.when(pl.col("amount_fen").is_null().any())
            .then(None)
            .otherwise(pl.col("amount_fen").sum())
        )
    )
