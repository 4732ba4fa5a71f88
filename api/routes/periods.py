"""Books (账套): their record, and what a month or a year holds."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import KnownAt, Projected, money
from api.office import Desk
from api.places import OfBook
from api.reading import position_known
from ledger.calendar import parse_period
from projections.book_record import book_record
from projections.periods import period_view

router = APIRouter(dependencies=[Projected])

PeriodName = Annotated[str, Path(description="会计期间：月 2026-10 或年 2026", examples=["2019-12"])]


@router.get("/v1/books/{county}/{fund}/periods/{period}", summary="会计期间")
def get_period(desk: Desk, book: OfBook, period: PeriodName, known_at: KnownAt = None) -> Response:
    """账套一个月或一年各类分录的合计（元）：本期发生，以及对以前月份的更正；结账后不再变动。"""
    with desk.reading() as connection:
        position = position_known(connection, known_at)
        return money(period_view(connection, *book, parse_period(period), position))


@router.get("/v1/books/{county}/{fund}", summary="账套档案")
def get_book(desk: Desk, book: OfBook, known_at: KnownAt = None) -> Response:
    """账套的专户、已结账期间、对账和年度公布（元）。"""
    with desk.reading() as connection:
        return money(book_record(connection, *book, position_known(connection, known_at)))
