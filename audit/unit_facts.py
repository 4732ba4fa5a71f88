"""Units (户) as they stand after every change: facts corrected, closed by a split or merger, frozen."""

import polars as pl

from audit.replay import Replay

UNIT = ["building", "unit"]
ORDERS = "；"


def units_now(replay: Replay) -> pl.DataFrame:
    """The units with their facts of now; ``closed``, ``closed_position``, and the orders that freeze each."""
    changes = replay.unit_changes.sort("position")
    kept = (
        changes.filter(pl.col("after") & (pl.col("fate") == "kept"))
        .unique(UNIT, keep="last", maintain_order=True)
        .select(*UNIT, "usage", "area_dm2", "realty_no", corrected=pl.lit(value=True))
    )
    closed = changes.filter(pl.col("fate") == "closed").select(*UNIT, closed_position="position")
    facts = ("usage", "area_dm2", "realty_no")
    return (
        replay.units.unique(UNIT, keep="first")
        .join(kept, on=UNIT, how="left", suffix="_now")
        .with_columns(
            pl.when(pl.col("corrected").is_not_null()).then(f"{name}_now").otherwise(name).alias(name)
            for name in facts
        )
        .drop("corrected", *(f"{name}_now" for name in facts))
        .join(closed.unique(UNIT, keep="first"), on=UNIT, how="left")
        .with_columns(closed=pl.col("closed_position").is_not_null())
        .join(_frozen(replay.freezes), on=UNIT, how="left")
    )


def _frozen(freezes: pl.DataFrame) -> pl.DataFrame:
    """The orders of freezes that were not released, in the order in which they came."""
    order = [*UNIT, "order_no"]
    last = freezes.sort("position").unique(order, keep="last", maintain_order=True)
    return (
        last.filter(~pl.col("release"))
        .group_by(UNIT, maintain_order=True)
        .agg(frozen=pl.col("order_no").str.join(ORDERS))
    )
