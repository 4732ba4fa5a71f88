"""Statements (会住维01/02/03表) of a book, a county or the prefecture."""

from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import KnownAt, Projected, county_code, money
from api.office import Desk, Office
from api.reading import position_known
from api.security import Who, demand_county, demand_prefecture
from ledger.calendar import parse_period
from ledger.identity import parse_book
from projections.scope import Scope
from projections.statements import Statements, statements
from projections.statements_workbook import write_statements

router = APIRouter(dependencies=[Projected])

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

County = Annotated[str, Path(description="区县代码（GB/T 2260）", examples=["532301"])]
FundName = Annotated[str, Path(description="资金类型：commodity 或 public", examples=["commodity"])]
PeriodName = Annotated[str, Path(description="会计期间：月 2019-12 或年 2019", examples=["2019"])]


@router.get("/v1/books/{county}/{fund}/statements/{period}", summary="账套的会计报表")
def of_book(
    desk: Desk, who: Who, county: County, fund: FundName, period: PeriodName, known_at: KnownAt = None
) -> Response:
    """一个账套的资产负债表、收支表、净资产变动表和勾稽关系（元）。"""
    return money(_made(desk, _book(who, county, fund), period, known_at))


@router.get(
    "/v1/books/{county}/{fund}/statements/{period}/workbook",
    summary="账套会计报表的电子表格",
    response_class=Response,
    responses={200: {"content": {WORKBOOK: {}}}},
)
def workbook_of_book(
    desk: Desk, who: Who, county: County, fund: FundName, period: PeriodName, known_at: KnownAt = None
) -> Response:
    """三张表各一页，另有一页勾稽关系。"""
    return _workbook(_made(desk, _book(who, county, fund), period, known_at))


@router.get("/v1/counties/{county}/statements/{period}", summary="区县的会计报表")
def of_county(desk: Desk, who: Who, county: County, period: PeriodName, known_at: KnownAt = None) -> Response:
    """一个区县两类资金合并的三张表和勾稽关系（元）。"""
    return money(_made(desk, _county(who, county), period, known_at))


@router.get(
    "/v1/counties/{county}/statements/{period}/workbook",
    summary="区县会计报表的电子表格",
    response_class=Response,
    responses={200: {"content": {WORKBOOK: {}}}},
)
def workbook_of_county(
    desk: Desk, who: Who, county: County, period: PeriodName, known_at: KnownAt = None
) -> Response:
    """三张表各一页，另有一页勾稽关系。"""
    return _workbook(_made(desk, _county(who, county), period, known_at))


@router.get("/v1/statements/{period}", summary="全州的会计报表")
def of_prefecture(desk: Desk, who: Who, period: PeriodName, known_at: KnownAt = None) -> Response:
    """全州合并的三张表和勾稽关系（元）；令牌限定区县时不能看。"""
    demand_prefecture(who)
    return money(_made(desk, Scope(), period, known_at))


def _book(who: Who, county: str, fund: str) -> Scope:
    code = county_code(county)
    demand_county(who, code)
    return Scope(county=code, fund=parse_book(f"{code}/{fund}")[1])


def _county(who: Who, county: str) -> Scope:
    code = county_code(county)
    demand_county(who, code)
    return Scope(county=code)


def _made(desk: Office, scope: Scope, period: str, known_at: str | None) -> Statements:
    asked = parse_period(period)
    with desk.engine.connect() as connection:
        return statements(connection, scope, asked, position_known(connection, known_at))


def _workbook(found: Statements) -> Response:
    written = BytesIO()
    write_statements(written, found)
    name = f"statements-{found.scope.replace('/', '-')}-{found.period}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written.getvalue(), media_type=WORKBOOK, headers=headers)
