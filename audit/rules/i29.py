"""I29 未经同意擅自支出: payments or an approval without a passed vote, recomputed from the counted figures.

Also, emergency or not, where the review did not pass or the project was turned down.
"""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from audit.rules.passing import objection
from ledger.identity import event_id, parse_event_id
from ledger.money import yuan
from ledger.policy import Policy

RULE = Rule(
    id="I29",
    title="未经业主表决同意支出",
    basis="165号令第22、23条；《民法典》第278条（2021年起）",
    severity="high",
    advice="核对表决票原件；表决未通过或没有表决的，停止付款，追回资金或依法补办。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project; amount: payments that no passed vote of the same day or before covers.

    A project that was approved and never paid is at stake with what was approved.
    """
    return [*_paid(figures), *_approved(figures)]


def _paid(figures: Figures) -> list[Finding]:
    paid = figures.projects.filter(pl.col("paid_fen").is_not_null())
    reasons = {row["stream"]: _objection(row, figures.policy) for row in paid.iter_rows(named=True)}
    ordinary = pl.col("emergency").fill_null(False).not_()
    payments = (
        figures.payments.join(
            paid.select("stream", voted_on=pl.when(ordinary).then("voted_on")),
            on="stream",
            maintain_order="left",
        )
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


def _approved(figures: Figures) -> list[Finding]:
    """Projects approved in spite of an objection, before anything was paid."""
    unpaid = figures.projects.filter(pl.col("approved_on").is_not_null()).join(
        figures.replay.payments, on="stream", how="anti", maintain_order="left"
    )
    return [
        RULE.finding(
            row,
            amount_fen=(approved_fen := row["approved_fen"] or 0),
            events=facts(row, "vote", "reviewed", "approved", "refused"),
            message=f"项目 {row['project']} 于 {row['approved_on']} 批准 {yuan(approved_fen)} 元，{reason}。",
        )
        for row in unpaid.iter_rows(named=True)
        if (reason := _objection(row, figures.policy)) is not None
    ]


def _objection(row: Row, policy: Policy) -> str | None:
    """Why a project had no consent, in Chinese; None when it had."""
    if row["refused_on"] is not None:
        return f"{row['refused_on']} 已不予批准"
    if row["review_passed"] is False:
        return f"{row['reviewed_on']} 复核没有通过"
    if row["emergency"]:
        return None
    if row["voted_on"] is None:
        return "没有表决记录"
    return objection(row, policy)


def _finding(row: Row) -> Finding:
    reason = row["objection"] or f"{row['voted_on']} 才表决，付款在先"
    payments = [event_id(row["stream"], version) for version in row["uncovered"]]
    return RULE.finding(
        row,
        amount_fen=row["uncovered_fen"],
        events=sorted(
            {*facts(row, "vote", "reviewed", "refused"), *payments},
            key=lambda event: parse_event_id(event)[1],
        ),
        message=f"项目 {row['project']} 支付 {len(payments)} 笔共 {yuan(row['uncovered_fen'])} 元，"
        f"{reason}。",
    )
