"""I07 交存标准错误: first deposits of a unit that are not area × standard."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.decided import with_decided
from audit.rules.figures import Figures, Row, Threshold, with_events
from audit.rules.standards import with_due
from ledger.money import yuan

RULE = Rule(
    id="I07",
    title="首期交存金额与标准不符",
    basis="165号令第7条；楚雄市住宅专项维修资金管理暂行办法第7条",
    severity="medium",
    advice="复核建筑面积、电梯与层数，少交的催补，多交的退还，并核对收款标准。",
)


ACCOUNT = ["building", "unit"]


class Tolerance(Threshold, frozen=True, kw_only=True):
    """Differences up to ``tolerance_fen`` are let pass."""

    tolerance_fen: int


def find(figures: Figures) -> list[Finding]:
    """Owner's part, by the standard of the first deposit's day or as decided; amount: the difference."""
    tolerance = figures.settings(RULE.id, Tolerance).tolerance_fen
    first = figures.first_deposits.filter(pl.col("part") == "owner")
    paid = first.group_by(ACCOUNT).agg(paid_fen=pl.col("amount_fen").sum(), on=pl.col("value_date").min())
    units = figures.replay.units.unique(ACCOUNT, keep="first")
    paid = paid.filter(pl.col("paid_fen") > 0)  # given back as a whole: nothing was deposited
    due = with_due(units.join(paid, on=ACCOUNT, maintain_order="left"), figures.policy)
    due = with_decided(due, figures)
    wrong = due.filter((pl.col("paid_fen") - pl.col("due_fen")).abs() > tolerance)
    return [_finding(row) for row in with_events(wrong, first, ACCOUNT).iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    paid, due = row["paid_fen"], row["due_fen"]
    return RULE.finding(
        row,
        amount_fen=abs(paid - due),
        events=row["events"],
        message=f"楼幢 {row['building']} 户 {row['unit']} 首期应交 {yuan(due)} 元，实交 {yuan(paid)} 元，"
        f"{'多' if paid > due else '少'}交 {yuan(abs(paid - due))} 元。",
    )
