"""I31 重复维修、重复报销: one invoice paid in several projects, or the same work done again too soon."""

from itertools import pairwise

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, cross_project_events, months_after
from ledger.money import yuan

RULE = Rule(
    id="I31",
    title="同一部位重复维修或发票重复报销",
    basis="165号令第18、37条；重复期限为内控口径",
    severity="high",
    advice="核对发票原件与现场；属重复报销的追回资金，质量问题由维修单位返修。",
)


class Months(Threshold, frozen=True, kw_only=True):
    """The same work is not done again within ``months``."""

    months: int


def find(figures: Figures) -> list[Finding]:
    """One finding an invoice, and one a series of repeated works; the subject is the first that repeats."""
    return _invoices(figures) + _works(figures)


def _invoices(figures: Figures) -> list[Finding]:
    """An invoice of one payee in several projects; amount: the payments after the first project's."""
    group = ["payee", "invoice_no"]
    repeated = (
        figures.payments.with_columns(payee=pl.coalesce("payee_name", "party_ref"))
        .filter(pl.col("payee").is_not_null() & pl.col("invoice_no").is_not_null())
        .filter(pl.col("stream").n_unique().over(group) > 1)
        .sort("paid_on", "position")
    )
    found = []
    for invoice in repeated.partition_by(group, maintain_order=True):
        payments = invoice.rows(named=True)
        first, last = payments[0], payments[-1]
        again = sum(row["amount_fen"] for row in payments if row["stream"] != first["stream"])
        projects = "、".join(dict.fromkeys(row["project"] for row in payments))
        repeat = next(row for row in payments if row["stream"] != first["stream"])
        found.append(
            RULE.finding(
                {"county": repeat["county"], "estate": repeat["estate"], "project": repeat["project"]},
                amount_fen=again,
                events=invoice.sort("position")["event"].to_list(),
                message=f"发票 {first['invoice_no']} 在项目 {projects} 中重复使用，{first['paid_on']} 至"
                f" {last['paid_on']} 共付款 {len(payments)} 笔，首个项目以外 {yuan(again)} 元。",
                key=f"invoice {first['payee']} {first['invoice_no']}",
            )
        )
    return found


def _works(figures: Figures) -> list[Finding]:
    """The same estate, object and content on a common building; amount: all projects but the earliest."""
    months = figures.settings(RULE.id, Months).months
    place = ["county", "estate", "object", "content"]
    dated = (
        figures.projects.filter(pl.col("day").is_not_null())
        .filter(pl.len().over(place) > 1)
        .with_columns(closes=months_after("day", months))
        .sort("day", "stream")
    )
    return [
        _repeated_work(figures, series, months)
        for same in dated.partition_by(place, maintain_order=True)
        for series in _series(same.rows(named=True))
    ]


def _series(projects: list[Row]) -> list[list[Row]]:
    """Chains of projects that repeat one another: a building in common, and less than the months between."""
    chains: list[list[Row]] = []
    for project in projects:
        linked = [chain for chain in chains if any(_repeats(project, earlier) for earlier in chain)]
        chains = [chain for chain in chains if chain not in linked]
        chains.append([row for chain in linked for row in chain] + [project])
    return [sorted(chain, key=lambda row: (row["day"], row["stream"])) for chain in chains if len(chain) > 1]


def _repeats(project: Row, earlier: Row) -> bool:
    common = not set(project["buildings"]).isdisjoint(earlier["buildings"])
    return common and bool(project["day"] < earlier["closes"])


def _repeated_work(figures: Figures, series: list[Row], months: int) -> Finding:
    first, repeat = series[0], series[1]
    again = sum(project["stake_fen"] for project in series[1:])
    apart = "、".join(f"{(later['day'] - earlier['day']).days} 天" for earlier, later in pairwise(series))
    listed = "、".join(f"{project['project']}（{project['day']}）" for project in series)
    return RULE.finding(
        {"county": repeat["county"], "estate": repeat["estate"], "project": repeat["project"]},
        amount_fen=again,
        events=cross_project_events(figures, series),
        message=f"小区 {first['estate']} 的“{first['object']}”在 {months} 个月内"
        f"就同样内容“{first['content']}”重复维修：{listed}，相隔 {apart}，首次以外 {yuan(again)} 元。",
        key=f"work {first['stream']}",
    )
