"""I51 岗位未分离: the same person handled and approved one project."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.money import yuan

RULE = Rule(
    id="I51",
    title="经办与审批为同一人",
    basis="不相容岗位分离，内控口径",
    severity="high",
    advice="由他人复核该项目全部资料，调整岗位与系统权限。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project; two party refs are equal when the person is."""
    alone = figures.projects.filter(pl.col("handler_ref") == pl.col("approver_ref"))
    return [_finding(row) for row in alone.iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "approved"),
        message=f"项目 {row['project']} 的经办人与审批人是同一人，涉及 {yuan(row['stake_fen'])} 元。",
    )
