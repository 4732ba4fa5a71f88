"""I21 化整为零: small projects on one object of an estate, together above the limit each keeps."""

from collections.abc import Sequence

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, cross_project_events, months_after
from audit.rules.windows import disliked
from ledger.money import yuan

RULE = Rule(
    id="I21",
    title="化整为零拆分项目",
    basis="165号令第22、23条；金额界限为内控口径",
    severity="high",
    advice="合并审视同一部位的全部项目，查明是否为规避表决、招标或审价而拆分。",
)


class Splitting(Threshold, frozen=True, kw_only=True):
    """``projects`` within ``months``, each at most ``threshold_fen``, together more."""

    projects: int
    months: int
    threshold_fen: int


def find(figures: Figures) -> list[Finding]:
    """One finding an (estate, object); a project's cost is what was paid, else approved, else estimated."""
    settings = figures.settings(RULE.id, Splitting)

    def split(projects: Sequence[Row]) -> bool:
        together = sum(project["stake_fen"] for project in projects)
        return len(projects) >= settings.projects and together > settings.threshold_fen

    group = ["county", "estate", "object"]
    small = (
        figures.projects.filter(
            pl.col("emergency").not_()
            & pl.col("day").is_not_null()
            & pl.col("stake_fen").is_between(1, settings.threshold_fen)
        )
        .filter(pl.len().over(group) >= settings.projects)
        .with_columns(closes=months_after("day", settings.months))
        .sort("day", "stream")
    )
    found = []
    for candidates in small.partition_by(group, maintain_order=True):
        rows = candidates.rows(named=True)
        projects = disliked(rows, [(row["day"], row["closes"]) for row in rows], split)
        if projects:
            found.append(_finding(figures, projects, settings))
    return found


def _finding(figures: Figures, projects: list[Row], settings: Splitting) -> Finding:
    first = projects[0]
    amount = sum(project["stake_fen"] for project in projects)
    listed = "、".join(f"{project['project']} {yuan(project['stake_fen'])} 元" for project in projects)
    return RULE.finding(
        {"county": first["county"], "estate": first["estate"]},
        amount_fen=amount,
        events=cross_project_events(figures, projects),
        message=f"小区 {first['estate']} 的“{first['object']}”在 {settings.months} 个月内"
        f"分成 {len(projects)} 个项目（{listed}），"
        f"每个不超过 {yuan(settings.threshold_fen)} 元，合计 {yuan(amount)} 元。",
        key=first["object"],
    )
