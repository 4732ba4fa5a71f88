"""I08 交存款未进专户: deposits into an account that was not the designated one of their book."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.elsewhere import elsewhere
from audit.rules.figures import Figures, Row, event_ids
from ledger.identity import FUND_NAMES
from ledger.money import yuan

RULE = Rule(
    id="I08",
    title="交存款未进专户",
    basis="165号令第10条（专户存储）",
    severity="high",
    advice="核对该账号的户主和流水，追回款项并转入专户；属登记错误的，冲正后重新登记。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a book and account, once the book has a designated one; amount: those deposits."""
    wrong = elsewhere(figures, figures.deposits).with_columns(event=event_ids())
    return [_finding(some) for some in wrong.partition_by("county", "fund", "account", maintain_order=True)]


def _finding(wrong: pl.DataFrame) -> Finding:
    row: Row = wrong.row(0, named=True)
    amount = int(wrong["amount_fen"].sum())
    return RULE.finding(
        {"county": row["county"]},
        amount_fen=amount,
        events=wrong["event"].to_list(),
        message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）有 {wrong.height} 笔交存"
        f"共 {yuan(amount)} 元进入账号 {row['account']}，当时不是该账套的专户。",
        key=f"{row['fund']} {row['account']}",
    )
