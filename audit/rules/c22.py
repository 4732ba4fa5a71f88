"""C22 房屋变更有疑: a split or merger whose areas differ without a reason, or dated before its own money."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, event_ids
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="C22",
    title="房屋变更前后面积不符或日期倒置",
    basis="165号令第10、20条（按户设分户账、按建筑面积分摊）",
    severity="medium",
    advice="核对不动产登记和测绘资料，更正面积或补充说明，必要时重新办理变更。",
)

EVENT = ["building", "stream", "version", "position"]


def find(figures: Figures) -> list[Finding]:
    """One finding a change; amount: what it moved."""
    changes = figures.replay.unit_changes.filter(pl.col("reason").is_in(["split", "merge"]))
    if changes.is_empty():
        return []
    moved = figures.replay.entries.filter(pl.col("kind") == "moved")
    amounts = (
        moved.with_columns(amount_fen=pl.col("principal_fen") + pl.col("interest_fen"))
        .filter(pl.col("amount_fen") > 0)
        .group_by("stream", "version")
        .agg(pl.col("amount_fen").sum())
    )
    sums = (
        changes.group_by(EVENT, maintain_order=True)
        .agg(
            pl.col("value_date", "note").first(),
            units=pl.col("unit").filter(~pl.col("after")),
            before_dm2=pl.col("area_dm2").filter(~pl.col("after")).sum(),
            after_dm2=pl.col("area_dm2").filter("after").sum(),
        )
        .join(amounts, on=["stream", "version"], how="left", maintain_order="left")
        .join(_later(figures, changes), on=["stream", "version"], how="left", maintain_order="left")
        .join(
            figures.replay.buildings.select("building", "county", "estate").unique("building", keep="first"),
            on="building",
            how="left",
            maintain_order="left",
        )
    )
    unexplained = pl.col("note").fill_null("").str.strip_chars() == ""
    differs = (pl.col("before_dm2") != pl.col("after_dm2")) & unexplained
    found = sums.with_columns(differs=differs).filter(pl.col("differs") | pl.col("later").is_not_null())
    return [_finding(row) for row in found.sort("position").iter_rows(named=True)]


def _later(figures: Figures, changes: pl.DataFrame) -> pl.DataFrame:
    """The standing entries of a closed account, recorded before the change, that count only after its day."""
    closed = changes.filter(pl.col("fate") == "closed").select(
        "building", "unit", "stream", "version", changed_on="value_date"
    )
    entries = figures.entries.select(
        "building", "unit", "value_date", "position", entered="version", event=event_ids()
    )
    return (
        entries.join(closed, on=["building", "unit"])
        .filter((pl.col("entered") < pl.col("version")) & (pl.col("value_date") > pl.col("changed_on")))
        .sort("position")
        .group_by("stream", "version", maintain_order=True)
        .agg(later=pl.col("event").unique(maintain_order=True), last=pl.col("value_date").max())
    )


def _finding(row: Row) -> Finding:
    reasons = []
    if row["differs"]:
        reasons.append(
            f"变更前面积合计 {_m2(row['before_dm2'])}，变更后 {_m2(row['after_dm2'])} 平方米，没有说明"
        )
    if row["later"] is not None:
        reasons.append(f"变更日期 {row['value_date']} 早于所转余额的分录（最后 {row['last']}）")
    event = event_id(row["stream"], row["version"])
    amount = row["amount_fen"] or 0
    return RULE.finding(
        row,
        amount_fen=amount,
        events=[*(row["later"] or ()), event],
        message=f"楼幢 {row['building']} 户 {'、'.join(row['units'])} 的房屋变更转出 {yuan(amount)} 元："
        f"{'；'.join(reasons)}。",
        key=event,
    )


def _m2(area_dm2: int) -> str:
    return f"{area_dm2 // 100}.{area_dm2 % 100:02d}"
