"""I28 未公示: approved or paid without a notice, or with one that was up for too few days."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, facts
from audit.rules.owed import owed_years
from ledger.identity import FUND_NAMES
from ledger.money import yuan

RULE = Rule(
    id="I28",
    title="未公示、公示期不足或未按年公布",
    basis="165号令第18、22条（使用应当公开）、第30条（每年公布）；天数和期限为内控口径",
    severity="medium",
    advice="补充公示并听取业主意见；有异议的暂停后续付款。",
)


class Days(Threshold, frozen=True, kw_only=True):
    """A notice is up for ``days`` before the approval; years from ``publish_from`` on are published.

    Within ``publish_months`` after their end.
    """

    days: int
    publish_from: int
    publish_months: int


def find(figures: Figures) -> list[Finding]:
    """Uses that were not shown, and years of a book that were not published."""
    settings = figures.settings(RULE.id, Days)
    return [*_unshown(figures, settings.days), *_unpublished(figures, settings)]


def _unpublished(figures: Figures, settings: Days) -> list[Finding]:
    """One finding a book and year; amount: what its unit accounts held at the end of the year."""
    done = figures.replay.published.filter(pl.col("estate").is_null()).select("county", "fund", "year")
    missing = owed_years(figures, settings.publish_from, settings.publish_months)
    return [
        RULE.finding(
            row,
            amount_fen=row["held_fen"],
            events=(),
            message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）{row['year']} 年度"
            f"的交存、使用、增值和结存没有公布，年末余额 {yuan(row['held_fen'])} 元。",
            key=f"{row['fund']} {row['year']}",
        )
        for row in missing.join(done, on=["county", "fund", "year"], how="anti").iter_rows(named=True)
    ]


def _unshown(figures: Figures, days: int) -> list[Finding]:
    """One finding a project; without an approval the first payment counts.

    An emergency has its notice after the fact (事后公示): only one that was closed without any is found.
    """
    short = (
        figures.projects.filter(pl.col("emergency").not_())
        .with_columns(decided=pl.coalesce("approved_on", "first_paid"))
        .filter(pl.col("decided").is_not_null())
        .with_columns(shown=(pl.col("decided") - pl.col("noticed_on")).dt.total_days())
        .filter(pl.col("shown").is_null() | (pl.col("shown") < days))
    )
    never = figures.projects.filter(
        pl.col("emergency") & pl.col("noticed_on").is_null() & pl.col("closed_on").is_not_null()
    )
    return [
        *(_finding(row, days) for row in short.iter_rows(named=True)),
        *(_emergency(row) for row in never.iter_rows(named=True)),
    ]


def _emergency(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "closed", "payments"),
        message=f"应急项目 {row['project']} 于 {row['closed_on']} 办结，没有事后公示，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
        key="emergency",
    )


def _finding(row: Row, days: int) -> Finding:
    step = "批准" if row["approved_on"] is not None else "首次付款"
    if row["noticed_on"] is None:
        shown = f"{row['decided']} {step}，没有公示记录"
    else:
        shown = f"{row['noticed_on']} 公示，{row['decided']} {step}，相隔 {row['shown']} 天，不足 {days} 天"
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "notice", "approved", "payments"),
        message=f"项目 {row['project']} 于 {shown}，涉及 {yuan(row['stake_fen'])} 元。",
    )
