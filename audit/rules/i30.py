"""I30 高估冒算: a final account well above the budget, or an approval above it."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, facts
from ledger.money import yuan

RULE = Rule(
    id="I30",
    title="决算超预算",
    basis="165号令第22、23条（按方案使用）；比例为内控口径",
    severity="medium",
    advice="委托造价审核，核实工程量与单价；超出部分补办表决或核减。",
)


class Percent(Threshold, frozen=True, kw_only=True):
    """The final account may exceed the budget by ``percent``."""

    percent: int


def find(figures: Figures) -> list[Finding]:
    """One finding a project; amount: the final account less the budget. Products stay in 64 bits.

    One more where more was approved than estimated.
    """
    percent = figures.settings(RULE.id, Percent).percent
    over = figures.projects.filter(pl.col("settled_fen") * 100 > pl.col("budget_fen") * (100 + percent))
    approved = figures.projects.filter(pl.col("approved_fen") > pl.col("budget_fen"))
    return [
        *(_finding(row, percent) for row in over.iter_rows(named=True)),
        *(_approved(row) for row in approved.iter_rows(named=True)),
    ]


def _finding(row: Row, percent: int) -> Finding:
    excess = row["settled_fen"] - row["budget_fen"]
    return RULE.finding(
        row,
        amount_fen=excess,
        events=facts(row, "proposed", "settled"),
        message=f"项目 {row['project']} 决算 {yuan(row['settled_fen'])} 元，"
        f"预算 {yuan(row['budget_fen'])} 元，超出 {yuan(excess)} 元，超过 {percent}%。",
    )


def _approved(row: Row) -> Finding:
    excess = row["approved_fen"] - row["budget_fen"]
    return RULE.finding(
        row,
        amount_fen=excess,
        events=facts(row, "proposed", "approved"),
        message=f"项目 {row['project']} 批准 {yuan(row['approved_fen'])} 元，"
        f"预算 {yuan(row['budget_fen'])} 元，超出 {yuan(excess)} 元。",
        key="approved",
    )
