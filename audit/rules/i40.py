"""I40 划转: money passed to the owners' assembly too late, or left with us while it keeps the rest."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, event_ids
from ledger.money import yuan

RULE = Rule(
    id="I40",
    title="划转业主大会不及时或不足额",
    basis="165号令第15条",
    severity="medium",
    advice="核对业主委员会通知日期与银行划转回单；逐户核对余额，补划未划转的部分。",
)


class Settings(Threshold, frozen=True, kw_only=True):
    """Days from the notice to the transfer."""

    days: int


def find(figures: Figures) -> list[Finding]:
    """One finding a late transfer of a building; one a building whose owners' money is still with us."""
    return _late(figures, figures.settings("I40", Settings).days) + _short(figures)


def _late(figures: Figures, days: int) -> list[Finding]:
    """Amount: what was passed."""
    passed = (
        figures.entries.filter(pl.col("kind") == "custody")
        .group_by("stream", "version")
        .agg(passed_fen=-pl.col("amount_fen").sum())
    )
    late = (
        figures.custody.filter(pl.col("out"))
        .with_columns(after=(pl.col("value_date") - pl.col("noticed_on")).dt.total_days(), event=event_ids())
        .filter(pl.col("after") > days)
        .join(passed, on=["stream", "version"], how="left", maintain_order="left")
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["passed_fen"] or 0,
            events=[row["event"]],
            message=f"楼幢 {row['building']} 的资金在通知（{row['noticed_on']}）后 {row['after']} 日才划转，"
            f"共 {yuan(row['passed_fen'] or 0)} 元。",
            key=f"late {row['event']}",
        )
        for row in late.iter_rows(named=True)
    ]


def _short(figures: Figures) -> list[Finding]:
    """Amount: what the owners' accounts hold, also of the estate's buildings that were left out."""
    out = figures.in_custody
    if out.is_empty():
        return []
    estates = out.select("estate", "county").unique()
    transfers = out.select("estate", "county", "event").sort("event")
    left = (
        figures.entries.filter(pl.col("part") == "owner")
        .join(estates, on=["estate", "county"], how="semi", maintain_order="left")
        .group_by("building", maintain_order=True)
        .agg(pl.col("county", "estate").first(), left_fen=pl.col("amount_fen").sum())
        .filter(pl.col("left_fen") > 0)
        .join(out.select("building", "event"), on="building", how="left", maintain_order="left")
    )
    found = []
    for row in left.iter_rows(named=True):
        same = transfers.filter((pl.col("estate") == row["estate"]) & (pl.col("county") == row["county"]))
        found.append(_left(row, [row["event"]] if row["event"] else same["event"].to_list()))
    return found


def _left(row: Row, events: list[str]) -> Finding:
    what = "已划转，账上仍有" if row["event"] else "同小区已划转，本幢未划转"
    return RULE.finding(
        row,
        amount_fen=row["left_fen"],
        events=events,
        message=f"楼幢 {row['building']} {what}业主余额 {yuan(row['left_fen'])} 元。",
        key="short",
    )
