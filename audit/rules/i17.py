"""I17 疑似虚假维修: one firm paid for many projects of one estate in a short time, mostly round."""

from collections.abc import Sequence

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, months_after
from audit.rules.windows import disliked
from ledger.money import yuan

RULE = Rule(
    id="I17",
    title="同一单位集中承揽且付款多为整数",
    basis="165号令第18、22、37条；判断口径为内控口径",
    severity="high",
    advice="核查工程是否真实：现场复核工程量，调取合同、发票与银行回单，必要时移送。",
)


class Concentration(Threshold, frozen=True, kw_only=True):
    """``projects`` within ``months``; a payment is round when a multiple of ``round_fen``."""

    projects: int
    months: int
    round_fen: int


def find(figures: Figures) -> list[Finding]:
    """One finding an (estate, firm); amount and evidence: the payments of every window that qualifies."""
    settings = figures.settings(RULE.id, Concentration)

    def suspicious(payments: Sequence[Row]) -> bool:
        projects = {payment["stream"] for payment in payments}
        even = sum(payment["amount_fen"] % settings.round_fen == 0 for payment in payments)
        return len(projects) >= settings.projects and 2 * even > len(payments)

    group = ["county", "estate", "payee_name"]
    firms = (
        figures.payments.filter((pl.col("payee_kind") == "firm") & pl.col("payee_name").is_not_null())
        .filter(pl.col("stream").n_unique().over(group) >= settings.projects)
        .with_columns(closes=months_after("paid_on", settings.months))
        .sort("paid_on", "position")
    )
    found = []
    for firm in firms.partition_by(group, maintain_order=True):
        rows = firm.rows(named=True)
        payments = disliked(rows, [(row["paid_on"], row["closes"]) for row in rows], suspicious)
        if payments:
            found.append(_finding(payments, settings))
    return found


def _finding(payments: list[Row], settings: Concentration) -> Finding:
    first = payments[0]
    amount = sum(payment["amount_fen"] for payment in payments)
    even = sum(payment["amount_fen"] % settings.round_fen == 0 for payment in payments)
    projects = sorted({payment["project"] for payment in payments})
    many = f"{len(projects)} 个项目（{'、'.join(projects)}）共 {len(payments)} 笔"
    return RULE.finding(
        {"county": first["county"], "estate": first["estate"]},
        amount_fen=amount,
        events=[payment["event"] for payment in sorted(payments, key=lambda row: row["position"])],
        message=f"小区 {first['estate']} 在 {settings.months} 个月内向“{first['payee_name']}”支付"
        f" {many} {yuan(amount)} 元，其中 {even} 笔为 {yuan(settings.round_fen)} 元的整倍数。",
        key=first["payee_name"],
    )
