"""I27 申请资料不全: a project that went on without something that had to be on record before.

Only projects that were asked for it: the register of the past has no review.
"""

from typing import Final

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.money import yuan

RULE = Rule(
    id="I27",
    title="使用申请资料不全",
    basis="165号令第22、23条",
    severity="medium",
    advice="补齐预算、复核和批准资料；无法补齐的，停止付款并说明原因。",
)

LACKING: Final = {
    "预算": pl.col("budget_fen").is_null(),
    "复核": pl.col("reviewed_on").is_null() & pl.col("approved_on").is_not_null(),
    "批准": pl.col("approved_on").is_null()
    & (pl.col("started_on").is_not_null() | pl.col("paid_fen").is_not_null()),
    "应急事由": pl.col("emergency") & pl.col("ground").is_null(),
    "开发建设单位或其未售房屋": (pl.col("developer").str.strip_chars() == "")
    | (pl.col("developer").is_not_null() & pl.col("unsold").is_null()),
    "开工或付款": pl.col("started_on").is_null()
    & (pl.col("accepted_on") < pl.coalesce("first_paid", pl.date(9999, 12, 31))),
    "验收": pl.col("accepted_on").is_null() & pl.col("settled_on").is_not_null(),
}
"""What a project may lack, and how that shows."""


def find(figures: Figures) -> list[Finding]:
    """One finding a project, with all that it lacks."""
    unsold = (
        figures.replay.charged.filter(pl.col("developer").is_not_null())
        .group_by("stream", proposed_version="version")
        .agg(unsold=pl.len())
    )
    asked = figures.projects.filter(pl.col("liable").is_not_null()).join(
        unsold, on=["stream", "proposed_version"], how="left", maintain_order="left"
    )
    told = asked.with_columns(
        lacking=pl.concat_list(
            [pl.when(lacks).then(pl.lit(name)) for name, lacks in LACKING.items()]
        ).list.drop_nulls()
    ).filter(pl.col("lacking").list.len() > 0)
    return [_finding(row) for row in told.iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "approved", "started", "accepted", "settled", "payments"),
        message=f"项目 {row['project']} 没有{'、'.join(row['lacking'])}的记录，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
    )
