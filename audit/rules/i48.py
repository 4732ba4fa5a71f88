"""I48 验收前付尾款: the final stage was paid before the works were accepted."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="I48",
    title="未验收先付尾款",
    basis="165号令第22、23条（按工程进度拨付）；内控口径",
    severity="medium",
    advice="查明工程是否完工，补办验收；不合格的由维修单位返修，必要时追回尾款。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project; amount: final payments dated before the acceptance, or without any."""
    early = (
        figures.payments.filter(pl.col("stage") == "final")
        .join(figures.projects.select("stream", "accepted_on"), on="stream", how="left")
        .filter(pl.col("accepted_on").is_null() | (pl.col("paid_on") < pl.col("accepted_on")))
        .group_by("stream")
        .agg(
            early_fen=pl.col("amount_fen").sum(),
            early=pl.col("version").sort(),
            early_on=pl.col("paid_on").min(),
        )
    )
    projects = figures.projects.join(early, on="stream", maintain_order="left")
    return [_finding(row) for row in projects.iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    accepted = "没有验收记录" if row["accepted_on"] is None else f"{row['accepted_on']} 才验收"
    return RULE.finding(
        row,
        amount_fen=row["early_fen"],
        events=[*(event_id(row["stream"], version) for version in row["early"]), *facts(row, "accepted")],
        message=f"项目 {row['project']} 于 {row['early_on']} 支付尾款 {yuan(row['early_fen'])} 元，"
        f"{accepted}。",
    )
