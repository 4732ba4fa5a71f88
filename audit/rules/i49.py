"""I49 使用率偏低: a county that collected for years and hardly used anything."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, months_after
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="I49",
    title="维修资金使用率偏低",
    basis="165号令第18、19条（方便快捷）；界限为内控口径，尚未核实",
    severity="low",
    advice="查找使用难的环节，简化申请与表决程序，公开使用指引。",
)


class Rate(Threshold, frozen=True, kw_only=True):
    """Withdrawn ÷ collected below ``basis_points``, once the history is ``months`` long."""

    basis_points: int
    months: int


def find(figures: Figures) -> list[Finding]:
    """One finding a county; amount: what use falls short of the rate by. Exact integers of any size."""
    rate = figures.settings(RULE.id, Rate)
    event = ("position", "stream", "version")
    columns = (*event, "county", "value_date", "amount_fen")
    into = figures.entries.filter(
        pl.col("kind").is_in(["deposit", "opening"]) & pl.col("county").is_not_null()
    )
    money = pl.concat([frame.select(columns) for frame in (into, figures.gains)])
    collected = (
        money.sort("position")
        .group_by("county", maintain_order=True)
        .agg(
            collected_fen=pl.col("amount_fen").sum(),
            since=pl.col("value_date").min(),
            oldest=pl.struct(event).get(pl.col("value_date").arg_min()),
            newest=pl.struct(event).get(pl.col("value_date").arg_max()),
        )
    )
    old = collected.filter(months_after("since", rate.months) <= figures.today)
    spent = figures.entries.filter(pl.col("kind").is_in(["withdrawal", "return"]))
    withdrawn = dict(spent.group_by("county").agg(-pl.col("amount_fen").sum()).iter_rows())
    return [
        _finding(figures, row, withdrawn.get(row["county"], 0), rate)
        for row in old.iter_rows(named=True)
        if withdrawn.get(row["county"], 0) * 10_000 < row["collected_fen"] * rate.basis_points
    ]


def _finding(figures: Figures, row: Row, withdrawn: int, rate: Rate) -> Finding:
    """Evidence: the county's repair payments, and the oldest and newest money that came in."""
    payments = figures.payments.filter(pl.col("county") == row["county"])
    evidence = [*payments.rows(named=True), row["oldest"], row["newest"]]
    evidence.sort(key=lambda event: int(event["position"]))
    short = -(-row["collected_fen"] * rate.basis_points // 10_000) - withdrawn
    used, limit = (
        f"{rate_bp // 100}.{rate_bp % 100:02d}%"
        for rate_bp in (withdrawn * 10_000 // row["collected_fen"], rate.basis_points)
    )
    return RULE.finding(
        {"county": row["county"]},
        amount_fen=short,
        events=[event_id(event["stream"], event["version"]) for event in evidence],
        message=f"区县 {row['county']} 自 {row['since']} 起归集 {yuan(row['collected_fen'])} 元，累计使用"
        f" {yuan(withdrawn)} 元，使用率 {used}，低于 {limit}。",
    )
