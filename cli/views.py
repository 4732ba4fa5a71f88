"""``fund summary`` and ``fund statement``: what the read models answer."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.problems import unknown
from cli import output
from cli.arguments import AsOf, County, Json, Known, OnlyFund
from cli.desk import open_desk
from cli.rights import counties_seen, demand_sight
from ledger.identity import PART_NAMES, code
from ledger.money import yuan
from ledger.terms import ENTRY_NAMES

if TYPE_CHECKING:
    from projections.summary import Summary

app = typer.Typer(no_args_is_help=True, help="分户账、楼幢和会计报表")

MONEY = {
    "collected": "归集",
    "growth": "其中增值",
    "withdrawn": "使用",
    "refunded": "退划",
    "other": "其他",
    "balance": "余额",
    "undistributed": "未分配",
}
COUNTS = {"estates": "小区", "buildings": "楼幢", "units": "户"}


@app.callback()
def group() -> None:
    """分户账、楼幢和会计报表。"""


def summary(
    county: County = None,
    as_of: AsOf = None,
    known_at: Known = None,
    fund: OnlyFund = None,
    json: Json = False,
) -> None:
    """全州或一个区县的归集、使用和余额。"""
    from api.reading import position_known
    from projections.summary import summary

    with open_desk() as desk:
        desk.catch_up()
        with desk.engine.connect() as connection:
            position = position_known(connection, known_at)
            seen = counties_seen(desk, county)
            found = summary(connection, seen, as_of=as_of, position=position, fund=fund)
    if json:
        output.document(found)
        return
    show_summary(found)


def show_summary(found: "Summary") -> None:
    """The table of counties, and their total."""
    named = {**MONEY, **COUNTS}
    rows = []
    for label, figures in [*((row.name, row) for row in found.counties), ("合计", found.total)]:
        money = [output.grouped(getattr(figures, name)) for name in MONEY]
        rows.append([label, *money, *(f"{getattr(figures, name):,}" for name in COUNTS)])
    title = f"住宅专项维修资金（元），截至 {found.as_of or '全部'}，日志位置 {found.position}"
    output.table(title, ["区县", *named.values()], rows, "l" + "r" * len(named))


@app.command()
def unit(
    building: Annotated[str, typer.Argument(metavar="BUILDING", help="楼幢编码")],
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="户号")],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """一户的分户账。"""
    from projections.building_view import building_view
    from projections.statement import statement_unit

    building, unit = code(building, "楼幢编码"), code(unit, "户号")
    with open_desk() as desk:
        desk.catch_up()
        with desk.engine.connect() as connection:
            place = building_view(connection, building, as_of)
            found = statement_unit(connection, building, unit, as_of=as_of)
        if place is None or found is None:
            raise unknown("unit", f"楼幢 {building} 没有户号 {unit}")
        demand_sight(desk, place.county)
    if json:
        output.document(found)
        return
    rows = [
        [
            line.value_date,
            ENTRY_NAMES[line.kind],
            PART_NAMES[line.part],
            output.grouped(line.amount),
            output.grouped(line.part_balance),
            line.event,
        ]
        for line in found.lines
    ]
    title = f"分户账 {building} {unit}：余额 {output.grouped(found.balance)} 元"
    if found.closed:
        title += "（已销户）"
    if found.frozen:
        title += f"（冻结：{found.frozen}）"
    output.table(title, ["记账日", "摘要", "归属", "金额", "余额", "凭证"], rows, "lllrrl")


@app.command()
def building(
    building: Annotated[str, typer.Argument(metavar="BUILDING", help="楼幢编码")],
    as_of: AsOf = None,
    known_at: Known = None,
    json: Json = False,
) -> None:
    """一幢楼的各户账户和合计。"""
    from api.reading import position_known
    from projections.building_view import building_view

    building = code(building, "楼幢编码")
    with open_desk() as desk:
        desk.catch_up()
        with desk.engine.connect() as connection:
            position = position_known(connection, known_at)
            found = building_view(connection, building, as_of, position)
        if found is None:
            raise unknown("building", f"没有楼幢 {building}")
        demand_sight(desk, found.county)
    if json:
        output.document(found)
        return
    rows = [
        [
            each.unit,
            PART_NAMES[each.part],
            yuan(each.area_dm2),
            *(output.grouped(getattr(each, name)) for name in ("principal", "interest", "balance")),
        ]
        for each in found.units
    ]
    title = f"{found.estate_name} {found.name}（{found.building}）：余额 {output.grouped(found.balance)} 元"
    output.table(title, ["户号", "归属", "面积", "本金", "利息", "余额"], rows, "llrrrr")
