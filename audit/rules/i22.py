"""I22 滥用应急: an emergency whose works began late, on a ground nobody knows, or declared once more."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, facts
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="I22",
    title="应急维修迟迟不开工",
    basis="165号令第24条；期限为内控口径",
    severity="medium",
    advice="核实是否确属危及房屋安全的紧急情况；不属应急的，补办业主表决与公示。",
)


class Days(Threshold, frozen=True, kw_only=True):
    """Works begin within ``days`` of the application."""

    days: int


def find(figures: Figures) -> list[Finding]:
    """One finding a project; works began on the day on record, else with the first payment.

    One more where it states a ground (应急事由) that is not in the list, and one where it was declared an
    emergency though it was one.
    """
    days = figures.settings(RULE.id, Days).days
    slow = (
        figures.projects.filter("emergency")
        .with_columns(began=pl.coalesce("started_on", "first_paid"))
        .with_columns(waited=(pl.col("began") - pl.col("applied_on")).dt.total_days())
        .filter(pl.col("waited") > days)
    )
    known = [ground.code for ground in figures.policy.repairs.grounds]
    strange = figures.projects.filter(pl.col("emergency") & pl.col("ground").is_in(known).not_())
    return [
        *(_finding(row) for row in slow.iter_rows(named=True)),
        *(_strange(row) for row in strange.iter_rows(named=True)),
        *(_again(row) for row in _declared_again(figures).iter_rows(named=True)),
    ]


def _declared_again(figures: Figures) -> pl.DataFrame:
    """Projects with ``declared``, all versions that say so, where more than the first step did."""
    said = figures.replay.steps.filter(
        pl.col("declared_version").is_not_null()
        | (pl.col("emergency") & pl.col("proposed_version").is_not_null())
    )
    versions = (
        said.group_by("stream")
        .agg(
            declared=pl.col("declared_version").drop_nulls().sort(),
            proposed_so=pl.col("proposed_version").is_not_null().any(),
        )
        .filter(pl.col("declared").list.len() + pl.col("proposed_so").cast(pl.Int64) > 1)
        .filter(pl.col("declared").list.len() > 0)
    )
    return figures.projects.join(versions, on="stream", maintain_order="left")


def _again(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=[*facts(row, "proposed"), *(event_id(row["stream"], each) for each in row["declared"])],
        message=f"项目 {row['project']} 已是应急维修，又重复认定应急，涉及 {yuan(row['stake_fen'])} 元。",
        key="again",
    )


def _finding(row: Row) -> Finding:
    started = row["started_on"] is not None
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "started" if started else "payments"),
        message=f"项目 {row['project']} 按应急于 {row['applied_on']} 申请，{row['began']} 才"
        f"{'开工' if started else '首次付款'}，相隔 {row['waited']} 天，涉及 {yuan(row['stake_fen'])} 元。",
    )


def _strange(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "declared"),
        message=f"项目 {row['project']} 的应急事由“{row['ground']}”不在目录内，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
        key="ground",
    )
