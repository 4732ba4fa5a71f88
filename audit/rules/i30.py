"""I30 高估冒算: a final account well above the budget, an approval or payments above what they may be."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, facts
from ledger.money import yuan

RULE = Rule(
    id="I30",
    title="决算超预算",
    basis="165号令第22、23条（按方案使用）；比例为内控口径",
    severity="medium",
    advice="委托造价审核，核实工程量与单价；超出部分补办表决或核减。",
)


class Percent(Threshold, frozen=True, kw_only=True):
    """The final account may exceed the budget by ``percent``."""

    percent: int


def find(figures: Figures) -> list[Finding]:
    """One finding a project; amount: the final account less the budget. Products stay in 64 bits.

    One more where more was approved than estimated. Elsewhere one where more was paid, less what came back,
    than was approved or settled; and one where a closed project was not accepted, settled and paid up;
    amount: the difference.
    """
    percent = figures.settings(RULE.id, Percent).percent
    over = figures.projects.filter(pl.col("settled_fen") * 100 > pl.col("budget_fen") * (100 + percent))
    approved = figures.projects.filter(pl.col("approved_fen") > pl.col("budget_fen"))
    net = _net(figures)
    beyond = (
        net.join(over, on="stream", how="anti", maintain_order="left")
        .with_columns(allowed_fen=pl.min_horizontal("approved_fen", "settled_fen"))
        .filter(pl.col("net_fen") > pl.col("allowed_fen"))
    )
    open_ends = _net(figures, at_close=True).filter(
        pl.col("closed_on").is_not_null()
        & (
            pl.col("accepted_on").is_null()
            | pl.col("settled_fen").is_null()
            | (pl.col("net_fen") != pl.col("settled_fen"))
        )
    )
    return [
        *(_finding(row, percent) for row in over.iter_rows(named=True)),
        *(_approved(row) for row in approved.iter_rows(named=True)),
        *(_beyond(row) for row in beyond.iter_rows(named=True)),
        *(_closed(row) for row in open_ends.iter_rows(named=True)),
    ]


def _net(figures: Figures, *, at_close: bool = False) -> pl.DataFrame:
    """Projects with ``net_fen``, what was paid in all, whoever bore it, less what came back.

    ``at_close``: what came back after a project was closed (审减退款) does not open it again.
    """
    returns = figures.returns
    if at_close:
        closed = figures.projects.select("stream", "closed_on")
        closes = figures.payments.join(closed, on="stream").select("closed_on", payment="event")
        returns = returns.join(closes, on="payment").filter(
            pl.col("closed_on").is_null() | (pl.col("value_date") <= pl.col("closed_on"))
        )
    back = returns.group_by("payment").agg(back_fen=pl.col("amount_fen").sum())
    net = (
        figures.payments.join(back, left_on="event", right_on="payment", how="left")
        .group_by("stream")
        .agg(net_fen=(pl.col("cost_fen") - pl.col("back_fen").fill_null(0)).sum())
    )
    projects = figures.projects.join(net, on="stream", how="left", maintain_order="left")
    return projects.with_columns(pl.col("net_fen").fill_null(0))


def _finding(row: Row, percent: int) -> Finding:
    excess = row["settled_fen"] - row["budget_fen"]
    return RULE.finding(
        row,
        amount_fen=excess,
        events=facts(row, "proposed", "settled"),
        message=f"项目 {row['project']} 决算 {yuan(row['settled_fen'])} 元，"
        f"预算 {yuan(row['budget_fen'])} 元，超出 {yuan(excess)} 元，超过 {percent}%。",
    )


def _approved(row: Row) -> Finding:
    excess = row["approved_fen"] - row["budget_fen"]
    return RULE.finding(
        row,
        amount_fen=excess,
        events=facts(row, "proposed", "approved"),
        message=f"项目 {row['project']} 批准 {yuan(row['approved_fen'])} 元，"
        f"预算 {yuan(row['budget_fen'])} 元，超出 {yuan(excess)} 元。",
        key="approved",
    )


def _beyond(row: Row) -> Finding:
    excess = row["net_fen"] - row["allowed_fen"]
    what = "决算" if row["allowed_fen"] == row["settled_fen"] else "批准"
    return RULE.finding(
        row,
        amount_fen=excess,
        events=facts(row, "approved", "settled", "payments"),
        message=f"项目 {row['project']} 已付 {yuan(row['net_fen'])} 元，{what}金额"
        f" {yuan(row['allowed_fen'])} 元，多付 {yuan(excess)} 元。",
        key="paid",
    )


def _closed(row: Row) -> Finding:
    settled = row["settled_fen"]
    gap = abs(row["net_fen"] - (settled or 0))
    missing = [name for name, fact in (("验收", row["accepted_on"]), ("决算", settled)) if fact is None]
    lacks = f"没有{'和'.join(missing)}" if missing else f"付款与决算相差 {yuan(gap)} 元"
    return RULE.finding(
        row,
        amount_fen=gap,
        events=facts(row, "accepted", "settled", "closed", "payments"),
        message=f"项目 {row['project']} 于 {row['closed_on']} 办结，{lacks}。",
        key="closed",
    )
