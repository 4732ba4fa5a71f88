"""I46 灭失返还: money of a destroyed building that was not returned, returned twice, or to somebody else."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, event_ids, months_after, with_events
from ledger.money import yuan

RULE = Rule(
    id="I46",
    title="房屋灭失未返还、多返还或返还错人",
    basis="165号令第29条；财会〔2020〕7号（应付房屋灭失返还资金）",
    severity="high",
    advice="核对灭失证明、产权资料与付款回单，把余额返还权利人；返还错人或多付的追回。",
)

OWED = ["building", "owed_version", "owed_line"]


class Settings(Threshold, frozen=True, kw_only=True):
    """Months within which an obligation is paid."""

    months: int


def find(figures: Figures) -> list[Finding]:
    """One finding a building with money left, one a loss without papers or confirmed before it happened.

    One an obligation unpaid, overpaid or paid before it arose, one a payment to a wrong payee or nobody.
    """
    months = figures.settings("I46", Settings).months
    owed, paid = _obligations(figures)
    return [
        *_left(figures),
        *_unproved(figures),
        *_unpaid(figures, owed, months),
        *_overpaid(owed),
        *_early(owed, paid),
        *_strangers(figures, paid),
    ]


def _unproved(figures: Figures) -> list[Finding]:
    """Amount: what the loss made owed."""
    sums = (
        figures.obligations.filter(pl.col("kind") == "arisen")
        .group_by("stream", "version")
        .agg(owed_fen=pl.col("amount_fen").sum())
    )
    found = []
    bare = pl.col("document").fill_null("").str.strip_chars() == ""
    early = pl.col("value_date") < pl.col("destroyed_on")
    losses = figures.destructions.with_columns(event=event_ids(), bare=bare, early=early)
    wrong = losses.filter(pl.col("bare") | pl.col("early"))
    for row in wrong.join(sums, on=["stream", "version"], how="left", maintain_order="left").iter_rows(
        named=True
    ):
        said = ["没有依据文件"] if row["bare"] else []
        said += [f"确认日期 {row['value_date']} 早于灭失日期"] if row["early"] else []
        found.append(
            RULE.finding(
                row,
                amount_fen=row["owed_fen"] or 0,
                events=[row["event"]],
                message=f"楼幢 {row['building']} 于 {row['destroyed_on']} 灭失的登记{'，'.join(said)}。",
                key=f"unproved {row['event']}",
            )
        )
    return found


def _early(owed: pl.DataFrame, paid: pl.DataFrame) -> list[Finding]:
    """Amount: what was paid before it was owed."""
    since = owed.select(*OWED, since="value_date")
    early = paid.join(since, on=OWED, maintain_order="left").filter(pl.col("value_date") < pl.col("since"))
    return [
        RULE.finding(
            row,
            amount_fen=-row["amount_fen"],
            events=[row["event"]],
            message=f"楼幢 {row['building']} 户 {row['unit']} 灭失返还 {yuan(-row['amount_fen'])} 元，"
            f"付款日期 {row['value_date']} 早于应付发生日期 {row['since']}。",
            key=f"early {row['event']} {row['line']}",
        )
        for row in early.iter_rows(named=True)
    ]


def _left(figures: Figures) -> list[Finding]:
    """Amount: what the accounts of the destroyed building still hold."""
    lost = figures.destructions.group_by("building", maintain_order=True).agg(
        pl.col("county", "estate").first(), since=pl.col("destroyed_on").min()
    )
    kept = (
        figures.entries.join(lost.select("building"), on="building", how="semi", maintain_order="left")
        .group_by("building")
        .agg(left_fen=pl.col("amount_fen").sum())
        .filter(pl.col("left_fen") > 0)
    )
    found = lost.join(kept, on="building", maintain_order="left")
    return [
        RULE.finding(
            row,
            amount_fen=row["left_fen"],
            events=row["events"],
            message=f"楼幢 {row['building']} 于 {row['since']} 灭失，账户仍有 {yuan(row['left_fen'])} 元"
            "未列应付。",
            key="left",
        )
        for row in with_events(found, figures.destructions, ["building"]).iter_rows(named=True)
    ]


def _obligations(figures: Figures) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is owed, with ``paid_fen``; and the payments, with ``event``."""
    lines = figures.obligations.with_columns(event=event_ids())
    paid = lines.filter(pl.col("kind") == "paid")
    sums = paid.group_by(OWED).agg(paid_fen=-pl.col("amount_fen").sum(), payments=pl.col("event"))
    owed = (
        lines.filter(pl.col("kind") == "arisen")
        .join(sums, on=OWED, how="left", maintain_order="left")
        .with_columns(pl.col("paid_fen").fill_null(0), pl.col("payments").fill_null([]))
    )
    return owed, paid


def _unpaid(figures: Figures, owed: pl.DataFrame, months: int) -> list[Finding]:
    """Amount: what is not paid yet."""
    late = owed.filter(
        (pl.col("paid_fen") < pl.col("amount_fen"))
        & (months_after("value_date", months) < pl.lit(figures.today))
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["amount_fen"] - row["paid_fen"],
            events=[row["event"], *row["payments"]],
            message=f"楼幢 {row['building']} 户 {row['unit']} 自 {row['value_date']} 起应返还"
            f" {yuan(row['amount_fen'])} 元，至 {figures.today} 已付 {yuan(row['paid_fen'])} 元。",
            key=f"unpaid {row['event']} {row['line']}",
        )
        for row in late.iter_rows(named=True)
    ]


def _overpaid(owed: pl.DataFrame) -> list[Finding]:
    """Amount: what was paid beyond what is owed."""
    more = owed.filter(pl.col("paid_fen") > pl.col("amount_fen"))
    return [
        RULE.finding(
            row,
            amount_fen=row["paid_fen"] - row["amount_fen"],
            events=[row["event"], *row["payments"]],
            message=f"楼幢 {row['building']} 户 {row['unit']} 应返还 {yuan(row['amount_fen'])} 元，"
            f"付了 {yuan(row['paid_fen'])} 元。",
            key=f"overpaid {row['event']} {row['line']}",
        )
        for row in more.iter_rows(named=True)
    ]


def _strangers(figures: Figures, paid: pl.DataFrame) -> list[Finding]:
    """Payments for owners' parts to somebody else than the owner by date of the day of the loss; their sum.

    One that gives its reason, such as an inheritance, is none; one that names nobody always is.
    """
    units = figures.replay.units.unique(["building", "unit"], keep="first").select(
        "building", "unit", registered="owner_ref"
    )
    days = figures.destructions.select("building", "destroyed_on", owed_version="version")
    changes = figures.replay.owners.sort("value_date", "position").select(
        "building", "unit", day="value_date", bought="owner_ref"
    )
    owners = (
        paid.filter(
            (pl.col("part") == "owner") & (pl.col("reason").is_null() | pl.col("payee_ref").is_null())
        )
        .join(units, on=["building", "unit"], maintain_order="left")
        .join(days, on=["building", "owed_version"], maintain_order="left")
        .sort("destroyed_on", "position", "line")
        .join_asof(
            changes,
            left_on="destroyed_on",
            right_on="day",
            by=["building", "unit"],
            check_sortedness=False,
        )
        .with_columns(owner=pl.coalesce("bought", "registered"))
        .filter(pl.col("payee_ref").is_null() | pl.col("payee_ref").ne_missing(pl.col("owner")))
        .sort("position", "line")
    )
    return [_stranger(row) for row in owners.iter_rows(named=True)]


def _stranger(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=-row["amount_fen"],
        events=[row["event"]],
        message=f"楼幢 {row['building']} 户 {row['unit']} 灭失返还 {yuan(-row['amount_fen'])} 元，"
        + (
            "没有收款人。"
            if row["payee_ref"] is None
            else f"收款人不是灭失日 {row['destroyed_on']} 的业主，也没有写明原因。"
        ),
        key=f"payee {row['event']} {row['line']}",
    )
