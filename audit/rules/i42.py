"""I42 分摊有误: buildings of several estates, or shares that are not as the rules say."""

import polars as pl

from audit import scopes, withdrawals
from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.money import yuan

RULE = Rule(
    id="I42",
    title="分摊范围或分摊结果有误",
    basis="165号令第19、20条（受益人和负担人一致，按建筑面积和交存额分摊）",
    severity="medium",
    advice="按小区拆分项目，重新计算各户分摊，多摊的转回分户账。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project whose buildings lie in several estates, and one a payment shared wrongly."""
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
    return [*(_spread(row) for row in found.iter_rows(named=True)), *_shares(figures)]


def _spread(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "payments"),
        message=f"项目 {row['project']} 的楼幢分属小区 {'、'.join(row['estates'])}，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
        key="estates",
    )


def _shares(figures: Figures) -> list[Finding]:
    """Payments recomputed by the audit's own sharing.

    Amount: what some accounts bear too much, or others too little.
    """
    replay = figures.replay
    standing = figures.payments.select(payment="event")
    wrong = (
        withdrawals.differences(replay, scopes.scopes(replay))
        .join(standing, on="payment", how="semi")
        .with_columns(over_fen=pl.col("borne_fen") - pl.col("due_fen"))
        .group_by("payment", "position", "county", "estate", "project", maintain_order=True)
        .agg(
            accounts=pl.len(),
            over_fen=pl.col("over_fen").clip(0).sum(),
            under_fen=(-pl.col("over_fen")).clip(0).sum(),
        )
        .sort("position")
    )
    return [_shared(row) for row in wrong.iter_rows(named=True)]


def _shared(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=max(row["over_fen"], row["under_fen"]),
        events=[row["payment"]],
        message=f"项目 {row['project']} 的付款 {row['payment']} 有 {row['accounts']} 个分户账与应分摊额不符："
        f"多摊 {yuan(row['over_fen'])} 元，少摊 {yuan(row['under_fen'])} 元。",
        key=row["payment"],
    )
