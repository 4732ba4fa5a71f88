"""I42 分摊范围有误: one project charges buildings of several estates, though not all of them benefit."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.money import yuan

RULE = Rule(
    id="I42",
    title="分摊范围有误",
    basis="165号令第19、20条（受益人和负担人一致）",
    severity="medium",
    advice="按小区拆分项目，重新计算各户分摊，多摊的转回分户账。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project whose buildings lie in several estates."""
    estates = figures.replay.buildings.unique("building", keep="first").select("building", of_estate="estate")
    spread = (
        figures.projects.select("stream", building="buildings")
        .explode("building")
        .join(estates, on="building")
        .group_by("stream")
        .agg(estates=pl.col("of_estate").unique().sort())
        .filter(pl.col("estates").list.len() > 1)
    )
    found = figures.projects.join(spread, on="stream", maintain_order="left")
    return [_spread(row) for row in found.iter_rows(named=True)]


def _spread(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "payments"),
        message=f"项目 {row['project']} 的楼幢分属小区 {'、'.join(row['estates'])}，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
        key="estates",
    )
