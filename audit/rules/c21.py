"""C21 冻结账户资金转出: money or an account passed on while a court had it frozen."""

from datetime import date

import polars as pl

from audit.findings import Finding, Rule
from audit.freezes import periods
from audit.rules.figures import Figures, Row, event_ids, with_balances
from ledger.money import yuan

RULE = Rule(
    id="C21",
    title="冻结账户资金转出或过户",
    basis="民事诉讼法（协助执行；条号未核实）",
    severity="high",
    advice="核对协助执行通知书与解除文书；未解除即转出的，报告法院并追回或补足冻结金额。",
)

UNIT = ["building", "unit"]
ENTRY = ["position", "line"]


def find(figures: Figures) -> list[Finding]:
    """One finding a unit; amount: what left the owner's account or changed hands while it was frozen."""
    freezes = periods(figures.replay)
    if freezes.is_empty():
        return []
    left = _left(figures, freezes)
    passed = _during(
        figures.replay.owners.select(
            *UNIT,
            "value_date",
            "position",
            line=pl.lit(0, pl.Int64),
            event=event_ids(),
            gone_fen=pl.col("principal_fen") + pl.col("interest_fen"),
        ),
        freezes,
    )
    columns = [*UNIT, *ENTRY, "value_date", "event", "gone_fen", "order_no", "freeze", "freeze_position"]
    events = pl.concat([left.select(columns), passed.select(columns)])
    units = figures.replay.units.unique(UNIT, keep="first").select(*UNIT, "county", "estate")
    found = []
    for _, group in events.sort("value_date", *ENTRY).group_by(UNIT, maintain_order=True):
        row = group.join(units, on=UNIT, how="left").row(0, named=True)
        found.append(_finding(row, group))
    return found


def _during(frame: pl.DataFrame, freezes: pl.DataFrame) -> pl.DataFrame:
    """The rows of frozen units with each freeze that held on their day."""
    held = freezes.select(
        *UNIT,
        "since",
        "until",
        "order_no",
        frozen_fen="amount_fen",
        freeze="event",
        freeze_position="position",
    )
    return frame.join(held, on=UNIT).filter(
        (pl.col("value_date") >= pl.col("since"))
        & (pl.col("until").is_null() | (pl.col("value_date") <= pl.col("until")))
    )


def _left(figures: Figures, freezes: pl.DataFrame) -> pl.DataFrame:
    """Entries that took from an owner's account what was frozen of it."""
    units = freezes.select(UNIT).unique()
    entries = figures.entries.filter(pl.col("part") == "owner").join(units, on=UNIT, how="semi")
    out = (
        with_balances(entries)
        .filter(pl.col("amount_fen") < 0)
        .select(
            *UNIT,
            "value_date",
            "position",
            "line",
            "balance_fen",
            event=event_ids(),
            gone_fen=-pl.col("amount_fen"),
        )
    )
    during = _during(out, freezes)
    entry = [*UNIT, "position", "line"]
    frozen = during.with_columns(
        whole=pl.col("frozen_fen").is_null().any().over(entry),
        held_fen=pl.col("frozen_fen").sum().over(entry),
    )
    return frozen.filter(pl.col("whole") | (pl.col("balance_fen") < pl.col("held_fen")))


def _finding(row: Row, group: pl.DataFrame) -> Finding:
    amount = int(group.unique(ENTRY)["gone_fen"].sum())
    evidence = pl.concat(
        [
            group.select("position", "event"),
            group.select(position="freeze_position", event="freeze"),
        ]
    ).sort("position")
    orders = "、".join(group["order_no"].unique(maintain_order=True))
    first: date = group["value_date"].to_list()[0]
    return RULE.finding(
        row,
        amount_fen=amount,
        events=evidence["event"].to_list(),
        message=f"楼幢 {row['building']} 户 {row['unit']} 在冻结期间（{orders}）转出或过户"
        f" {yuan(amount)} 元，首笔在 {first}。",
    )
