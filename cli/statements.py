"""``fund statement book|county|prefecture``: 会住维01/02/03表, on the screen, as JSON or as a workbook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.arguments import Json, Known
from cli.desk import open_desk
from cli.rights import demand_sight
from ledger.calendar import parse_period
from ledger.identity import parse_book
from ledger.policy import load

if TYPE_CHECKING:
    from projections.scope import Scope
    from projections.statements import Form, Statements

Period = Annotated[str, typer.Option("--period", metavar="2019-12|2019", help="月或年")]
Workbook = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="写成电子表格")]

BALANCED, WRONG = 0, 1


def book(
    book: Annotated[str, typer.Argument(metavar="BOOK", help="账套，如 532301/commodity")],
    period: Period,
    known_at: Known = None,
    xlsx: Workbook = None,
    json: Json = False,
) -> int:
    """一个账套的资产负债表、收支表、净资产变动表（会住维01/02/03表）。"""
    from projections.scope import Scope

    county, fund = parse_book(book)
    return _made(Scope(county=load().county(county).code, fund=fund), period, known_at, xlsx, json)


def county(
    county: Annotated[str, typer.Argument(metavar="COUNTY", help="区县代码")],
    period: Period,
    known_at: Known = None,
    xlsx: Workbook = None,
    json: Json = False,
) -> int:
    """一个区县两类资金合并的会住维01/02/03表。"""
    from projections.scope import Scope

    return _made(Scope(county=load().county(county).code), period, known_at, xlsx, json)


def prefecture(period: Period, known_at: Known = None, xlsx: Workbook = None, json: Json = False) -> int:
    """全州合并的会住维01/02/03表。"""
    from projections.scope import Scope

    return _made(Scope(), period, known_at, xlsx, json)


def _made(scope: "Scope", period: str, known_at: str | None, xlsx: Path | None, json: bool) -> int:
    """Status 1 where an invariant of the forms does not hold: nobody should sign them."""
    from api.reading import position_known
    from projections.statements import statements

    asked = parse_period(period)
    with open_desk() as desk:
        desk.catch_up()
        demand_sight(desk, scope.county)
        with desk.engine.connect() as connection:
            position = position_known(connection, known_at)
            found = statements(connection, scope, asked, position)
    if xlsx is not None:
        _write(xlsx, found)
    if json:
        output.document(found)
    elif xlsx is None:
        _show(found)
    if not found.balanced:
        output.note("报表勾稽关系不符，见“勾稽关系”；请运行 fund audit verify")
    return BALANCED if found.balanced else WRONG


def _write(path: Path, found: "Statements") -> None:
    from projections.statements_workbook import write_statements
    from projections.whole_file import whole_file

    with whole_file(path) as file:
        write_statements(file, found)
    output.note(f"已写入 {path}")


def _show(found: "Statements") -> None:
    output.line(f"{found.name}　{found.start} 至 {found.end}　单位：元　日志位置 {found.position}")
    for form in found.forms:
        _show_form(form)
    rows = [
        [check.name, _grouped(check.left), _grouped(check.right), "相符" if check.holds else "不符"]
        for check in found.checks
    ]
    output.table("勾稽关系", ["关系", "左方", "右方", ""], rows, "lrrl")


def _show_form(form: "Form") -> None:
    rows = [
        [
            "　" * line.level + line.name,
            *("" if amount is None else output.grouped(amount) for amount in line.amounts),
        ]
        for line in form.lines
    ]
    title = f"{form.number} {form.name}"
    width = len(form.columns)
    padded = [[*row, *[""] * (width + 1 - len(row))] for row in rows]
    output.table(title, ["项目", *form.columns], padded, "l" + "r" * width)


def _grouped(figure: str) -> str:
    """Amounts for people; a count stays as it is."""
    return output.grouped(figure) if "." in figure else figure
