"""Undone imports (撤销导入) checked: every line of such an import was taken back."""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay

_EVENT = ["stream", "version"]


def check(replay: Replay) -> Iterator[Problem]:
    """Undone imports with an event of which a line stands, or that count other than their events."""
    if replay.undone.is_empty():
        return
    made = replay.imported.join(
        replay.undone.select("undone"), left_on="import_id", right_on="undone", how="semi"
    )
    standing = (
        made.join(_lines(replay), on=_EVENT, how="left")
        .group_by("import_id")
        .agg(
            events=pl.struct(_EVENT).n_unique(),
            standing=pl.struct(_EVENT).filter(~pl.col("reversed").fill_null(value=False)).n_unique(),
        )
    )
    wrong = replay.undone.join(
        standing, left_on="undone", right_on="import_id", how="left", suffix="_found"
    ).filter(
        (pl.col("standing").fill_null(0) > 0) | (pl.col("events_found").fill_null(0) != pl.col("events"))
    )
    for row in rows(wrong):
        message = (
            f"导入 {row['undone']} 已撤销 {row['events']} 件事件，账上有 {row['events_found'] or 0} 件，"
            f"其中 {row['standing'] or 0} 件没有全部冲正"
        )
        yield problem("undo-incomplete", message, position=row["position"], stream=row["stream"])


def _lines(replay: Replay) -> pl.DataFrame:
    """Every line that can be reversed, and whether it was."""
    lines = []
    for frame in (replay.entries, replay.gains, replay.statements):
        back = frame.filter("reversal").select(
            "stream",
            version="reverses_version",
            line="reverses_line",
            reversed=pl.lit(value=True),
        )
        own = frame.filter(~pl.col("reversal")).select(*_EVENT, "line")
        lines.append(own.join(back.unique(), on=[*_EVENT, "line"], how="left"))
    return pl.concat(lines)
