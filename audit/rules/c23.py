"""C23 计息超过待分配收益: interest at rates beyond the gains that waited, where the office forbids it."""

from datetime import date

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, event_ids
from ledger.identity import FUND_NAMES
from ledger.money import yuan

RULE = Rule(
    id="C23",
    title="计息超过待分配累计收益",
    basis="计息政策 rates.toml [[accrual]]（内控口径）",
    severity="medium",
    advice="核对利率与结息日；差额由何处弥补应有书面决定，否则冲正多计的利息。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a settlement; amount: what was credited beyond the gains."""
    runs = figures.replay.distributions.with_columns(
        event=event_ids(), excess_fen=pl.col("total_fen") - pl.col("waiting_fen")
    )
    found = []
    for row in runs.filter(pl.col("excess_fen") > 0).sort("position").iter_rows(named=True):
        settled_on: date = row["through"]
        if figures.policy.rates.may_exceed_gains(settled_on):
            continue
        found.append(
            RULE.finding(
                {"county": row["county"]},
                amount_fen=row["excess_fen"],
                events=[row["event"]],
                message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）{settled_on} "
                f"结息入账 {yuan(row['total_fen'])} 元，"
                f"当时待分配累计收益只有 {yuan(row['waiting_fen'])} 元，超出 {yuan(row['excess_fen'])} 元。",
                key=f"{row['fund']} {settled_on}",
            )
        )
    return found
