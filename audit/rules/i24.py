"""I24 保修期内使用: an application or a payment before the warranty of a building in scope has ended."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="I24",
    title="保修期内使用维修资金",
    basis="165号令第2、18、25条第（一）项",
    severity="high",
    advice="由建设单位履行保修责任，追回保修期内支出的维修资金。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project; the last warranty to end in its scope counts; amount: the project's money."""
    warranties = figures.replay.buildings.unique("building", keep="first").select(
        "building", "warranty_until"
    )
    latest = (
        figures.projects.select("stream", building="buildings")
        .explode("building")
        .join(warranties, on="building")
        .group_by("stream")
        .agg(pl.col("warranty_until").max())
    )
    early = (
        figures.projects.join(latest, on="stream", maintain_order="left")
        .with_columns(
            applied_early=(pl.col("applied_on") < pl.col("warranty_until")).fill_null(False),
            paid_early=(pl.col("first_paid") < pl.col("warranty_until")).fill_null(False),
        )
        .filter(pl.col("applied_early") | pl.col("paid_early"))
    )
    payments = figures.payments.join(early.select("stream", "warranty_until"), on="stream").filter(
        pl.col("paid_on") < pl.col("warranty_until")
    )
    versions: dict[str, list[int]] = {}
    for stream, version in payments.sort("position").select("stream", "version").iter_rows():
        versions.setdefault(stream, []).append(version)
    return [_finding(row, versions.get(row["stream"], [])) for row in early.iter_rows(named=True)]


def _finding(row: Row, paid_early: list[int]) -> Finding:
    stream = row["stream"]
    applied = facts(row, "proposed") if row["applied_early"] else []
    when = [f"{row['applied_on']} 申请"] if row["applied_early"] else []
    when += [f"{row['first_paid']} 起付款 {len(paid_early)} 笔"] if paid_early else []
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=applied + [event_id(stream, version) for version in paid_early],
        message=f"项目 {row['project']} 范围内房屋保修期至 {row['warranty_until']} 届满，"
        f"却于 {'，'.join(when)}，涉及 {yuan(row['stake_fen'])} 元。",
    )
