"""Years for which a book owes something (年度义务), art. 30: reconciling with the bank, and publishing."""

from datetime import date
from typing import Final

import polars as pl

from audit.rules.figures import Figures, months_after

_BOOK: Final = ["county", "fund"]


def owed_years(figures: Figures, first_year: int, months: int) -> pl.DataFrame:
    """Book, ``year`` and ``held_fen`` of its unit accounts at the year's end, for every year that fell due.

    From ``first_year`` on; a year falls due ``months`` after its end. Books without money owe nothing.
    """
    entries = figures.entries.drop_nulls(_BOOK)
    held = [
        entries.filter(pl.col("value_date") <= date(year, 12, 31))
        .group_by(_BOOK)
        .agg(held_fen=pl.col("amount_fen").sum())
        .with_columns(year=pl.lit(year, pl.Int64), ends=date(year, 12, 31))
        for year in range(first_year, figures.today.year)
    ]
    if not held:
        return pl.DataFrame(
            schema={"county": pl.String, "fund": pl.String, "held_fen": pl.Int64, "year": pl.Int64}
        )
    return (
        pl.concat(held)
        .filter((pl.col("held_fen") > 0) & (months_after("ends", months) < figures.today))
        .sort(*_BOOK, "year")
    )
