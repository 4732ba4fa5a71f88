"""I45 过户: the owner on the account is not the latest by date, or a change of owner changed nobody."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, with_events
from ledger.money import yuan

RULE = Rule(
    id="I45",
    title="过户登记与业主不符",
    basis="165号令第28条",
    severity="low",
    advice="核对不动产登记和过户资料，按先后补登过户，使分户账业主与产权人一致。",
)

UNIT = ["building", "unit"]


def find(figures: Figures) -> list[Finding]:
    """One finding a unit; amount: what its account held at the last change of owner recorded."""
    units = figures.replay.units.unique(UNIT, keep="first").select(
        *UNIT, "county", "estate", registered="owner_ref"
    )
    changes = figures.replay.owners.join(units, on=UNIT, maintain_order="left").sort("position")
    by_day = changes.sort("value_date", "position").with_columns(
        before=pl.coalesce(pl.col("owner_ref").shift(1).over(UNIT), "registered")
    )
    same = by_day.filter(pl.col("owner_ref") == pl.col("before")).select(*UNIT, "version")
    owners = by_day.group_by(UNIT).agg(latest=pl.col("owner_ref").last())
    last = changes.unique(UNIT, keep="last", maintain_order=True).join(owners, on=UNIT, maintain_order="left")
    behind = last.filter(pl.col("owner_ref") != pl.col("latest")).select(UNIT)
    wrong = pl.concat([same.select(UNIT), behind]).unique()
    found = last.join(wrong, on=UNIT, how="semi", maintain_order="left").join(
        behind.with_columns(behind=True), on=UNIT, how="left", maintain_order="left"
    )
    return [_finding(row) for row in with_events(found, changes, UNIT).iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    held = row["principal_fen"] + row["interest_fen"]
    what = "账户业主不是日期最近一次过户的业主" if row["behind"] else "过户前后是同一人"
    return RULE.finding(
        row,
        amount_fen=held,
        events=row["events"],
        message=f"楼幢 {row['building']} 户 {row['unit']} {what}，过户时余额 {yuan(held)} 元。",
    )
