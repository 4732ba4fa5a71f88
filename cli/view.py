"""``fund view``: every list over the ledger, by page or as a workbook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output
from cli.arguments import AsOf, County, Json, Known
from cli.desk import holder, open_desk
from cli.rights import counties_seen
from ledger.money import yuan

if TYPE_CHECKING:
    from projections.views.paging import Page
    from projections.views.showing import Persons
    from projections.views.view import Column

app = typer.Typer(no_args_is_help=True, help="视图：分户账、楼幢、区县、各种登记簿")

NAME = Annotated[str, typer.Argument(metavar="NAME", help="视图名称，见 fund view list")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="NAME=VALUE", help="筛选条件，可多次给出，见 fund view list"),
]
Limit = Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="一页几行")]
Cursor = Annotated[str | None, typer.Option(metavar="CURSOR", help="分页标记：上一页末尾给出")]
Workbook = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="把全部行写成电子表格，不分页")]


@app.callback()
def group() -> None:
    """视图：分户账、楼幢、区县、各种登记簿。"""


@app.command("list")
def list_views(json: Json = False) -> None:
    """各视图的名称和筛选条件。"""
    from projections.views import VIEWS
    from projections.views.showing import list_of

    found = list_of(VIEWS)
    if json:
        output.document(found)
        return
    rows = []
    for view in found.views:
        filters = (f"{each.name}{'*' if each.required else ''}（{each.title}）" for each in view.filters)
        rows.append([view.name, view.title, "、".join(filters), view.note])
    output.table("视图（带 * 的筛选条件必须给出）", ["名称", "标题", "筛选条件", "说明"], rows)


@app.command("show")
def show(
    name: NAME,
    county: County = None,
    as_of: AsOf = None,
    known_at: Known = None,
    where: Where = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    xlsx: Workbook = None,
    json: Json = False,
) -> None:
    """一个视图的一页，或全部行的电子表格；姓名按 FUND_TOKEN 的角色脱敏，没有令牌则全部脱敏。"""
    from api.persons import names
    from api.reading import position_known
    from projections.views import view_named
    from projections.views.paging import page
    from projections.views.showing import answer
    from projections.views.view import ask, filters_of
    from projections.views.workbook import write_workbook

    view, filters = view_named(name), filters_of(where or (), "=")
    with open_desk() as desk:
        desk.catch_up()
        who = holder(desk)
        seen = counties_seen(desk, county)
        persons = names(desk.parties, who and who.role)
        with desk.engine.connect() as connection:
            position = position_known(connection, known_at)
            asked = ask(
                connection,
                view,
                as_of=as_of,
                position=position,
                counties=seen,
                filters=filters,
            )
            if xlsx is not None:
                rows = write_workbook(xlsx, connection, view, asked, persons)
                _written(xlsx, rows, asked.cut, json)
                return
            found = page(connection, view, asked, limit, cursor)
        if json:
            output.document(answer(found, persons))
        else:
            _show(found, persons)


def _written(path: Path, rows: int, position: int, json: bool) -> None:
    if json:
        output.document({"file": str(path), "rows": rows, "position": str(position)})
    else:
        output.line(f"已写入 {path}：{rows:,} 行，日志位置 {position}")


def _show(found: "Page", persons: "Persons") -> None:
    from projections.views.showing import named, said
    from projections.views.view import NUMBERS

    view = found.view
    rows: list[list[Any]] = [
        [_cell(column, value) for column, value in zip(view.columns, row, strict=True)]
        for row in named(view, found.rows, persons)
    ]
    if found.totals and not found.next:
        rows.append([_cell(column, found.totals.get(column.name)) for column in view.columns])
        rows[-1][0] = rows[-1][0] or "合计"
    right = "".join("r" if column.kind in NUMBERS else "l" for column in view.columns)
    title = f"{view.title}，{found.count:,} 行；{said(view, found.asked)}"
    output.table(
        title, [column.title for column in view.columns], rows, right, max(output.WIDE, 16 * len(right))
    )
    if found.next is not None:
        output.line(f"下一页：--cursor {found.next}")


def _cell(column: "Column", value: Any) -> object:
    from projections.views.showing import plain

    if value is None:
        return None
    if column.kind in ("money", "area"):
        return output.grouped(yuan(value))
    if column.kind == "percent":
        return yuan(value)
    return f"{value:,}" if column.kind == "count" else plain(column, value)
