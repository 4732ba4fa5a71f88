"""The yearly publication pack (年度公布册) of an estate or a whole book, as a page and as a workbook."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from api.answers import KnownAt, Projected, county_code
from api.office import Desk
from api.reading import position_known
from api.routes.views import WORKBOOK
from api.security import Who, demand_county
from ledger.identity import code, parse_book
from ledger.policy import load
from projections.publication import Pack, page, publication_pack, workbook
from projections.publication.page import POLICY

router = APIRouter(dependencies=[Projected])

PAGE = "text/html"

County = Annotated[str, Path(description="区县代码（GB/T 2260）", examples=["532301"])]
FundName = Annotated[str, Path(description="资金类型：commodity 或 public", examples=["commodity"])]
EstateCode = Annotated[str, Path(description="小区编码", examples=["532301001"])]
Year = Annotated[int, Path(ge=1950, le=9999, description="年度", examples=[2019])]


def _pack(
    desk: Desk, who: Who, county: str, fund: str, estate: str | None, year: int, known_at: str | None
) -> Pack:
    here = county_code(county)
    demand_county(who, here)
    _, kind = parse_book(f"{here}/{fund}")
    chosen = None if estate is None else code(estate, "小区编码")
    with desk.engine.connect() as connection:
        position = position_known(connection, known_at)
        return publication_pack(connection, load(), here, kind, year, chosen, position)


def _page(found: Pack) -> Response:
    headers = {"content-security-policy": f"{POLICY}; frame-ancestors 'none'"}
    return Response(page(found), media_type=PAGE, headers=headers)


def _workbook(found: Pack) -> Response:
    name = quote(f"{found.name}.xlsx")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(workbook(found), media_type=WORKBOOK, headers=headers)


@router.get(
    "/v1/publications/{county}/{fund}/{year}/workbook",
    summary="全账套年度公布（电子表格）",
    response_class=Response,
)
def get_book_publication_workbook(
    desk: Desk, who: Who, county: County, fund: FundName, year: Year, known_at: KnownAt = None
) -> Response:
    """全账套的年度公布册，四张表：汇总、列支项目、分幢、分户。"""
    return _workbook(_pack(desk, who, county, fund, None, year, known_at))


@router.get(
    "/v1/publications/{county}/{fund}/{year}",
    summary="全账套年度公布（网页）",
    response_class=Response,
)
def get_book_publication(
    desk: Desk, who: Who, county: County, fund: FundName, year: Year, known_at: KnownAt = None
) -> Response:
    """全账套的年度公布册，一张可打印的网页；未登记公布的是草稿。"""
    return _page(_pack(desk, who, county, fund, None, year, known_at))


@router.get(
    "/v1/publications/{county}/{fund}/{estate}/{year}",
    summary="小区年度公布（网页）",
    response_class=Response,
)
def get_publication(
    desk: Desk,
    who: Who,
    county: County,
    fund: FundName,
    estate: EstateCode,
    year: Year,
    known_at: KnownAt = None,
) -> Response:
    """一个小区的年度公布册（165号令第30条），一张可打印的网页；未登记公布的是草稿。"""
    return _page(_pack(desk, who, county, fund, estate, year, known_at))


@router.get(
    "/v1/publications/{county}/{fund}/{estate}/{year}/workbook",
    summary="小区年度公布（电子表格）",
    response_class=Response,
)
def get_publication_workbook(
    desk: Desk,
    who: Who,
    county: County,
    fund: FundName,
    estate: EstateCode,
    year: Year,
    known_at: KnownAt = None,
) -> Response:
    """一个小区的年度公布册（165号令第30条），四张表：汇总、列支项目、分幢、分户。"""
    return _workbook(_pack(desk, who, county, fund, estate, year, known_at))
