"""I23 超范围列支: routine maintenance, or an object that is no common part or facility."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, facts
from ledger.money import yuan

RULE = Rule(
    id="I23",
    title="超范围列支日常养护费用",
    basis="165号令第25条第（四）项",
    severity="high",
    advice="核对物业服务合同；属物业企业承担的，追回已付资金并转回分户账。",
)


class Keywords(Threshold, frozen=True, kw_only=True):
    """Words that name routine maintenance."""

    keywords: tuple[str, ...]


def find(figures: Figures) -> list[Finding]:
    """One finding a project whose content has a keyword.

    One more where a proposal names an object that is not in the list; registers are not asked for one.
    """
    keywords = list(figures.settings(RULE.id, Keywords).keywords)
    named = figures.projects.with_columns(
        words=pl.col("content").str.extract_many(keywords).list.unique(maintain_order=True)
    ).filter(pl.col("words").list.len() > 0)
    unlisted = figures.projects.filter(pl.col("liable").is_not_null() & pl.col("object_code").is_null())
    return [
        *(_finding(row) for row in named.iter_rows(named=True)),
        *(_unlisted(row) for row in unlisted.iter_rows(named=True)),
    ]


def _finding(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "payments"),
        message=f"项目 {row['project']} 的维修内容“{row['content']}”含有“{'、'.join(row['words'])}”，"
        f"属日常养护，涉及 {yuan(row['stake_fen'])} 元。",
    )


def _unlisted(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "payments"),
        message=f"项目 {row['project']} 的维修部位“{row['object']}”不在共用部位、共用设施设备目录内，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
        key="object",
    )
