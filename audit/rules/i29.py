"""I29 未经同意擅自支出: payments without a passed vote of the owners, recomputed from the counted figures."""

from fractions import Fraction

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.identity import event_id
from ledger.money import yuan
from ledger.policy import Policy, VoteRule

RULE = Rule(
    id="I29",
    title="未经业主表决同意支出",
    basis="165号令第22、23条；《民法典》第278条（2021年起）",
    severity="high",
    advice="核对表决票原件；表决未通过或没有表决的，停止付款，追回资金或依法补办。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project; amount: payments that no passed vote of the same day or before covers."""
    paid = figures.projects.filter(
        pl.col("emergency").fill_null(False).not_() & pl.col("paid_fen").is_not_null()
    )
    reasons = {row["stream"]: _objection(row, figures.policy) for row in paid.iter_rows(named=True)}
    payments = (
        figures.payments.join(paid.select("stream", "voted_on"), on="stream", maintain_order="left")
        .with_columns(objection=pl.col("stream").replace_strict(reasons, return_dtype=pl.String))
        .filter(pl.col("objection").is_not_null() | (pl.col("paid_on") < pl.col("voted_on")))
        .group_by("stream")
        .agg(
            uncovered_fen=pl.col("amount_fen").sum(),
            uncovered=pl.col("version").sort(),
            objection=pl.col("objection").first(),
        )
    )
    found = paid.join(payments, on="stream", maintain_order="left")
    return [_finding(row) for row in found.iter_rows(named=True)]


def _objection(row: Row, policy: Policy) -> str | None:
    """Why the vote of a project did not pass, in Chinese; None when it did."""
    if row["voted_on"] is None:
        return "没有表决记录"
    rule = policy.vote_rule(row["voted_on"])
    if rule is None:
        return f"{row['voted_on']} 的表决没有适用的规则"
    for measure, name in (("area_dm2", "面积"), ("households", "户数")):
        objection = _shortfall(rule, *(row[f"{who}_{measure}"] for who in ("total", "present", "agreed")))
        if objection is not None:
            return f"{row['voted_on']} 的表决{name}{objection}"
    return None


def _shortfall(rule: VoteRule, total: int | None, present: int | None, agreed: int | None) -> str | None:
    """Why area or households miss the thresholds; figures that are missing or impossible do not pass."""
    if total is None or agreed is None or total <= 0 or agreed < 0:
        return "数据不全"
    if present is None and (Fraction(rule.present) > 0 or rule.agreed_of == "present"):
        return "数据不全"
    took_part = total if present is None else present
    if not agreed <= took_part <= total:
        return "数据矛盾"
    if took_part < total * Fraction(rule.present):
        return f"参与不足（{took_part}/{total}，应达 {rule.present}）"
    whole = total if rule.agreed_of == "all" else took_part
    needed = whole * Fraction(rule.agreed)
    if agreed > needed or (agreed == needed and not rule.more_than):
        return None
    return f"同意不足（{agreed}/{whole}，应{'超过' if rule.more_than else '达'} {rule.agreed}）"


def _finding(row: Row) -> Finding:
    objection = row["objection"] or f"{row['voted_on']} 才表决，付款在先"
    payments = [event_id(row["stream"], version) for version in row["uncovered"]]
    return RULE.finding(
        row,
        amount_fen=row["uncovered_fen"],
        events=[*facts(row, "vote"), *payments],
        message=f"项目 {row['project']} 支付 {len(payments)} 笔共 {yuan(row['uncovered_fen'])} 元，"
        f"{objection}，也不是应急。",
    )
