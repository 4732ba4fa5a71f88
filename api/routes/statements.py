"""Statements (会住维01/02/03表) of a book, a county or the prefecture."""

from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.answers import KnownAt, Projected, money
from api.files import workbook
from api.office import Desk, Office
from api.places import OfBook, OfCounty
from api.reading import position_known
from api.security import Who, demand_prefecture
from ledger.calendar import parse_period
from projections.scope import Scope
from projections.statements import Statements, statements
from projections.statements_workbook import write_statements

router = APIRouter(dependencies=[Projected])

PeriodName = Annotated[str, Path(description="会计期间：月 2019-12 或年 2019", examples=["2019"])]


def _of_book(desk: Desk, book: OfBook, period: PeriodName, known_at: KnownAt = None) -> Statements:
    county, fund = book
    return _made(desk, Scope(county=county, fund=fund), period, known_at)


def _of_county(desk: Desk, county: OfCounty, period: PeriodName, known_at: KnownAt = None) -> Statements:
    return _made(desk, Scope(county=county), period, known_at)


def _of_prefecture(desk: Desk, who: Who, period: PeriodName, known_at: KnownAt = None) -> Statements:
    demand_prefecture(who)
    return _made(desk, Scope(), period, known_at)


OfOneBook = Annotated[Statements, Depends(_of_book)]
OfOneCounty = Annotated[Statements, Depends(_of_county)]
OfAll = Annotated[Statements, Depends(_of_prefecture)]


@router.get("/v1/books/{county}/{fund}/statements/{period}", summary="账套的会计报表")
def of_book(found: OfOneBook) -> Response:
    """一个账套的资产负债表、收支表、净资产变动表和勾稽关系（元）。"""
    return money(found)


@router.get(
    "/v1/books/{county}/{fund}/statements/{period}/workbook",
    summary="账套会计报表的电子表格",
    response_class=Response,
)
def workbook_of_book(found: OfOneBook) -> Response:
    """三张表各一页，另有一页勾稽关系。"""
    return _workbook(found)


@router.get("/v1/counties/{county}/statements/{period}", summary="区县的会计报表")
def of_county(found: OfOneCounty) -> Response:
    """一个区县两类资金合并的三张表和勾稽关系（元）。"""
    return money(found)


@router.get(
    "/v1/counties/{county}/statements/{period}/workbook",
    summary="区县会计报表的电子表格",
    response_class=Response,
)
def workbook_of_county(found: OfOneCounty) -> Response:
    """三张表各一页，另有一页勾稽关系。"""
    return _workbook(found)


@router.get("/v1/statements/{period}", summary="全州的会计报表")
def of_prefecture(found: OfAll) -> Response:
    """全州合并的三张表和勾稽关系（元）；令牌限定区县时不能看。"""
    return money(found)


@router.get("/v1/statements/{period}/workbook", summary="全州会计报表的电子表格", response_class=Response)
def workbook_of_prefecture(found: OfAll) -> Response:
    """三张表各一页，另有一页勾稽关系；令牌限定区县时不能看。"""
    return _workbook(found)


def _made(desk: Office, scope: Scope, period: str, known_at: str | None) -> Statements:
    asked = parse_period(period)
    with desk.reading() as connection:
        return statements(connection, scope, asked, position_known(connection, known_at))


def _workbook(found: Statements) -> Response:
    written = BytesIO()
    write_statements(written, found)
    return workbook(written.getvalue(), f"statements-{found.scope.replace('/', '-')}-{found.period}.xlsx")
