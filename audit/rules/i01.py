"""I01 归集不完整: units long completed for which nothing was ever deposited.

A unit (户) is one finding; where no unit of an estate has a deposit, the estate is one finding.
"""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.decided import with_decided
from audit.rules.figures import Figures, Row, Threshold, event_ids, months_after
from audit.rules.standards import with_due
from ledger.money import yuan

RULE = Rule(
    id="I01",
    title="归集不完整（房屋无交存）",
    basis="《住宅专项维修资金管理办法》（165号令）第6、12、13条",
    severity="medium",
    advice="核对交付与产权登记资料，向业主或售房单位催交首期维修资金，并补录交存。",
)


class Months(Threshold, frozen=True, kw_only=True):
    """Completed more than ``months`` before the reference day."""

    months: int


def find(figures: Figures) -> list[Finding]:
    """Units without standing deposit or opening balance, not exempt today; amount: the first deposit due.

    A unit that a split or merger opened has what moved to it; one that was closed asks for nothing.
    """
    months = figures.settings(RULE.id, Months).months
    account = ["building", "unit"]
    paid = (
        figures.entries.filter(pl.col("kind").is_in(["deposit", "opening"]) | _moved_in())
        .group_by(account)
        .agg(paid_fen=pl.col("amount_fen").sum())
        .filter(pl.col("paid_fen") > 0)
    )
    closed = figures.replay.unit_changes.filter(pl.col("fate") == "closed").select(account)
    units = figures.replay.units.unique(account, keep="first", maintain_order=True).join(
        closed, on=account, how="anti", maintain_order="left"
    )
    paying = units.join(paid, on=account, how="semi").select("estate").unique()
    missing = (
        units.join(paid, on=account, how="anti", maintain_order="left")
        .filter(months_after("completed_on", months) < figures.today)
        .with_columns(event=event_ids(), on=pl.col("completed_on"))
    )
    missing = with_due(missing, figures.policy).with_columns(on=pl.lit(figures.today))
    missing = with_decided(missing, figures).sort("position")
    alone = missing.join(paying, on="estate", how="semi", maintain_order="left")
    whole = missing.join(paying, on="estate", how="anti", maintain_order="left")
    return [_unit(row) for row in alone.iter_rows(named=True)] + [
        _estate(group) for group in whole.partition_by("county", "estate", maintain_order=True)
    ]


def _moved_in() -> pl.Expr:
    return (pl.col("kind") == "moved") & (pl.col("amount_fen") > 0)


def _unit(row: Row) -> Finding:
    due = row["due_fen"]
    shown = "，当时无交存标准" if due is None else f"，按标准应交 {yuan(due)} 元"
    return RULE.finding(
        row,
        amount_fen=due or 0,
        events=[row["event"]],
        message=f"楼幢 {row['building']} 户 {row['unit']} 于 {row['completed_on']} 竣工，"
        f"至今没有任何交存{shown}。",
    )


def _estate(units: pl.DataFrame) -> Finding:
    row = units.row(0, named=True)
    due = int(units["due_fen"].sum())
    return RULE.finding(
        {"county": row["county"], "estate": row["estate"]},
        amount_fen=due,
        events=units["event"].unique(maintain_order=True).to_list(),
        message=f"小区 {row['estate']} 共 {units.height} 户竣工已久，全小区没有任何交存，"
        f"按标准应交 {yuan(due)} 元。",
    )
