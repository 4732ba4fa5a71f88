"""I44 余额不足未续交: an owner's account below 30 % of the first deposits, and no deposit since."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.decided import without_exempt
from audit.rules.figures import ACCOUNT, Figures, Row, Threshold, months_after, with_events
from ledger.money import yuan

RULE = Rule(
    id="I44",
    title="余额不足首期30%未续交",
    basis="165号令第17条；续交期限为内控口径",
    severity="medium",
    advice="通知业主续交；已成立业主大会的，提请业主大会决定续交方案。",
)


class Floor(Threshold, frozen=True, kw_only=True):
    """Balance below ``percent`` of the first deposits; a deposit is awaited for ``months``."""

    percent: int
    months: int


def find(figures: Figures) -> list[Finding]:
    """One finding an account that fell and stayed below; amount: what is missing to the floor.

    What left whole, by a loss or into the custody of the owners' assembly, is not asked for more, nor are
    exempt units.
    """
    settings = figures.settings(RULE.id, Floor)
    destroyed = figures.refunds.filter(pl.col("refund_reason") == "destroyed").select(ACCOUNT)
    owners = (
        figures.running.filter(pl.col("part") == "owner")
        .drop("first_fen")
        .join(destroyed, on=ACCOUNT, how="anti", maintain_order="left")
    )
    moved = figures.entries.filter(pl.col("kind") == "moved").select(*ACCOUNT, amount_fen="first_fen")
    first = (
        pl.concat([figures.first_deposits.select(*ACCOUNT, "amount_fen"), moved])
        .group_by(ACCOUNT)
        .agg(first_fen=pl.col("amount_fen").sum())
    )
    owners = owners.join(figures.in_custody, on="building", how="anti", maintain_order="left")
    followed = owners.join(first, on=ACCOUNT, maintain_order="left").with_columns(
        below=pl.col("balance_fen") * 100 < pl.col("first_fen") * settings.percent
    )
    fallen = followed.with_columns(
        spell=(pl.col("below") != pl.col("below").shift(1).over(ACCOUNT))
        .fill_null(True)
        .cum_sum()
        .over(ACCOUNT)
    ).filter((pl.col("spell") == pl.col("spell").max().over(ACCOUNT)) & pl.col("below"))
    deadline = pl.col("value_date").first().dt.offset_by(f"{settings.months}mo")
    accounts = (
        fallen.group_by(ACCOUNT)
        .agg(
            pl.col("county", "estate", "first_fen").first(),
            fell_on=pl.col("value_date").first(),
            balance_fen=pl.col("balance_fen").last(),
            deposits=((pl.col("kind") == "deposit") & (pl.col("value_date") < deadline)).sum(),
        )
        .filter((months_after("fell_on", settings.months) <= figures.today) & (pl.col("deposits") == 0))
        .with_columns(
            missing_fen=(pl.col("first_fen") * settings.percent + 99) // 100 - pl.col("balance_fen")
        )
    )
    asked = without_exempt(accounts.with_columns(on=pl.lit(figures.today)), figures).drop("on")
    return [_finding(row, settings) for row in with_events(asked, fallen, ACCOUNT).iter_rows(named=True)]


def _finding(row: Row, settings: Floor) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["missing_fen"],
        events=row["events"],
        message=f"楼幢 {row['building']} 户 {row['unit']} 自 {row['fell_on']} 起余额低于首期"
        f" {yuan(row['first_fen'])} 元的 {settings.percent}%，现余 {yuan(row['balance_fen'])} 元，"
        f"{settings.months} 个月内未续交，至少差 {yuan(row['missing_fen'])} 元。",
    )
