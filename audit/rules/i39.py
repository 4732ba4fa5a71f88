"""I39 售房单位未按时足额存入: the selling unit's share of the proceeds of public housing, short or late."""

from datetime import date, timedelta
from fractions import Fraction

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, event_ids
from ledger.money import round_half_up, yuan

RULE = Rule(
    id="I39",
    title="售房单位未按时足额存入维修资金",
    basis="165号令第8、12、35条",
    severity="medium",
    advice="核对售房款到账凭证和房屋类型，责令售房单位限期补存，并核实延误原因。",
)
UNIT = ["building", "unit"]


def find(figures: Figures) -> list[Finding]:
    """One finding a unit sold; amount: what is missing, or what was deposited too late."""
    facts = figures.replay.units.unique(UNIT, keep="first").select(
        *UNIT, "county", "estate", "lift", "storeys"
    )
    sales = (
        figures.replay.sales.sort("position")
        .unique(UNIT, keep="last", maintain_order=True)
        .with_columns(event=event_ids())
        .join(facts, on=UNIT, how="left", maintain_order="left")
    )
    sold = sales.select(UNIT)
    moved = (
        figures.entries.filter(
            (pl.col("part") == "seller")
            & pl.col("kind").is_in(["opening", "deposit", "refund"])
            & ~pl.col("obligation").fill_null(value=False)  # what a loss gives back was deposited
        )
        .join(sold, on=UNIT, how="semi")
        .sort("value_date", "position", "line")
        .with_columns(event=event_ids())
    )
    by_unit = moved.partition_by(UNIT, as_dict=True)
    found = []
    for row in sales.iter_rows(named=True):
        mine = by_unit.get((row["building"], row["unit"]), moved.clear())
        finding = _judge(figures, row, mine)
        if finding is not None:
            found.append(finding)
    return found


def _judge(figures: Figures, row: Row, moved: pl.DataFrame) -> Finding | None:
    terms = _terms(figures, row)
    if terms is None:
        return None
    due, due_day = terms
    paid = int(moved["principal_fen"].sum())
    in_time = int(moved.filter(pl.col("value_date") <= due_day)["principal_fen"].sum())
    if due_day >= figures.today or min(paid, in_time) >= due:
        return None
    missing = due - paid
    if missing > 0:
        said = f"至今存入 {yuan(paid)} 元，尚差 {yuan(missing)} 元"
    else:
        said = f"到期只存入 {yuan(in_time)} 元，余额逾期后才存入"
    return RULE.finding(
        row,
        amount_fen=missing if missing > 0 else due - in_time,
        events=[row["event"], *moved["event"].to_list()],
        message=f"楼幢 {row['building']} 户 {row['unit']} 售房单位 {row['seller'] or '（未登记）'} 于"
        f" {row['value_date']} 收到售房款 {yuan(row['proceeds_fen'])} 元，应于 {due_day} 前存入"
        f" {yuan(due)} 元，{said}。",
    )


def _terms(figures: Figures, row: Row) -> tuple[int, date] | None:
    """What is due, and the last day of it; None where the building is unknown or no rule was in force."""
    if row["storeys"] is None:
        return None
    share = figures.policy.dues.seller_share(row["lift"], row["storeys"], row["value_date"])
    term = figures.policy.dues.seller_term(row["value_date"])
    if share is None or term is None:
        return None
    due = round_half_up(Fraction(row["proceeds_fen"] * share.percent, 100))
    return due, row["value_date"] + timedelta(days=term.days)
