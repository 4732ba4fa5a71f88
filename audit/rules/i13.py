"""I13 大额资金长期活期: much money of a book that lies on current accounts for long."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Threshold
from ledger.identity import FUND_NAMES
from ledger.money import yuan

RULE = Rule(
    id="I13",
    title="大额资金长期存放活期",
    basis="165号令第26、27条（保值增值）；金额与期限为内控口径，尚未核实",
    severity="medium",
    advice="测算日常支取所需，其余资金转存定期存款或按规定购买国债。",
)


class Idle(Threshold, frozen=True, kw_only=True):
    """More than ``threshold_fen`` on current accounts on every day of the last ``months``."""

    threshold_fen: int
    months: int


def find(figures: Figures) -> list[Finding]:
    """One finding a book; amount: the least that lay there on any day.

    A book with interest of time deposits but no certificate on record is not judged: how much of its money
    lies on current accounts nobody knows.
    """
    limits = figures.settings(RULE.id, Idle)
    since = pl.select(pl.lit(figures.today).dt.offset_by(f"-{limits.months}mo")).item()
    registered = set(figures.treasury.filter(pl.col("lot").is_not_null())["stream"].to_list())
    hidden = set(figures.gains.filter(pl.col("category") == "time")["stream"].to_list()) - registered
    found = []
    for cash in figures.cash.partition_by("county", "fund", maintain_order=True):
        row = cash.row(0, named=True)
        before = cash.filter(pl.col("value_date") <= since)
        if before.is_empty() or f"book/{row['county']}/{row['fund']}" in hidden:
            continue
        days = pl.concat([before.tail(1), cash.filter(pl.col("value_date") > since)])
        least = min(days["balance_fen"].to_list())
        if least > limits.threshold_fen:
            found.append(
                RULE.finding(
                    row,
                    amount_fen=least,
                    events=[before.row(-1, named=True)["event"]],
                    message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）自 {since} 起"
                    f"活期资金始终不少于 {yuan(least)} 元。",
                    key=row["fund"],
                )
            )
    return found
