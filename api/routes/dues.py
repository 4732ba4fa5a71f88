"""What is due (应交), who is in arrears or to be dunned, selling units, and the use of receipts."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response

from api.answers import AsOf, CountyQuery, Projected, json, money
from api.office import Desk, Office
from api.problems import unknown
from api.security import Who, counties_seen, demand_county, demand_prefecture
from ledger.calendar import today
from ledger.identity import code
from ledger.policy import load
from projections.arrears import arrears, dues
from projections.dunning import dunning
from projections.paging import LIMIT, MAX_LIMIT
from projections.receipts import receipt_use
from projections.sellers import sellers

router = APIRouter(dependencies=[Projected])

After = Annotated[
    str | None,
    Query(max_length=130, description="分页标记：上一页的 next", examples=["53230100101/0101"]),
]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="一页几户")]
Building = Annotated[str, Path(description="楼幢编码", examples=["53230100101"])]


class Page(NamedTuple):
    """The page of a list that is asked for, of the counties that the answer is about (None: all)."""

    counties: Collection[str] | None
    as_of: date | None
    after: str | None
    limit: int


def _page(
    who: Who, county: CountyQuery = None, as_of: AsOf = None, after: After = None, limit: Limit = LIMIT
) -> Page:
    """Of the county asked for, else of all the bearer may see."""
    return Page(counties_seen(who, county), as_of, after, limit)


Asked = Annotated[Page, Depends(_page)]
"""The parameter by which a route takes the page of a list."""


@router.get("/v1/buildings/{building}/dues", summary="首期应交")
def get_dues(
    desk: Desk,
    who: Who,
    building: Building,
    unit: Annotated[str | None, Query(max_length=64, description="只看一户")] = None,
    as_of: AsOf = None,
) -> Response:
    """一幢楼各户的首期应交、已交和欠交（元）；标准按首期交存日计，未交的按截止日（默认今天）。"""
    name = code(building, "楼幢编码")
    number = None if unit is None else code(unit, "户号")
    with desk.reading() as connection:
        found = dues(connection, load(), name, number, as_of=as_of, today=today(desk.clock))
    if found is None:
        if number is None:
            raise unknown("building", f"没有楼幢 {name}")
        raise unknown("unit", f"楼幢 {name} 没有户号 {number}")
    demand_county(who, found.units[0].county)
    return money(found)


@router.get("/v1/arrears", summary="欠交名册")
def get_arrears(desk: Desk, page: Asked) -> Response:
    """首期应交多于已交的户（元），按楼幢、户号排列。"""
    return _listed(desk, arrears, page)


@router.get("/v1/dunning", summary="续交催交名册")
def get_dunning(desk: Desk, page: Asked) -> Response:
    """余额低于首期交存额 30% 的户（元），按楼幢、户号排列。"""
    return _listed(desk, dunning, page)


@router.get("/v1/sellers", summary="售房单位应存")
def get_sellers(
    desk: Desk, page: Asked, late: Annotated[bool, Query(description="只看逾期的")] = False
) -> Response:
    """售房单位应从售房款提取的维修资金（元）：应存、已存、期限和逾期天数。"""
    return _listed(desk, sellers, page, late=late)


def _listed(desk: Office, query: Callable[..., msgspec.Struct], page: Page, **more: bool) -> Response:
    """One page of a list of units."""
    day = today(desk.clock)
    with desk.reading() as connection:
        return money(query(connection, load(), **page._asdict(), today=day, **more))


@router.get("/v1/receipts/{receipt_code}", summary="票据使用")
def get_receipts(
    desk: Desk,
    who: Who,
    receipt_code: Annotated[str, Path(description="票据代码", examples=["53230119"])],
) -> Response:
    """一个票据代码的各号段：领用、已用、作废、未用和断号；票据不属于单一区县，须全州令牌。"""
    demand_prefecture(who)
    name = code(receipt_code, "票据代码")
    with desk.reading() as connection:
        found = receipt_use(connection, name)
    if found is None:
        raise unknown("receipts", f"票据代码 {name} 没有领用")
    return json(found)
