"""Views (视图): lists over the ledger, by page or as a workbook, of the counties the caller may see."""

import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from datetime import date
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from api.answers import AsOf, CountyQuery, KnownAt, Projected, json, money
from api.files import WORKBOOK, saved_as
from api.office import Desk, Office
from api.persons import names
from api.problems import Failed, problem, unknown
from api.reading import position_known
from api.roles import Bearer
from api.security import Who, counties_seen
from ledger.calendar import today
from projections.views import VIEWS
from projections.views.paging import LIMIT, MAX_LIMIT, page
from projections.views.showing import answer, list_of
from projections.views.view import Asked, View, ask, filters_of
from projections.views.workbook import write_workbook

router = APIRouter(dependencies=[Projected])

_MAKING: Final = BoundedSemaphore(2)
"""Workbooks of a whole prefecture take a core for a minute: they never take all of them."""

_PORTION: Final = 1 << 16


class Workbook(StreamingResponse):
    """A workbook out of a file without a name: whoever breaks off, nothing of it stays behind."""

    media_type = WORKBOOK


Name = Annotated[str, Path(description="视图名称，见 /v1/views", examples=["entries"])]
Where = Annotated[
    list[str] | None,
    Query(
        max_length=20,
        description="筛选条件，写作 名称:值，可多次给出；各视图的条件见 /v1/views",
        examples=[["building:53230100101"]],
    ),
]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="一页几行")]
Cursor = Annotated[str | None, Query(max_length=1000, description="分页标记：上一页的 next")]


class Question(NamedTuple):
    """What is asked of some view, before it is read."""

    office: Office
    who: Bearer
    view: View
    as_of: date | None
    known_at: str | None
    counties: Collection[str] | None
    filters: dict[str, str]

    def asked(self, connection: Connection) -> Asked:
        """The same read strictly, at the position it asks for."""
        return ask(
            connection,
            self.view,
            as_of=self.as_of,
            position=position_known(connection, self.known_at),
            counties=self.counties,
            filters=self.filters,
            today=today(self.office.clock),
        )


def _question(
    desk: Desk,
    who: Who,
    name: Name,
    county: CountyQuery = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    where: Where = None,
) -> Question:
    """Of the county asked for, else of all the bearer may see."""
    view = VIEWS.get(name)
    if view is None:
        raise unknown("view", f"没有视图“{name[:40]}”")
    counties = counties_seen(who, county)
    return Question(desk, who, view, as_of, known_at, counties, filters_of(where or (), ":"))


Asking = Annotated[Question, Depends(_question)]


@router.get("/v1/views", summary="视图目录")
def get_views() -> Response:
    """各视图的名称、列和筛选条件。"""
    return json(list_of(VIEWS))


@router.get("/v1/views/{name}", summary="视图")
def get_view(asking: Asking, limit: Limit = LIMIT, cursor: Cursor = None) -> Response:
    """一页行（金额为元，面积为平方米）和全部行的合计；翻页时读的是第一页那时的账。"""
    office = asking.office
    with office.reading() as connection:
        found = page(connection, asking.view, asking.asked(connection), limit, cursor)
    return money(answer(found, names(office.parties, asking.who.role)))


@router.get("/v1/views/{name}/workbook", summary="视图的电子表格", response_class=Workbook)
def get_workbook(asking: Asking) -> Response:
    """全部行的 XLSX 文件：标题、截止日、日志位置、表头、合计；同时只做两份，多的请稍后再取。"""
    if not _MAKING.acquire(blocking=False):
        raise Failed(problem("busy", "系统繁忙", "正在生成的电子表格太多，请稍后再取", 503))
    try:
        made = _made(asking)
    finally:
        _MAKING.release()
    size = made.seek(0, os.SEEK_END)
    made.seek(0)
    saved = saved_as(f"{asking.view.title}.xlsx", f"{asking.view.name}.xlsx")
    return Workbook(_portions(made), headers={**saved, "content-length": str(size)})


def _made(asking: Question) -> IO[bytes]:
    office = asking.office
    with ExitStack() as kept:
        made = kept.enter_context(TemporaryFile())
        with office.reading() as connection:
            persons = names(office.parties, asking.who.role)
            write_workbook(made, connection, asking.view, asking.asked(connection), persons)
        kept.pop_all()
    return made


def _portions(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while portion := made.read(_PORTION):
            yield portion
