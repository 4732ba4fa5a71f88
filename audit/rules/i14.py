"""I14 列支办公等费用: other expense of a kind that is not the fund's to bear."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, event_ids
from ledger.money import yuan

RULE = Rule(
    id="I14",
    title="以维修资金列支办公等费用",
    basis="165号令第2、27条（专款专用，收益转入滚存）",
    severity="high",
    advice="追回列支的费用并转回待分配收益，办公经费由同级财政解决。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a book, kind and payee; amount: what was paid. Kinds are those of ``treasury.toml``."""
    paid = (
        figures.treasury.filter(pl.col("kind") == "other-expense")
        .with_columns(event=event_ids(), to=pl.coalesce("payee", "payee_ref").fill_null(""))
        .sort("position")
    )
    groups = paid.partition_by("county", "fund", "expense_kind", "to", maintain_order=True)
    return [finding for group in groups if (finding := _finding(figures, group)) is not None]


def _finding(figures: Figures, paid: pl.DataFrame) -> Finding | None:
    wrong: list[Row] = []
    for row in paid.iter_rows(named=True):
        rule = figures.policy.treasury.expense_rule(row["value_date"])
        if rule is not None and row["expense_kind"] not in rule.kinds:
            wrong.append(row)
    if not wrong:
        return None
    first, amount = wrong[0], sum(row["amount_fen"] for row in wrong)
    payee = f"“{first['payee']}”" if first["payee"] else "个人"
    return RULE.finding(
        first,
        amount_fen=amount,
        events=[row["event"] for row in wrong],
        message=f"账套 {first['county']}/{first['fund']} 向{payee}列支“{first['expense_kind']}”"
        f" {len(wrong)} 笔共 {yuan(amount)} 元，首笔事由：{first['reason']}。",
        key=f"{first['fund']} {first['expense_kind']} {first['to']}",
    )
