"""I26 日期逻辑: steps of one project whose dates run against the order of the procedure.

Also a first payment before the approval, and money that came back before it was paid.
"""

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
    "settled_on": ("决算", "settled"),
    "closed_on": ("办结", "closed"),
}
"""Date columns in the order of the procedure, with the Chinese name and the fact behind each."""
NAMES = STEPS | {"first_paid": ("首次付款", "payments")}
PAIRS = (*combinations(STEPS, 2), ("approved_on", "first_paid"))
"""Earlier and later; payments may come before and after the works, never before the approval."""
NOT_IN_EMERGENCIES = {"voted_on", "noticed_on"}


def find(figures: Figures) -> list[Finding]:
    """One finding a project, listing every inverted pair; emergencies need no vote and notice (art. 24).

    The register of the past has no day for the final account: it stands on that of another step.
    One more where money came back before it was paid; amount: what did.
    """
    later_steps = [pl.col(first) > pl.col(second) for first, second in PAIRS]
    suspects = figures.projects.filter(pl.any_horizontal(later_steps))
    found = []
    for row in suspects.iter_rows(named=True):
        inverted = _inversions(row)
        if inverted:
            found.append(_finding(row, inverted))
    return [*found, *_returned(figures)]


def _returned(figures: Figures) -> list[Finding]:
    early = (
        figures.returns.drop("paid_on")
        .join(
            figures.payments.select("paid_on", project_stream="stream", payment="event"),
            on="payment",
            maintain_order="left",
        )
        .filter(pl.col("value_date") < pl.col("paid_on"))
        .group_by(stream="project_stream")
        .agg(
            back_fen=pl.col("amount_fen").sum(),
            back_on=pl.col("value_date").min(),
            paid_on=pl.col("paid_on").first(),
            paid=pl.col("payment").unique(maintain_order=True),
            returned=pl.col("returned").unique(maintain_order=True),
        )
    )
    found = figures.projects.join(early, on="stream", maintain_order="left")
    return [
        RULE.finding(
            row,
            amount_fen=row["back_fen"],
            events=[*row["paid"], *row["returned"]],
            message=f"项目 {row['project']} 日期倒置：退回（{row['back_on']}）早于付款（{row['paid_on']}），"
            f"共退回 {yuan(row['back_fen'])} 元。",
            key="return",
        )
        for row in found.iter_rows(named=True)
    ]


def _inversions(row: Row) -> list[tuple[str, str]]:
    """Pairs of steps whose later one is dated before the earlier one."""
    steps = {
        step: row[step]
        for step in NAMES
        if row[step] is not None
        and not (row["emergency"] and step in NOT_IN_EMERGENCIES)
        and not (row["liable"] is None and step == "settled_on")
    }
    return [
        (first, second)
        for first, second in PAIRS
        if first in steps and second in steps and steps[first] > steps[second]
    ]


def _finding(row: Row, inverted: list[tuple[str, str]]) -> Finding:
    pairs = [
        f"{NAMES[second][0]}（{row[second]}）早于{NAMES[first][0]}（{row[first]}）"
        for first, second in inverted
    ]
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, *(NAMES[step][1] for pair in inverted for step in pair)),
        message=f"项目 {row['project']} 日期倒置：{'；'.join(pairs)}。涉及 {yuan(row['stake_fen'])} 元。",
    )
