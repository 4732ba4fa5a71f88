"""I15 违规投资: repo, pledge, entrusted finance; bonds sold early, not new, or without consent."""

from collections.abc import Iterator

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, event_ids
from ledger.money import yuan

RULE = Rule(
    id="I15",
    title="违规投资或国债买卖不合规定",
    basis="165号令第26条",
    severity="high",
    advice="立即收回违规投资，查明决策与经办责任；补齐同意文件，国债持有到期。",
)
FORBIDDEN = {"repo": "国债回购", "pledge": "债券质押", "wealth": "委托理财", "other": "其他投资"}
LOT = ["stream", "county", "fund", "lot"]


def find(figures: Figures) -> list[Finding]:
    """One finding a lot, with everything that is wrong with it; amount: what was laid out."""
    lots = figures.treasury.filter(pl.col("lot").is_not_null()).with_columns(event=event_ids())
    short = _short(figures)
    found = []
    for lot in lots.sort("position").partition_by(LOT, maintain_order=True):
        rows = lot.rows(named=True)
        placed = next((row for row in rows if row["kind"] == "lot-placed"), None)
        if placed is None:
            continue
        wrong = [*_wrong(figures, placed, rows), *_beyond(placed, short)]
        if wrong:
            found.append(_finding(placed, rows, wrong))
    return found


def _finding(placed: Row, rows: list[Row], wrong: list[str]) -> Finding:
    return RULE.finding(
        placed,
        amount_fen=placed["amount_fen"],
        events=[row["event"] for row in rows],
        message=f"{placed['value_date']} 以 {yuan(placed['amount_fen'])} 元登记的 {placed['lot']}："
        f"{'；'.join(wrong)}。",
        key=f"{placed['fund']} {placed['lot']}",
    )


def _wrong(figures: Figures, placed: Row, rows: list[Row]) -> Iterator[str]:
    rule = figures.policy.treasury.bond_rule(placed["value_date"])
    if rule is None:
        return
    if placed["lot_kind"] in FORBIDDEN:
        yield f"属于禁止的{FORBIDDEN[placed['lot_kind']]}"
    if placed["lot_kind"] != "bond":
        return
    if placed["channel"] not in rule.channels:
        yield "未通过银行间债券市场或商业银行柜台购买"
    day, first, last = placed["value_date"], placed["issue_from"], placed["issue_to"]
    if first is None or last is None or not first <= day <= last:
        yield "不是发行期内新发行的国债"
    yield from _consent(placed)
    if any(row["kind"] == "lot-ended" and row["early"] for row in rows):
        yield f"未持有到期（{placed['matures_on']} 到期）"


def _consent(placed: Row) -> Iterator[str]:
    """Owners' money: their assembly or two thirds; the selling unit's: the finance office; in time."""
    if placed["consent_kind"] is None or not placed["consent_no"].strip():
        yield "没有同意文件"
        return
    if (placed["consent_kind"] == "finance") != (placed["part"] == "seller"):
        yield "同意人不符"
    if placed["consent_on"] > placed["value_date"]:
        yield f"同意日期 {placed['consent_on']} 晚于购买日期"


def _short(figures: Figures) -> dict[tuple[str, str, object], int]:
    """Days on which a book's current accounts stood below zero, and by how much."""
    below = figures.cash.filter(pl.col("balance_fen") < 0)
    return {
        (row["county"], row["fund"], row["value_date"]): row["balance_fen"]
        for row in below.iter_rows(named=True)
    }


def _beyond(placed: Row, short: dict[tuple[str, str, object], int]) -> Iterator[str]:
    """More was laid out than the book had: the money of others, or of nobody on record."""
    balance = short.get((placed["county"], placed["fund"], placed["value_date"]))
    if balance is not None and placed["lot_kind"] != "pledge":
        yield f"超出账套当日活期资金，差 {yuan(-balance)} 元"
