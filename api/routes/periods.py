"""Books (账套): their record, and what a month or a year holds."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import KnownAt, Projected, county_code, money
from api.office import Desk
from api.reading import position_known
from api.security import Who, demand_county
from ledger.calendar import parse_period
from ledger.identity import parse_book
from projections.book_record import book_record
from projections.periods import period_view

router = APIRouter(dependencies=[Projected])

County = Annotated[str, Path(description="区县代码（GB/T 2260）", examples=["532301"])]
FundName = Annotated[str, Path(description="资金类型：commodity 或 public", examples=["commodity"])]
PeriodName = Annotated[str, Path(description="会计期间：月 2026-10 或年 2026", examples=["2019-12"])]


@router.get("/v1/books/{county}/{fund}/periods/{period}", summary="会计期间")
def get_period(
    desk: Desk, who: Who, county: County, fund: FundName, period: PeriodName, known_at: KnownAt = None
) -> Response:
    """账套一个月或一年各类分录的合计（元）：本期发生，以及对以前月份的更正；结账后不再变动。"""
    code = county_code(county)
    demand_county(who, code)
    _, kind = parse_book(f"{code}/{fund}")
    with desk.engine.connect() as connection:
        position = position_known(connection, known_at)
        return money(period_view(connection, code, kind, parse_period(period), position))


@router.get("/v1/books/{county}/{fund}", summary="账套档案")
def get_book(desk: Desk, who: Who, county: County, fund: FundName, known_at: KnownAt = None) -> Response:
    """账套的专户、已结账期间、对账和年度公布（元）。"""
    code = county_code(county)
    demand_county(who, code)
    _, kind = parse_book(f"{code}/{fund}")
    with desk.engine.connect() as connection:
        return money(book_record(connection, code, kind, position_known(connection, known_at)))
