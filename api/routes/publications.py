"""The yearly publication pack (年度公布册) of an estate or a whole book, as a page and as a workbook."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.answers import KnownAt, Projected
from api.files import workbook
from api.office import Desk, Office
from api.places import OfBook
from api.reading import position_known
from ledger.identity import Fund, code
from ledger.policy import load
from projections import publication
from projections.publication import Pack, publication_pack
from projections.publication.page import POLICY

router = APIRouter(dependencies=[Projected])

PAGE = "text/html"

EstateCode = Annotated[str, Path(description="小区编码", examples=["532301001"])]
Year = Annotated[int, Path(ge=1950, le=9999, description="年度", examples=[2019])]


def _of_book(desk: Desk, book: OfBook, year: Year, known_at: KnownAt = None) -> Pack:
    return _pack(desk, book, None, year, known_at)


def _of_estate(desk: Desk, book: OfBook, estate: EstateCode, year: Year, known_at: KnownAt = None) -> Pack:
    return _pack(desk, book, code(estate, "小区编码"), year, known_at)


OfWholeBook = Annotated[Pack, Depends(_of_book)]
OfEstate = Annotated[Pack, Depends(_of_estate)]


@router.get(
    "/v1/publications/{county}/{fund}/{year}/workbook",
    summary="全账套年度公布（电子表格）",
    response_class=Response,
)
def get_book_publication_workbook(found: OfWholeBook) -> Response:
    """全账套的年度公布册，四张表：汇总、列支项目、分幢、分户。"""
    return _workbook(found)


@router.get(
    "/v1/publications/{county}/{fund}/{year}",
    summary="全账套年度公布（网页）",
    response_class=Response,
)
def get_book_publication(found: OfWholeBook) -> Response:
    """全账套的年度公布册，一张可打印的网页；未登记公布的是草稿。"""
    return _page(found)


@router.get(
    "/v1/publications/{county}/{fund}/{estate}/{year}",
    summary="小区年度公布（网页）",
    response_class=Response,
)
def get_publication(found: OfEstate) -> Response:
    """一个小区的年度公布册（165号令第30条），一张可打印的网页；未登记公布的是草稿。"""
    return _page(found)


@router.get(
    "/v1/publications/{county}/{fund}/{estate}/{year}/workbook",
    summary="小区年度公布（电子表格）",
    response_class=Response,
)
def get_publication_workbook(found: OfEstate) -> Response:
    """一个小区的年度公布册（165号令第30条），四张表：汇总、列支项目、分幢、分户。"""
    return _workbook(found)


def _pack(desk: Office, book: tuple[str, Fund], estate: str | None, year: int, known_at: str | None) -> Pack:
    with desk.reading() as connection:
        position = position_known(connection, known_at)
        return publication_pack(connection, load(), *book, year, estate, position)


def _page(found: Pack) -> Response:
    headers = {"content-security-policy": f"{POLICY}; frame-ancestors 'none'"}
    return Response(publication.page(found), media_type=PAGE, headers=headers)


def _workbook(found: Pack) -> Response:
    return workbook(publication.workbook(found), f"{found.name}.xlsx")
