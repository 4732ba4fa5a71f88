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


def unit_facts(replay: Replay) -> pl.DataFrame:
    """Everything that was recorded about units, a row for each unit of an event: table ``read.unit_facts``.

    What is corrected says nothing of the owner.
    """
    changes = replay.unit_changes
    opened = changes.filter(pl.col("fate") == "opened").select("position", "unit", kind=pl.lit("opened"))
    facts = ("fund", "usage", "area_dm2", "realty_no")
    begun = replay.units.join(opened, on=["position", "unit"], how="left").select(
        *_SAID,
        *facts,
        "owner_ref",
        kind=pl.col("kind").fill_null("registered"),
        value_date="since",
    )
    corrected = changes.filter(pl.col("after") & (pl.col("fate") == "kept")).select(
        *_SAID, *facts, "value_date", kind=pl.lit("corrected")
    )
    closed = changes.filter(pl.col("fate") == "closed").select(*_SAID, "value_date", kind=pl.lit("closed"))
    owners = replay.owners.select(*_SAID, "owner_ref", "value_date", kind=pl.lit("owner"))
    freezes = replay.freezes.select(
        *_SAID,
        "order_no",
        "value_date",
        kind=pl.when("release").then(pl.lit("released")).otherwise(pl.lit("frozen")),
    )
    county = replay.buildings.unique("building", keep="first").select("building", "county")
    return (
        pl.concat([begun, corrected, closed, owners, freezes], how="diagonal")
        .join(county, on="building", how="left")
        .select(
            "position",
            "building",
            "unit",
            "county",
            "kind",
            "value_date",
            "fund",
            "usage",
            "area_dm2",
            "owner_ref",
            "realty_no",
            "order_no",
            "version",
        )
    )


_SAID = ("position", "version", "building", "unit")


def _frozen(freezes: pl.DataFrame) -> pl.DataFrame:
    """The orders of freezes that were not released, in the order in which they came."""
    order = [*UNIT, "order_no"]
    last = freezes.sort("position").unique(order, keep="last", maintain_order=True)
    return (
        last.filter(~pl.col("release"))
        .group_by(UNIT, maintain_order=True)
        .agg(frozen=pl.col("order_no").str.join(ORDERS))
    )
