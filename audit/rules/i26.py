"""I26 日期逻辑: steps of one project whose dates run against the order of the procedure."""

from itertools import combinations

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.money import yuan

RULE = Rule(
    id="I26",
    title="使用程序日期倒置",
    basis="165号令第22、23条（使用程序的先后）",
    severity="medium",
    advice="调取申请、表决、公示、批准、开工、验收资料原件，查明是补办手续还是登记错误。",
)

STEPS = {
    "applied_on": ("申请", "proposed"),
    "voted_on": ("表决", "vote"),
    "noticed_on": ("公示", "notice"),
    "reviewed_on": ("复核", "reviewed"),
    "approved_on": ("批准", "approved"),
    "started_on": ("开工", "started"),
    "accepted_on": ("验收", "accepted"),
}
"""Date columns in the order of the procedure, with the Chinese name and the fact behind each."""
NOT_IN_EMERGENCIES = {"voted_on", "noticed_on"}


def find(figures: Figures) -> list[Finding]:
    """One finding a project, listing every inverted pair; emergencies need no vote and notice (art. 24)."""
    later_steps = [pl.col(first) > pl.col(second) for first, second in combinations(STEPS, 2)]
    suspects = figures.projects.filter(pl.any_horizontal(later_steps))
    found = []
    for row in suspects.iter_rows(named=True):
        inverted = _inversions(row)
        if inverted:
            found.append(_finding(row, inverted))
    return found


def _inversions(row: Row) -> list[tuple[str, str]]:
    """Pairs of steps whose later one is dated before the earlier one."""
    steps = [
        step
        for step in STEPS
        if row[step] is not None and not (row["emergency"] and step in NOT_IN_EMERGENCIES)
    ]
    return [(first, second) for first, second in combinations(steps, 2) if row[first] > row[second]]


def _finding(row: Row, inverted: list[tuple[str, str]]) -> Finding:
    pairs = [
        f"{STEPS[second][0]}（{row[second]}）早于{STEPS[first][0]}（{row[first]}）"
        for first, second in inverted
    ]
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, *(STEPS[step][1] for pair in inverted for step in pair)),
        message=f"项目 {row['project']} 日期倒置：{'；'.join(pairs)}。涉及 {yuan(row['stake_fen'])} 元。",
    )
