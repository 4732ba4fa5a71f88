"""First deposits due (首期应交) by the dated standards (交存标准), for whole columns of units at once."""

import polars as pl

from ledger.errors import InputError
from ledger.policy import Policy


def with_due(units: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Add ``due_fen``: area × standard of county, lift and storeys on day ``on``, half-up; null without one.

    Areas stay below 2^62 dm² and are cut to 10^12 here, so that the product stays within 64 bits.
    """
    rows = [
        (county, standard.lift, standard.storeys_from, standard.storeys_to, standard.valid_from,
         standard.valid_to, standard.fen_per_m2)
        for county in units["county"].drop_nulls().unique().sort()
        for standard in policy.standards
        if _canonical(policy, county) in standard.counties
    ]  # fmt: skip
    standards = pl.DataFrame(
        rows,
        schema={
            "county": pl.String,
            "lift": pl.Boolean,
            "storeys_from": pl.Int64,
            "storeys_to": pl.Int64,
            "valid_from": pl.Date,
            "valid_to": pl.Date,
            "fen_per_m2": pl.Int64,
        },
        orient="row",
    )
    numbered = units.with_row_index("row")
    due = (
        numbered.select("row", "county", "lift", "storeys", "on", "area_dm2")
        .join(standards, on=["county", "lift"])
        .filter(
            (pl.col("storeys") >= pl.col("storeys_from"))
            & (pl.col("storeys") <= pl.col("storeys_to")).fill_null(True)
            & (pl.col("on") >= pl.col("valid_from"))
            & (pl.col("on") < pl.col("valid_to")).fill_null(True)
            & (pl.col("area_dm2") < 10**12)
        )
        .select("row", due_fen=(pl.col("area_dm2") * pl.col("fen_per_m2") + 50) // 100)
    )
    return numbered.join(due, on="row", how="left", maintain_order="left").drop("row")


def _canonical(policy: Policy, county: str) -> str | None:
    """The code of today; None where the county is not one of the policy's (no standard applies)."""
    try:
        return policy.county(county).code
    except InputError:
        return None
