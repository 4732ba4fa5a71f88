"""I12 明存活期暗存定期: time deposits whose interest did not reach the book, or that nobody registered."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, event_ids, months_after
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="I12",
    title="定期存款利息未足额入账",
    basis="165号令第27条（存款利息转入滚存）；差额与期限为内控口径",
    severity="high",
    advice="向存款银行函证存单与结息单，追回利差并转入待分配收益。",
)
LOT = ["county", "fund", "lot"]


class Interest(Threshold, frozen=True, kw_only=True):
    """Interest at maturity may be short of the contract by ``percent``; money past it may wait ``months``."""

    percent: int
    months: int


def find(figures: Figures) -> list[Finding]:
    """One finding a lot whose interest is short or that is overdue; one a book for interest of no lot."""
    limits = figures.settings(RULE.id, Interest)
    return _short(figures, limits) + _overdue(figures, limits) + _hidden(figures)


def _short(figures: Figures, limits: Interest) -> list[Finding]:
    """Principal that came back at maturity or later with less than the contract's interest."""
    placed = _placed(figures).select(
        *LOT, "rate_bp", "term_months", "matures_on", placed_on="value_date", placing=event_ids()
    )
    ended = (
        figures.treasury.filter((pl.col("kind") == "lot-ended") & ~pl.col("early").fill_null(value=True))
        .select("stream", "version", "position", *LOT, "amount_fen", "interest_fen", event=event_ids())
        .join(placed.drop_nulls("matures_on"), on=LOT)
        .sort("position")
    )
    found = []
    for lot in ended.partition_by(LOT, maintain_order=True):
        rows = lot.rows(named=True)
        due = sum(_due_fen(figures, row) for row in rows)
        received = sum(row["interest_fen"] for row in rows)
        if received * 100 < due * (100 - limits.percent):
            found.append(_short_finding(rows, due, received))
    return found


def _due_fen(figures: Figures, row: Row) -> int:
    """Contract rate for the whole term, exact integers, cut to the fen: whole months, else days."""
    principal, rate = -row["amount_fen"], row["rate_bp"]
    if row["term_months"] is not None:
        return int(principal * rate * row["term_months"] // 120_000)
    rules = figures.policy.treasury.interest
    base = next((rule.day_base for rule in rules if rule.holds(row["matures_on"])), 360)
    return int(principal * rate * (row["matures_on"] - row["placed_on"]).days // (10_000 * base))


def _short_finding(rows: list[Row], due_fen: int, received_fen: int) -> Finding:
    first = rows[0]
    events = [first["placing"]]
    for row in rows:
        events.append(row["event"])
        if row["interest_fen"]:
            events.append(event_id(row["stream"], row["version"] + 1))
    return RULE.finding(
        first,
        amount_fen=due_fen - received_fen,
        events=events,
        message=f"存单 {first['lot']} 到期支取，按约定利率应得利息 {yuan(due_fen)} 元，"
        f"实际入账 {yuan(received_fen)} 元。",
        key=f"{first['fund']} {first['lot']}",
    )


def _overdue(figures: Figures, limits: Interest) -> list[Finding]:
    """Deposits that matured long ago, were not renewed, and of which something is still out."""
    out = figures.treasury.group_by(LOT).agg(open_fen=pl.col("amount_fen").sum())
    late = (
        _placed(figures)
        .filter(~pl.col("renew").fill_null(value=False))
        .filter(months_after("matures_on", limits.months) < figures.today)
        .join(out.filter(pl.col("open_fen") > 0), on=LOT)
        .sort("position")
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["open_fen"],
            events=[event_id(row["stream"], row["version"])],
            message=f"存单 {row['lot']} 于 {row['matures_on']} 到期，至今未支取 {yuan(row['open_fen'])} 元。",
            key=f"{row['fund']} {row['lot']}",
        )
        for row in late.iter_rows(named=True)
    ]


def _hidden(figures: Figures) -> list[Finding]:
    """Interest of time deposits of no registered lot, in a book that registers its lots by then."""
    since = _placed(figures).group_by("stream").agg(since=pl.col("value_date").min())
    owned = figures.treasury.filter(pl.col("interest_fen") != 0).select(
        "stream", version=pl.col("version") + 1
    )
    alone = (
        figures.gains.filter(pl.col("category") == "time")
        .join(owned, on=["stream", "version"], how="anti")
        .join(since, on="stream")
        .filter(pl.col("value_date") >= pl.col("since"))
        .with_columns(event=event_ids())
        .sort("position", "line")
    )
    return [_hidden_finding(book) for book in alone.partition_by("county", "fund", maintain_order=True)]


def _hidden_finding(gains: pl.DataFrame) -> Finding:
    row: Row = gains.row(0, named=True)
    amount = int(gains["amount_fen"].sum())
    return RULE.finding(
        row,
        amount_fen=amount,
        events=gains["event"].to_list(),
        message=f"账套 {row['county']}/{row['fund']} 有 {gains.height} 笔定期利息共 {yuan(amount)} 元"
        "没有对应的存单登记。",
        key=row["fund"],
    )


def _placed(figures: Figures) -> pl.DataFrame:
    """Placements of deposits that stand."""
    deposits = pl.col("lot_kind").is_in(["time", "notice", "agreement"])
    return figures.treasury.filter((pl.col("kind") == "lot-placed") & deposits)
