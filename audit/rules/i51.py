"""I51 岗位未分离: the same person handled, reviewed or approved one project.

Persons are told by the papers (party refs), and for steps recorded live also by who recorded them.
"""

from itertools import combinations

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.money import yuan

RULE = Rule(
    id="I51",
    title="经办、复核与审批未分离",
    basis="不相容岗位分离，内控口径",
    severity="high",
    advice="由他人复核该项目全部资料，调整岗位与系统权限。",
)

DUTIES = {
    "handler_ref": ("经办人", "proposed"),
    "reviewer_ref": ("复核人", "reviewed"),
    "approver_ref": ("审批人", "approved"),
    "proposed_by": ("申请登记人", "proposed"),
    "reviewed_by": ("复核登记人", "reviewed"),
    "approved_by": ("批准登记人", "approved"),
}
"""Columns that name who did what, with the Chinese name and the fact behind each."""

PAIRS = (
    *combinations(("handler_ref", "reviewer_ref", "approver_ref"), 2),
    *combinations(("proposed_by", "reviewed_by", "approved_by"), 2),
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project; two party refs are equal when the person is."""
    alone = figures.projects.filter(pl.any_horizontal(pl.col(one) == pl.col(two) for one, two in PAIRS))
    return [*(_finding(row) for row in alone.iter_rows(named=True)), *_payers(figures)]


def _payers(figures: Figures) -> list[Finding]:
    """Live payments by an officer who had proposed, reviewed or approved; amount: these payments."""
    officers = figures.projects.select("stream", "proposed_by", "reviewed_by", "approved_by")
    same = pl.any_horizontal(pl.col("actor") == pl.col(by) for by in officers.columns if by != "stream")
    payments = (
        figures.payments.filter(pl.col("origin") == "live")
        .join(officers, on="stream")
        .filter(same)
        .group_by("stream")
        .agg(own_fen=pl.col("amount_fen").sum(), own=pl.col("event"))
    )
    found = figures.projects.join(payments, on="stream", maintain_order="left")
    return [
        RULE.finding(
            row,
            amount_fen=row["own_fen"],
            events=[*facts(row, "proposed", "reviewed", "approved"), *row["own"]],
            message=f"项目 {row['project']} 的 {len(row['own'])} 笔付款共 {yuan(row['own_fen'])} 元"
            "由办理申请、复核或批准的人登记。",
            key="payer",
        )
        for row in found.iter_rows(named=True)
    ]


def _finding(row: Row) -> Finding:
    joined = [pair for pair in PAIRS if row[pair[0]] is not None and row[pair[0]] == row[pair[1]]]
    said = "；".join(f"{DUTIES[one][0]}与{DUTIES[two][0]}是同一人" for one, two in joined)
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, *dict.fromkeys(DUTIES[column][1] for pair in joined for column in pair)),
        message=f"项目 {row['project']} 的{said}，涉及 {yuan(row['stake_fen'])} 元。",
    )
