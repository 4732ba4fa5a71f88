"""I24 保修期内使用: an application or a payment before a warranty in scope has ended.

That of a building is its own date; that of a part runs from completion (``warranties.toml``).
"""

from datetime import date

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
    latest = _latest(figures)
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


def _latest(figures: Figures) -> pl.DataFrame:
    """The last warranty to end in the scope of each project: of its buildings, and of the part it repairs."""
    facts_of = figures.replay.buildings.unique("building", keep="first").select(
        "building", "warranty_until", "completed_on"
    )
    scope = (
        figures.projects.select("stream", "object_code", building="buildings")
        .explode("building")
        .join(facts_of, on="building")
    )
    parts = [
        {"stream": row["stream"], "warranty_until": end}
        for row in scope.filter(pl.col("object_code").is_not_null()).iter_rows(named=True)
        if (end := _part_until(figures, row["object_code"], row["completed_on"])) is not None
    ]
    ends = pl.DataFrame(parts, schema={"stream": pl.String, "warranty_until": pl.Date})
    both = pl.concat([scope.select("stream", "warranty_until"), ends])
    return both.group_by("stream").agg(pl.col("warranty_until").max())


def _part_until(figures: Figures, object_code: str, completed_on: date | None) -> date | None:
    rules = figures.policy.repairs
    known = rules.named(object_code)
    if known is None or completed_on is None:
        return None
    warranty = rules.warranty(known.warranty, completed_on)
    return None if warranty is None else warranty.until(completed_on)


def _finding(row: Row, paid_early: list[int]) -> Finding:
    stream = row["stream"]
    applied = facts(row, "proposed") if row["applied_early"] else []
    when = [f"{row['applied_on']} 申请"] if row["applied_early"] else []
    when += [f"{row['first_paid']} 起付款 {len(paid_early)} 笔"] if paid_early else []
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=applied + [event_id(stream, version) for version in paid_early],
        message=f"项目 {row['project']} 范围内房屋或所修部位的保修期至 {row['warranty_until']} 届满，"
        f"却于 {'，'.join(when)}，涉及 {yuan(row['stake_fen'])} 元。",
    )
