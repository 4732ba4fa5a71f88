"""I33 退款年度: refunds whose deposit, and so whose year, is not known, or that come before their deposit."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import ACCOUNT, Figures, Row, with_events
from ledger.money import yuan

RULE = Rule(
    id="I33",
    title="退款没有对应的交存，年度无法判定",
    basis="财会〔2020〕7号（当年退款冲减交存收入，以前年度列返还支出）；内控口径",
    severity="medium",
    advice="查明原交存的票据和日期，补登原票据号；确无交存的追回退款。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding an account; amount: those refunds. A destroyed building's need no deposit, art. 29."""
    early = pl.col("value_date") < pl.col("deposit_day")
    wrong = figures.refunds.filter(
        (pl.col("refund_reason") != "destroyed") & (pl.col("deposit_day").is_null() | early)
    )
    accounts = wrong.group_by(ACCOUNT, maintain_order=True).agg(
        pl.col("county", "estate").first(), times=pl.len(), given_fen=pl.col("given_fen").sum()
    )
    return [_finding(row) for row in with_events(accounts, wrong, ACCOUNT).iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["given_fen"],
        events=row["events"],
        message=f"楼幢 {row['building']} 户 {row['unit']} 有 {row['times']} 笔退款"
        f"共 {yuan(row['given_fen'])} 元找不到原交存，或早于原交存。",
        key=row["part"],
    )
