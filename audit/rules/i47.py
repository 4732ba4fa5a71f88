"""I47 收款人异常: paid to a natural person or to nobody named, or to another account in a later stage."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row
from ledger.money import yuan

RULE = Rule(
    id="I47",
    title="收款人非维修单位或收款账户变更",
    basis="165号令第22、23条（划转至维修单位）；账户变更为内控口径",
    severity="high",
    advice="核对施工合同约定的收款账户与银行回单；付给个人的查明去向。",
)
PLACE = ["stream", "county", "estate", "project"]


def find(figures: Figures) -> list[Finding]:
    """One finding a project and kind of irregularity; amount: the payments concerned."""
    return _persons(figures) + _unnamed(figures) + _accounts(figures)


def _unnamed(figures: Figures) -> list[Finding]:
    """Payments that name no firm or not its account; only projects that were asked for it."""
    asked = figures.projects.filter(pl.col("liable").is_not_null()).select("stream")
    firm = (
        (pl.col("payee_kind") == "firm") & (pl.col("payee_name") != "") & (pl.col("payee_account") != "")
    ).fill_null(value=False)
    nobody = figures.payments.join(asked, on="stream", how="semi", maintain_order="left").filter(
        ~firm & pl.col("payee_kind").ne_missing(pl.lit("person"))
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["amount_fen"],
            events=row["events"],
            message=f"项目 {row['project']} 有 {row['times']} 笔共 {yuan(row['amount_fen'])} 元的付款"
            "没有写明维修单位或其账号。",
            key="unnamed",
        )
        for row in _by_project(nobody, PLACE).iter_rows(named=True)
    ]


def _persons(figures: Figures) -> list[Finding]:
    persons = figures.payments.filter(pl.col("payee_kind") == "person")
    return [
        RULE.finding(
            row,
            amount_fen=row["amount_fen"],
            events=row["events"],
            message=f"项目 {row['project']} 有 {row['times']} 笔共 {yuan(row['amount_fen'])} 元付给自然人。",
            key="person",
        )
        for row in _by_project(persons, PLACE).iter_rows(named=True)
    ]


def _accounts(figures: Figures) -> list[Finding]:
    """A firm whose account is not that of its first payment in the project; amount: the other accounts'."""
    firm = [*PLACE, "payee_name"]
    firms = figures.payments.filter((pl.col("payee_kind") == "firm") & pl.col("payee_account").is_not_null())
    several = firms.filter(pl.col("payee_account").n_unique().over(firm) > 1).with_columns(
        moved_fen=pl.when(pl.col("payee_account") != pl.col("payee_account").first().over(firm))
        .then("amount_fen")
        .otherwise(0)
    )
    return [_moved(row) for row in _by_project(several, firm, "moved_fen").iter_rows(named=True)]


def _moved(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["moved_fen"],
        events=row["events"],
        message=f"项目 {row['project']} 向“{row['payee_name']}”付款 {row['times']} 笔，收款账户先后为"
        f" {'、'.join(row['accounts'])}，变更后付款 {yuan(row['moved_fen'])} 元。",
        key=f"account {row['payee_name']}",
    )


def _by_project(payments: pl.DataFrame, group: list[str], amount: str = "amount_fen") -> pl.DataFrame:
    return payments.group_by(group, maintain_order=True).agg(
        pl.col(amount).sum(),
        times=pl.len(),
        events=pl.col("event"),
        accounts=pl.col("payee_account").unique(maintain_order=True),
    )
