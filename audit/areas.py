"""Areas (建筑面积) of units through time: a cost or an income is shared by those recorded when it was."""

import polars as pl

from audit.replay import Replay

UNIT = ["building", "unit"]


def areas(replay: Replay) -> pl.DataFrame:
    """A row for each area of each unit: the version and position that recorded it, and those that ended it.

    ``until_version`` and ``until_position`` are null for the area of now; a closed unit has none.
    """
    columns = [*UNIT, "version", "position", "area_dm2"]
    registered = replay.units.unique(UNIT, keep="first").select(columns)
    kept = replay.unit_changes.filter(pl.col("after") & (pl.col("fate") == "kept")).select(columns)
    closed = replay.unit_changes.filter(pl.col("fate") == "closed").with_columns(
        area_dm2=pl.lit(None, pl.Int64)
    )
    until = pl.col("version", "position").shift(-1).over(UNIT)
    return (
        pl.concat([registered, kept, closed.select(columns)])
        .sort(*UNIT, "version")
        .with_columns(until.name.prefix("until_"))
        .filter(pl.col("area_dm2").is_not_null())
        .rename({"version": "since_version", "position": "since_position"})
    )
