"""I53 期初余额缺少依据或与明细重复: opening balances without papers, or of money the ledger has anyway."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import ACCOUNT, Figures, Row, with_events
from ledger.identity import PART_NAMES
from ledger.money import yuan

RULE = Rule(
    id="I53",
    title="期初余额缺少依据或与明细重复",
    basis="165号令第10条（按户设分户账）；财会〔2020〕7号（新旧衔接）；内控口径",
    severity="medium",
    advice="查找移交清册、原账簿和银行回单，逐户核对；与明细重复的，冲正期初余额后按实际余额重新登记。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a building without papers, and one an account that has entries of the day or before."""
    openings = figures.entries.filter(pl.col("kind") == "opening")
    return _without_papers(openings) + _doubled(figures.entries, openings)


def _without_papers(openings: pl.DataFrame) -> list[Finding]:
    """Amount: the opening balances of the building that name no papers."""
    bare = openings.filter(pl.col("basis").is_null())
    buildings = bare.group_by("building").agg(
        pl.col("county", "estate").first(), pl.col("amount_fen").sum(), accounts=pl.len()
    )
    return [_bare(row) for row in with_events(buildings, bare, ["building"]).iter_rows(named=True)]


def _doubled(entries: pl.DataFrame, openings: pl.DataFrame) -> list[Finding]:
    """Amount: the entries that the opening balance must hold already; interest of the day may be new."""
    days = openings.group_by(ACCOUNT).agg(opened_on=pl.col("value_date").max())
    held = entries.join(days, on=ACCOUNT, maintain_order="left").filter(
        (pl.col("value_date") <= pl.col("opened_on")) & ~pl.col("kind").is_in(["opening", "interest"])
    )
    accounts = held.group_by(ACCOUNT).agg(
        pl.col("county", "estate", "opened_on").first(), pl.col("amount_fen").abs().sum(), times=pl.len()
    )
    evidence = pl.concat([openings, held.drop("opened_on")])
    return [_double(row) for row in with_events(accounts, evidence, ACCOUNT).iter_rows(named=True)]


def _bare(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["amount_fen"],
        events=row["events"],
        message=f"楼幢 {row['building']} 有 {row['accounts']} 个账户的期初余额共 {yuan(row['amount_fen'])} 元"
        "没有登记依据。",
        key="papers",
    )


def _double(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["amount_fen"],
        events=row["events"],
        message=f"楼幢 {row['building']} 户 {row['unit']}（{PART_NAMES[row['part']]}）的期初余额截至"
        f" {row['opened_on']}，当日及以前另有 {row['times']} 笔明细共 {yuan(row['amount_fen'])} 元。",
        key=row["part"],
    )
