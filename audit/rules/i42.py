"""I42 分摊范围有误: one project charges buildings of several estates, or not the unsold units it names."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.money import yuan

RULE = Rule(
    id="I42",
    title="分摊范围有误",
    basis="165号令第19、20、21条（受益人和负担人一致）",
    severity="medium",
    advice="按小区拆分项目，向开发建设单位收取未售房屋应分摊的费用，重新计算各户分摊。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project whose buildings lie in several estates.

    One more where unsold units (未售房屋) of a developer are named and not among those charged, art. 21.
    """
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
    missed = figures.projects.join(_missed(figures), on="stream", maintain_order="left")
    return [
        *(_finding(row) for row in found.iter_rows(named=True)),
        *(_unsold(row) for row in missed.iter_rows(named=True)),
    ]


def _missed(figures: Figures) -> pl.DataFrame:
    """Projects with unsold units that their last proposal does not charge, and how many."""
    place = ["stream", "version"]
    last = figures.projects.select("stream", version="proposed_version")
    named = figures.replay.charged.join(last, on=place, how="semi")
    charged = named.filter(pl.col("developer").is_null())
    return (
        named.filter(pl.col("developer").is_not_null())
        .join(charged.select(place).unique(), on=place, how="semi")
        .join(charged, on=[*place, "building", "unit"], how="anti")
        .group_by("stream")
        .agg(missed=pl.len())
    )


def _finding(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "payments"),
        message=f"项目 {row['project']} 的楼幢分属小区 {'、'.join(row['estates'])}，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
    )


def _unsold(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "payments"),
        message=f"项目 {row['project']} 所列未售房屋中有 {row['missed']} 户不在分摊范围内，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
        key="unsold",
    )
