"""I40 划转: custody passed late or before its notice, not whole, or taken back without having passed."""

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
    """One finding a transfer that is late, unasked for or comes back from nowhere; one a building left over.

    Left over is a building whose owners' money is still with us.
    """
    days = figures.settings("I40", Settings).days
    return _late(figures, days) + _unasked(figures) + _from_nowhere(figures) + _short(figures)


def _passed(figures: Figures) -> pl.DataFrame:
    """Transfers that stand, with ``event`` and ``passed_fen``, negative for money that came back."""
    sums = (
        figures.entries.filter(pl.col("kind") == "custody")
        .group_by("stream", "version")
        .agg(passed_fen=-pl.col("amount_fen").sum())
    )
    return (
        figures.custody.with_columns(event=event_ids())
        .join(sums, on=["stream", "version"], how="left", maintain_order="left")
        .with_columns(pl.col("passed_fen").fill_null(0))
    )


def _unasked(figures: Figures) -> list[Finding]:
    """Without a notice of the owners' committee, or before it; amount: what was passed."""
    noticed = pl.col("noticed_on")
    early = _passed(figures).filter(
        pl.col("out") & (noticed.is_null() | (pl.col("value_date") < noticed).fill_null(value=False))
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["passed_fen"],
            events=[row["event"]],
            message=f"楼幢 {row['building']} 的资金于 {row['value_date']} 划转，"
            + ("没有通知日期" if row["noticed_on"] is None else f"早于通知（{row['noticed_on']}）")
            + f"，共 {yuan(row['passed_fen'])} 元。",
            key=f"unasked {row['event']}",
        )
        for row in early.iter_rows(named=True)
    ]


def _from_nowhere(figures: Figures) -> list[Finding]:
    """Money taken back (划转回) that the assembly did not keep; amount: what came back."""
    out_before = pl.col("out").shift(1, fill_value=False).over("building")
    nowhere = (
        _passed(figures).sort("value_date", "position").filter(~pl.col("out") & ~out_before).sort("position")
    )
    return [
        RULE.finding(
            row,
            amount_fen=-row["passed_fen"],
            events=[row["event"]],
            message=f"楼幢 {row['building']} 于 {row['value_date']} 划转回 {yuan(-row['passed_fen'])} 元，"
            "此前资金没有划转出去。",
            key=f"nowhere {row['event']}",
        )
        for row in nowhere.iter_rows(named=True)
    ]


def _late(figures: Figures, days: int) -> list[Finding]:
    """Amount: what was passed."""
    late = (
        _passed(figures)
        .filter("out")
        .with_columns(after=(pl.col("value_date") - pl.col("noticed_on")).dt.total_days())
        .filter(pl.col("after") > days)
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["passed_fen"],
            events=[row["event"]],
            message=f"楼幢 {row['building']} 的资金在通知（{row['noticed_on']}）后 {row['after']} 日才划转，"
            f"共 {yuan(row['passed_fen'])} 元。",
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
