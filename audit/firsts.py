"""First deposits (首期) among the entries: those made, given back or reversed, and what moved with a unit."""

import polars as pl


def with_first(entries: pl.DataFrame) -> pl.DataFrame:
    """``first``: whether an entry is a first deposit (首期), gives one back, or reverses either of these."""
    event = pl.format("{}@{}", "stream", "version")
    made = entries.filter(pl.col("deposit_kind") == "first")
    of_first = made.select(refunds=event, refunds_line="line").unique().with_columns(given_back=True)
    direct = entries.join(of_first, on=["refunds", "refunds_line"], how="left", maintain_order="left")
    direct = direct.with_columns(
        first=pl.col("deposit_kind").eq_missing(pl.lit("first")) | pl.col("given_back").fill_null(value=False)
    )
    reversed_ = (
        direct.filter("first")
        .select("stream", reverses_version="version", reverses_line="line")
        .with_columns(of_first=True)
    )
    return direct.join(
        reversed_, on=["stream", "reverses_version", "reverses_line"], how="left"
    ).with_columns(first=pl.col("first") | pl.col("of_first").fill_null(value=False))
