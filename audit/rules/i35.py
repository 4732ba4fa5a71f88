"""I35 账实不符: balances of a bank statement that do not follow from line to line and from day to day."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, event_ids
from audit.rules.owed import owed_years
from ledger.identity import FUND_NAMES
from ledger.money import yuan

RULE = Rule(
    id="I35",
    title="账实不符：对账单不衔接、未按年对账或差额不明",
    basis="165号令第30、31条（与专户管理银行每年至少核对一次）；期限为内控口径",
    severity="high",
    advice="向专户管理银行调取该期间的完整对账单，逐笔核对缺失或改动的流水。",
)


class Years(Threshold, frozen=True, kw_only=True):
    """Years from ``reconcile_from`` on are reconciled within ``reconcile_months`` after their end."""

    reconcile_from: int
    reconcile_months: int


def find(figures: Figures) -> list[Finding]:
    """Statements that do not follow, years that were not reconciled, and differences nobody explained."""
    return [*_broken(figures), *_unreconciled(figures), *_unexplained(figures)]


def _unreconciled(figures: Figures) -> list[Finding]:
    """One finding a book and year; amount: what its unit accounts held at the end of the year."""
    settings = figures.settings(RULE.id, Years)
    done = figures.replay.reconciled.select(
        "county", "fund", year=pl.col("value_date").dt.year().cast(pl.Int64)
    )
    missing = owed_years(figures, settings.reconcile_from, settings.reconcile_months)
    return [
        RULE.finding(
            row,
            amount_fen=row["held_fen"],
            events=(),
            message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）"
            f"{row['year']} 年度没有与银行对账。",
            key=f"{row['fund']} {row['year']}",
        )
        for row in missing.join(done, on=["county", "fund", "year"], how="anti").iter_rows(named=True)
    ]


def _unexplained(figures: Figures) -> list[Finding]:
    """One finding a reconciliation; amount: what no listed item explains."""
    wrong = figures.replay.reconciled.filter(pl.col("difference_fen") != 0).with_columns(event=event_ids())
    return [
        RULE.finding(
            row,
            amount_fen=abs(row["difference_fen"]),
            events=[row["event"]],
            message=f"账号 {row['account']} 截至 {row['value_date']} 对账，对账单与账本相差 "
            f"{yuan(row['difference_fen'])} 元，没有未达账项说明。",
            key=f"{row['account']} {row['value_date']} {row['version']}",
        )
        for row in wrong.iter_rows(named=True)
    ]


def _broken(figures: Figures) -> list[Finding]:
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
