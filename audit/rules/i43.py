"""I43 分户账透支: a unit account whose running balance goes below zero."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import ACCOUNT, Figures, Row, with_events
from ledger.identity import PART_NAMES
from ledger.money import yuan

RULE = Rule(
    id="I43",
    title="分户账透支",
    basis="165号令第10、20条（按户设分户账、按户分摊）；内控口径",
    severity="high",
    advice="核对支取分摊与交存记录；超出余额部分应由业主自筹，冲正后重新分摊。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding an account; amount: the deepest overdraft; evidence: entries that leave it below zero."""
    below = figures.running.filter(pl.col("balance_fen") < 0)
    accounts = below.group_by(ACCOUNT).agg(
        pl.col("county", "estate").first(),
        times=pl.len(),
        since=pl.col("value_date").min(),
        lowest_fen=pl.col("balance_fen").min(),
        lowest_on=pl.col("value_date").get(pl.col("balance_fen").arg_min()),
    )
    return [_finding(row) for row in with_events(accounts, below, ACCOUNT).iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=-row["lowest_fen"],
        events=row["events"],
        message=f"楼幢 {row['building']} 户 {row['unit']}（{PART_NAMES[row['part']]}）自 {row['since']} 起"
        f" {row['times']} 笔后余额为负，最低 {yuan(row['lowest_fen'])} 元（{row['lowest_on']}）。",
        key=row["part"],
    )
