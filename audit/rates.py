"""Interest at listed rates (定率计息) recomputed: every account by itself, then every building and the total.

All money of an account stands in one queue: what was carried over first, then what arrived, day by day. What
leaves is cut off its front, so money in and money out are two rulers laid side by side: where a piece of the
one meets a piece of the other, that much arrived on the one day and left on the other. What no outflow meets
stayed. Rates are whole millionths of one.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import polars as pl

from audit.problems import Problem, problem, rows
from ledger.money import yuan

ACCOUNT = ["building", "unit", "part"]

_ENDLESS: Final = 2**62
_YEAR: Final = 360
_ONE: Final = 1_000_000


def due(counted: pl.DataFrame, run: dict[str, Any]) -> pl.DataFrame:
    """What every account earned by a settlement; ``counted`` are its entries, settled before or now."""
    day = pl.col("value_date")
    old = pl.col("settled") | (day < pl.lit(run["previous"], pl.Date)).fill_null(value=False)
    late = pl.when("settled").then(pl.lit(run["previous"], pl.Date)).otherwise(day)
    carried = (
        counted.filter(old)
        .with_columns(late=_amount_days(pl.col("amount_fen"), late, pl.lit(run["previous"], pl.Date)))
        .group_by(ACCOUNT)
        .agg(pl.col("amount_fen").sum(), pl.col("late").sum())
        .with_columns(value_date=pl.lit(run["previous"], pl.Date), carried=pl.lit(value=True))
    )
    moved = (
        counted.filter(~old)
        .group_by(*ACCOUNT, "value_date")
        .agg(pl.col("amount_fen").sum())
        .with_columns(carried=pl.lit(value=False))
    )
    pieces = _pieces(pl.concat([carried.drop("late"), moved], how="diagonal"), run["boundary"])
    earned = pieces.group_by(ACCOUNT).agg(_numerator(run).sum().alias("earned"))
    late_earned = carried.select(*ACCOUNT, late=pl.col("late") * run["this_year_millionths"])
    return (
        earned.join(late_earned, on=ACCOUNT, how="full", coalesce=True)
        .with_columns(earned=pl.col("earned").fill_null(0) + pl.col("late").fill_null(0))
        .select(*ACCOUNT, due_fen=_half_up(pl.max_horizontal("earned", pl.lit(0, pl.Int128)), _YEAR * _ONE))
    )


def _pieces(steps: pl.DataFrame, boundary: date) -> pl.DataFrame:
    """How much of each account lay from a day to a day, was it carried over, and did it stay."""
    ordered = steps.filter(pl.col("amount_fen") != 0).sort(*ACCOUNT, ~pl.col("carried"), "value_date")
    inward = _ruler(ordered.filter(pl.col("amount_fen") > 0), pl.col("amount_fen"))
    outward = _ruler(ordered.filter(pl.col("amount_fen") < 0), -pl.col("amount_fen"))
    rest = (
        inward.select(ACCOUNT)
        .unique()
        .join(outward.group_by(ACCOUNT).agg(start=pl.col("end").max()), on=ACCOUNT, how="left")
        .with_columns(
            pl.col("start").fill_null(0),
            end=pl.lit(_ENDLESS),
            value_date=pl.lit(boundary, pl.Date),
            stays=pl.lit(value=True),
        )
    )
    left = pl.concat([outward.drop("carried"), rest], how="diagonal_relaxed")
    return (
        inward.join(left, on=ACCOUNT, suffix="_out")
        .with_columns(
            amount_fen=pl.min_horizontal("end", "end_out") - pl.max_horizontal("start", "start_out"),
            since=pl.col("value_date"),
            until=pl.max_horizontal("value_date", "value_date_out"),
            stays=pl.col("stays").fill_null(value=False),
        )
        .filter(pl.col("amount_fen") > 0)
        .select(*ACCOUNT, "amount_fen", "since", "until", "carried", "stays")
    )


def _ruler(steps: pl.DataFrame, amount: pl.Expr) -> pl.DataFrame:
    """Each amount as a piece of a ruler: where it starts and where it ends."""
    ends = steps.with_columns(end=amount.cum_sum().over(ACCOUNT))
    return ends.select(*ACCOUNT, "value_date", "carried", start=pl.col("end") - amount, end=pl.col("end"))


def _numerator(run: dict[str, Any]) -> pl.Expr:
    """What a piece earned, in millionths of a fen × 360: by whole years, and by days."""
    years = pl.struct("since", "until").map_elements(_whole_years, pl.Int64)
    odd = pl.struct("since", "until").map_elements(_odd_days, pl.Int64)
    amount = pl.col("amount_fen").cast(pl.Int128)
    demand, carried = run["demand_millionths"], run["carried_millionths"]
    held = amount * (years * (_YEAR * carried) + odd * demand).cast(pl.Int128)
    rate = pl.when("stays").then(run["this_year_millionths"]).otherwise(demand)
    arrived = _amount_days(pl.col("amount_fen"), pl.col("since"), pl.col("until")) * rate.cast(pl.Int128)
    return pl.when("carried").then(held).otherwise(arrived)


def _whole_years(span: dict[str, date]) -> int:
    since, until = span["since"], span["until"]
    return until.year - since.year - (until < _same_day(since, until.year))


def _odd_days(span: dict[str, date]) -> int:
    return (span["until"] - _same_day(span["since"], span["since"].year + _whole_years(span))).days


def _same_day(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def _amount_days(amount: pl.Expr, since: pl.Expr, until: pl.Expr) -> pl.Expr:
    return amount.cast(pl.Int128) * (until - since).dt.total_days().cast(pl.Int128)


def _half_up(numerator: pl.Expr, denominator: int) -> pl.Expr:
    return ((2 * numerator + denominator) // (2 * denominator)).cast(pl.Int64)


def shares(run: dict[str, Any], said: pl.DataFrame, found: pl.DataFrame) -> Iterator[Problem]:
    """Buildings whose interest is not that of their accounts, a total that is not that of the buildings."""
    of_building = found.group_by("building").agg(pl.col("due_fen").sum())
    expected = said.join(of_building, on="building", how="left").with_columns(pl.col("due_fen").fill_null(0))
    for row in rows(expected.filter(pl.col("share_fen") != pl.col("due_fen")).sort("building")):
        message = (
            f"楼幢 {row['building']} 按利率应计利息 {yuan(row['due_fen'])} 元，"
            f"记录为 {yuan(row['share_fen'])} 元"
        )
        yield _about(run, "credit-wrong", message, [row["building"]])
    total = int(said["share_fen"].sum())
    if total != run["total_fen"]:
        message = f"各楼幢利息合计 {yuan(total)} 元，记录的总额为 {yuan(run['total_fen'])} 元"
        yield _about(run, "total-wrong", message)


def _about(run: dict[str, Any], kind: str, message: str, key: list[str] | None = None) -> Problem:
    return problem(kind, message, position=run["position"], stream=run["stream"], key=key)
