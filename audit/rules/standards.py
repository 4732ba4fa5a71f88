"""First deposits due (首期应交) by the dated standards (交存标准), for whole columns of units at once."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import polars as pl

from ledger.errors import InputError
from ledger.policy import Policy, Standard


class _Rate(NamedTuple):
    """One rate of one kind of unit for some days; ``parts`` ÷ ``of`` of ``fen_per_m2`` are asked."""

    county: str
    fund: str
    lift: bool
    storeys_from: int
    storeys_to: int | None
    valid_from: date
    valid_to: date | None
    fen_per_m2: int
    parts: int
    of: int


_SCHEMA = {
    "county": pl.String,
    "fund": pl.String,
    "lift": pl.Boolean,
    "storeys_from": pl.Int64,
    "storeys_to": pl.Int64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "fen_per_m2": pl.Int64,
    "parts": pl.Int64,
    "of": pl.Int64,
}


def with_due(units: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Add ``due_fen``: area × rate of county, fund, lift and storeys on day ``on``, half-up; else null.

    Areas are cut to 10^10 dm² here (no ledger takes a tenth of it) and fractions have no more than three
    digits, so that the product stays within 64 bits.
    """
    rates = [
        rate
        for county in units["county"].drop_nulls().unique().sort()
        if (canonical := _canonical(policy, county)) is not None
        for rate in _rates(policy, county, canonical)
    ]
    numbered = units.with_row_index("row")
    asked = pl.col("area_dm2") * pl.col("fen_per_m2") * pl.col("parts")
    due = (
        numbered.select("row", "county", "fund", "lift", "storeys", "on", "area_dm2")
        .join(pl.DataFrame(rates, schema=_SCHEMA, orient="row"), on=["county", "fund", "lift"])
        .filter(
            (pl.col("storeys") >= pl.col("storeys_from"))
            & (pl.col("storeys") <= pl.col("storeys_to")).fill_null(True)
            & (pl.col("on") >= pl.col("valid_from"))
            & (pl.col("on") < pl.col("valid_to")).fill_null(True)
            & (pl.col("area_dm2") < 10**10)
        )
        .select("row", due_fen=(asked * 2 + pl.col("of") * 100) // (pl.col("of") * 200))
    )
    return numbered.join(due, on="row", how="left", maintain_order="left").drop("row")


def _rates(policy: Policy, county: str, canonical: str) -> Iterator[_Rate]:
    for standard in policy.standards:
        if canonical in standard.counties:
            for start, end, factor in _pieces(policy, canonical, standard):
                yield _Rate(
                    county,
                    "commodity",
                    standard.lift,
                    standard.storeys_from,
                    standard.storeys_to,
                    start,
                    end,
                    standard.fen_per_m2,
                    factor.numerator,
                    factor.denominator,
                )
    for cost in policy.dues.reform_costs:
        for share in policy.dues.owner_shares:
            start = max(cost.valid_from, share.valid_from)
            ends = [day for day in (cost.valid_to, share.valid_to) if day is not None]
            if canonical in cost.counties:
                for lift in (False, True):
                    yield _Rate(
                        county, "public", lift, 1, None, start, min(ends, default=None),
                        cost.fen_per_m2, share.percent, 100,
                    )  # fmt: skip


def _pieces(policy: Policy, county: str, standard: Standard) -> Iterator[tuple[date, date | None, Fraction]]:
    """The days of a standard, cut where a multiplier of the county begins or ends."""
    rows = [row for row in policy.dues.multipliers if county in row.counties]
    turns = {day for row in rows for day in (row.valid_from, row.valid_to) if day is not None}
    inside = sorted(day for day in turns if day > standard.valid_from)
    starts = [standard.valid_from, *(day for day in inside if standard.holds(day))]
    for start, end in zip(starts, [*starts[1:], standard.valid_to], strict=True):
        yield start, end, policy.dues.factor(county, start)


def _canonical(policy: Policy, county: str) -> str | None:
    """The code of today; None where the county is not one of the policy's (no standard applies)."""
    try:
        return policy.county(county).code
    except InputError:
        return None
