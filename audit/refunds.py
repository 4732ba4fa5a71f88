"""Refunds (退款) recomputed: each that names a deposit names one of its own account, as it is on record."""

from collections.abc import Iterator

import polars as pl

from audit.problems import Problem, problem, rows
from audit.replay import Replay


def check(replay: Replay) -> Iterator[Problem]:
    """Refunds of a deposit that is not there, was reversed before, or is of another account, day or kind.

    How a refund is split between principal and interest is decided when recorded, and is not recomputed.
    """
    entries = replay.entries
    refunds = entries.filter(
        (pl.col("kind") == "refund") & ~pl.col("reversal") & pl.col("refunds").is_not_null()
    )
    gone = entries.filter("reversal").select(
        refunds=pl.format("{}@{}", "stream", "reverses_version"),
        refunds_line="reverses_line",
        gone_version="version",
    )
    deposits = entries.filter((pl.col("kind") == "deposit") & ~pl.col("reversal")).select(
        "building",
        "part",
        deposited="unit",
        refunds=pl.format("{}@{}", "stream", "version"),
        refunds_line="line",
        refunds_day="value_date",
        refunds_kind="deposit_kind",
        deposit_version="version",
    )
    place = ["refunds", "refunds_line"]
    same = [*place, "building", "part", "refunds_day", "refunds_kind"]
    named = refunds.join(deposits, on=same, how="left").join(
        gone.unique(place, keep="first"), on=place, how="left"
    )
    came = _came(replay.unit_changes).with_columns(came=pl.lit(value=True))
    named = named.join(came, on=["building", "unit", "deposited"], how="left")
    own = (pl.col("unit") == pl.col("deposited")) | pl.col("came").fill_null(value=False)
    right = (
        own
        & (pl.col("deposit_version") < pl.col("version"))
        & (pl.col("gone_version").is_null() | (pl.col("gone_version") > pl.col("version")))
    )
    for row in rows(named.filter(~right.fill_null(value=False)).sort("position", "line")):
        message = f"退款第 {row['line'] + 1} 行所指的交存 {row['refunds']} 不存在、已冲正或不相符"
        yield problem(
            "refund-wrong",
            message,
            position=row["position"],
            stream=row["stream"],
            key=[row["building"], row["unit"], row["part"]],
        )


def _came(changes: pl.DataFrame) -> pl.DataFrame:
    """Which units (``deposited``) came to which by splits and mergers, over any number of steps."""
    came: dict[tuple[str, str], set[str]] = {}
    for _, change in changes.sort("position").group_by("position", maintain_order=True):
        building = change["building"][0]
        gone = set(change.filter(pl.col("fate") == "closed")["unit"])
        earlier = gone.union(*(came.get((building, unit), set()) for unit in gone))
        for unit in change.filter(pl.col("fate") == "opened")["unit"]:
            came[building, unit] = earlier
    pairs = [(building, unit, before) for (building, unit), units in came.items() for before in units]
    schema = dict.fromkeys(("building", "unit", "deposited"), pl.String)
    return pl.DataFrame(pairs, schema=schema, orient="row")
