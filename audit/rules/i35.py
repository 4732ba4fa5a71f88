"""I35 账实不符: balances of a bank statement that do not follow from line to line and from day to day."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, event_ids
from ledger.money import yuan

RULE = Rule(
    id="I35",
    title="对账单余额不衔接",
    basis="165号令第30、31条（与专户管理银行核对）",
    severity="high",
    advice="向专户管理银行调取该期间的完整对账单，逐笔核对缺失或改动的流水。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding an account and day; amount: what the stated balance is off, summed over the day's breaks.

    Between two stated balances everything that moved is added up. Evidence: the statements of both.
    """
    moved = pl.col("amount_fen").cum_sum().over("account")
    stated = (
        figures.statements.sort("account", "value_date", "position", "line")
        .with_columns(base_fen=pl.col("balance_fen") - moved, event=event_ids())
        .filter(pl.col("base_fen").is_not_null())
        .with_columns(
            off_fen=pl.col("base_fen") - pl.col("base_fen").shift(1).over("account"),
            before=pl.col("event").shift(1).over("account"),
            before_position=pl.col("position").shift(1).over("account"),
        )
    )
    days = (
        stated.filter(pl.col("off_fen").fill_null(0) != 0)
        .group_by("account", "value_date", maintain_order=True)
        .agg(
            pl.col("off_fen").abs().sum(),
            pl.struct(at="before_position", event="before").alias("earlier"),
            pl.struct(at="position", event="event").alias("later"),
        )
        .join(_counties(figures), on="account", how="left", maintain_order="left")
    )
    return [_finding(row) for row in days.iter_rows(named=True)]


def _counties(figures: Figures) -> pl.DataFrame:
    """The county of an account, where all entries that name it are of one."""
    naming = [frame.select("account", "county") for frame in (figures.deposits, figures.gains)]
    return (
        pl.concat(naming)
        .drop_nulls("account")
        .unique()
        .group_by("account")
        .agg(pl.col("county").first(), counties=pl.len())
        .filter(pl.col("counties") == 1)
        .drop("counties")
    )


def _finding(row: Row) -> Finding:
    evidence = sorted({(each["at"], each["event"]) for each in [*row["earlier"], *row["later"]]})
    return RULE.finding(
        row,
        amount_fen=row["off_fen"],
        events=[event for _, event in evidence],
        message=f"账号 {row['account']} {row['value_date']} 的对账单余额与前后流水相差 "
        f"{yuan(row['off_fen'])} 元。",
        key=f"{row['account']} {row['value_date']}",
    )
