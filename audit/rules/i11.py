"""I11 增值收益未及时分配: gains that wait too long for a distribution to the unit accounts."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, event_ids, months_after
from ledger.identity import FUND_NAMES
from ledger.money import yuan

RULE = Rule(
    id="I11",
    title="增值收益长期未分配到户",
    basis="165号令第27条（转入滚存）；分配期限为内控口径",
    severity="medium",
    advice="按积数将增值收益分配到分户账，并建立定期结息分配制度。",
)


class Months(Threshold, frozen=True, kw_only=True):
    """A gain may wait ``months`` from its value date."""

    months: int


def find(figures: Figures) -> list[Finding]:
    """One finding a book; amount: the gains concerned. A distribution takes the gains on record before it."""
    gains = figures.gains.select(
        "county", "fund", "value_date", "position", "line", "amount_fen", event=event_ids()
    )
    runs = figures.replay.distributions.select(
        "county", "fund", "through", taken_at=pl.col("position"), taken_by=event_ids()
    )
    taken = (
        gains.join(runs, on=["county", "fund"])
        .filter((pl.col("taken_at") > pl.col("position")) & (pl.col("through") >= pl.col("value_date")))
        .sort("taken_at")
        .unique(["position", "line"], keep="first")
        .select("position", "line", "through", "taken_at", "taken_by")
    )
    late = (
        gains.join(taken, on=["position", "line"], how="left")
        .with_columns(until=pl.col("through").fill_null(figures.today))
        .filter(pl.col("until") > months_after("value_date", figures.settings(RULE.id, Months).months))
        .sort("value_date", "position", "line")
    )
    return [_finding(book) for book in late.partition_by("county", "fund", maintain_order=True)]


def _finding(late: pl.DataFrame) -> Finding:
    row: Row = late.row(0, named=True)
    events = pl.concat(
        [late.select("position", "event"), late.select(position="taken_at", event="taken_by").drop_nulls()]
    )
    amount = int(late["amount_fen"].sum())
    waiting = int(late.filter(pl.col("through").is_null())["amount_fen"].sum())
    return RULE.finding(
        {"county": row["county"]},
        amount_fen=amount,
        events=events.unique().sort("position")["event"].to_list(),
        message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）有 {late.height} 笔增值收益"
        f"共 {yuan(amount)} 元久未分配到户，最早 {row['value_date']} 到账，"
        f"其中 {yuan(waiting)} 元至今未分配。",
        key=row["fund"],
    )
