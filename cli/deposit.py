"""``fund deposit``: what is due (应交), what is missing, who is to be asked for more, and who is late."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api.problems import unknown
from cli import output
from cli.arguments import AsOf, County, Json
from cli.desk import Desk, open_desk
from cli.rights import counties_seen, demand_sight
from ledger.calendar import now, today
from ledger.identity import FUND_NAMES, code

if TYPE_CHECKING:
    from projections.owing import UnitDue

app = typer.Typer(no_args_is_help=True, help="交存：应交、欠交、续交催交、售房单位")

After = Annotated[str | None, typer.Option("--after", metavar="楼幢/户", help="接上一页的最后一户")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", help="一页几户，最多 1000")]

Found = TypeVar("Found")

BASES = {"standard": "按标准", "decided": "核定", "exempt": "免交", "unknown": "无适用标准"}


@app.callback()
def group() -> None:
    """交存：应交、欠交、续交催交、售房单位。"""


def _today(desk: Desk) -> date:
    """The business day, once the read models have followed the log."""
    desk.catch_up()
    return today(now)


def _page(
    query: Callable[..., Found],
    county: str | None,
    as_of: date | None,
    after: str | None,
    limit: int,
    **more: bool,
) -> tuple[date, Found]:
    """The business day, and one page of a list of units."""
    with open_desk() as desk:
        counties = counties_seen(desk, county)
        day = _today(desk)
        with desk.engine.connect() as connection:
            found = query(
                connection,
                desk.policy,
                counties,
                as_of=as_of,
                today=day,
                after=after,
                limit=limit,
                **more,
            )
    return day, found


@app.command("due")
def show_due(
    building: Annotated[str, typer.Argument(metavar="BUILDING", help="楼幢编码")],
    unit: Annotated[str | None, typer.Argument(metavar="UNIT", help="户号（默认整幢）")] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """一幢楼各户或一户的首期应交、已交和欠交。标准按首期交存日计，未交的按截止日（默认今天）。"""
    from projections.arrears import dues

    building = code(building, "楼幢编码")
    unit = None if unit is None else code(unit, "户号")
    with open_desk() as desk:
        day = _today(desk)
        with desk.engine.connect() as connection:
            found = dues(connection, desk.policy, building, unit, as_of=as_of, today=day)
        if found is None:
            raise unknown("unit", f"没有楼幢 {building}{'' if unit is None else f' 户号 {unit}'}")
        demand_sight(desk, found.units[0].county)
    if json:
        output.document(found)
    else:
        _table(f"楼幢 {building} 首期应交（元），截至 {as_of or day}", found.units)


@app.command("arrears")
def show_arrears(
    county: County = None, as_of: AsOf = None, after: After = None, limit: Limit = 100, json: Json = False
) -> None:
    """欠交名册：首期应交多于已交的户。免交户、无适用标准的户和有期初余额的户不在其内。"""
    from projections.arrears import arrears

    day, found = _page(arrears, county, as_of, after, limit)
    if json:
        output.document(found)
    else:
        _table(f"欠交 {len(found.units)} 户（元），截至 {as_of or day}{_more(found.next)}", found.units)


def _table(title: str, units: "tuple[UnitDue, ...]") -> None:
    rows = [
        [
            due.building,
            due.unit,
            FUND_NAMES[due.fund],
            f"{due.area_dm2 // 100}.{due.area_dm2 % 100:02}",
            BASES[due.basis],
            due.standard,
            "" if due.factor in (None, "1") else due.factor,
            due.on,
            _money(due.due),
            _money(due.paid),
            "期初户" if due.opened else _money(due.missing),
            due.days,
        ]
        for due in units
    ]
    columns = [
        "楼幢", "户", "资金类型", "面积", "依据", "标准", "系数", "标准日", "应交", "已交", "欠交",
        "竣工天数",
    ]  # fmt: skip
    output.table(title, columns, rows, "lllrlrllrrrr")


@app.command("dunning")
def show_dunning(
    county: County = None, as_of: AsOf = None, after: After = None, limit: Limit = 100, json: Json = False
) -> None:
    """续交催交名册：业主账户余额低于首期交存额 30%（165号令第17条）的户，不含免交户。"""
    from projections.dunning import dunning

    day, found = _page(dunning, county, as_of, after, limit)
    if json:
        output.document(found)
        return
    rows = [
        [
            below.building,
            below.unit,
            _money(below.first_deposit),
            f"{below.percent}%",
            _money(below.floor),
            _money(below.balance),
            _money(below.missing),
        ]
        for below in found.units
    ]
    title = f"应续交 {len(rows)} 户（元），截至 {as_of or day}{_more(found.next)}"
    output.table(title, ["楼幢", "户", "首期", "下限比例", "下限", "余额", "至少续交"], rows, "llrrrrr")


@app.command("sellers")
def show_sellers(
    late: Annotated[bool, typer.Option("--late", help="只看逾期的")] = False,
    county: County = None,
    as_of: AsOf = None,
    after: After = None,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """售房单位应从售房款提取的维修资金：应存、已存、最后期限和逾期天数（165号令第8、12条）。"""
    from projections.sellers import sellers

    day, found = _page(sellers, county, as_of, after, limit, late=late)
    if json:
        output.document(found)
        return
    rows = [
        [
            sold.seller,
            sold.building,
            sold.unit,
            sold.received_on,
            _money(sold.proceeds),
            None if sold.percent is None else f"{sold.percent}%",
            _money(sold.due),
            _money(sold.paid),
            _money(sold.missing),
            sold.due_on,
            sold.days_late,
        ]
        for sold in found.units
    ]
    columns = [
        "售房单位",
        "楼幢",
        "户",
        "收款日",
        "售房款",
        "比例",
        "应存",
        "已存",
        "欠存",
        "期限",
        "逾期天数",
    ]
    title = f"售房单位 {len(rows)} 户（元），截至 {as_of or day}{_more(found.next)}"
    output.table(title, columns, rows, "llllrrrrrlr")


def _money(yuan: str | None) -> str | None:
    return None if yuan is None else output.grouped(yuan)


def _more(cursor: str | None) -> str:
    return "" if cursor is None else f"；还有，下一页 --after {cursor}"
