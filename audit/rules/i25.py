"""I25 应由他人承担: costs that by the project's own statement somebody else must bear."""

from typing import Final

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.money import yuan

RULE = Rule(
    id="I25",
    title="应由他人承担的费用从维修资金列支",
    basis="165号令第25条",
    severity="high",
    advice="向依法应当承担费用的单位或个人追偿，追回的资金转回分户账。",
)

LIABLE: Final = {
    "builder": "建设、施工单位",
    "supplier": "供水、供电等专业经营单位",
    "damage": "造成损坏的当事人",
    "manager": "物业服务企业",
}


def find(figures: Figures) -> list[Finding]:
    """One finding a project that states one of the four exclusions."""
    owed = figures.projects.filter(pl.col("liable").is_in(list(LIABLE)))
    return [_finding(row) for row in owed.iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "payments"),
        message=f"项目 {row['project']} 申报的费用应由{LIABLE[row['liable']]}承担，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
    )
