"""I37 未按规定会计核算: months or years of a book closed twice, out of their order, or with one left out."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, event_ids
from ledger.identity import FUND_NAMES

RULE = Rule(
    id="I37",
    title="结账重复、跳期或次序颠倒",
    basis="财会〔2020〕7号（期末结转）；按期次序为内控口径",
    severity="medium",
    advice="核对该账套各期间的账簿，查明漏结、重结的原因，并按期结账。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a book; the first closing of each kind may be any. Amount: 0, as no money moves by it."""
    series = ["county", "fund", "kind"]
    last = pl.col("ends").cum_max().shift(1).over(series)
    months = (
        pl.when(pl.col("kind") == "month")
        .then("ends")
        .otherwise(None)
        .cum_max()
        .forward_fill()
        .over(["county", "fund"])
    )
    step = pl.when(pl.col("kind") == "year").then(last.dt.offset_by("1y")).otherwise(_month_after(last))
    closings = (
        figures.replay.closings.sort("position")
        .with_columns(event=event_ids(), due=step, months=months)
        .filter(
            (pl.col("ends") != pl.col("due")).fill_null(value=False)
            | (
                (pl.col("kind") == "year")
                & (pl.col("months") >= pl.col("ends")).fill_null(value=False).not_()
            )
        )
    )
    return [_finding(book) for book in closings.partition_by("county", "fund", maintain_order=True)]


def _month_after(last: pl.Expr) -> pl.Expr:
    return last.dt.offset_by("1d").dt.month_end()


def _finding(wrong: pl.DataFrame) -> Finding:
    row: Row = wrong.row(0, named=True)
    periods = "、".join(wrong["period"].unique(maintain_order=True))
    return RULE.finding(
        {"county": row["county"]},
        amount_fen=0,
        events=wrong["event"].to_list(),
        message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）的期间 {periods} "
        "重复结账、跳过了以前的期间，或先于其 12 月年结。",
        key=row["fund"],
    )
