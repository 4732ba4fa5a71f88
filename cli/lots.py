"""``fund lots``: the deposits and bonds of the books."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.arguments import Json, Known, OptionalBook, day_option
from cli.desk import open_desk
from cli.period import book_of
from cli.rights import counties_seen
from ledger.terms import LOT_NAMES

if TYPE_CHECKING:
    from projections.lots import Lots

app = typer.Typer(no_args_is_help=True, help="存单与国债")

WITHIN = "只看多少天内到期及已逾期的"


@app.callback()
def group() -> None:
    """存单与国债。"""


@app.command("list")
def list_lots(
    book: OptionalBook = None,
    as_of: Annotated[date | None, day_option("--as-of", "截至哪一日（默认今天）")] = None,
    within: Annotated[int | None, typer.Option(min=0, max=36500, metavar="DAYS", help=WITHIN)] = None,
    known_at: Known = None,
    json: Json = False,
) -> None:
    """未收回的存单和债券：本金、到期日和应得利息，按到期日排列。"""
    from api.reading import position_known
    from ledger.calendar import now, today
    from projections.lots import open_lots

    with open_desk() as desk:
        desk.catch_up()
        chosen = None if book is None else book_of(desk, book)
        seen = counties_seen(desk, None if chosen is None else chosen[0])
        with desk.engine.connect() as connection:
            position = position_known(connection, known_at)
            on = as_of or today(now)
            found = open_lots(connection, on, counties=seen, book=chosen, within=within, position=position)
    if json:
        output.document(found)
    else:
        _show(found)


def _show(found: "Lots") -> None:
    rows = [
        [
            lot.book,
            lot.lot,
            LOT_NAMES[lot.kind],
            lot.name,
            output.grouped(lot.open),
            lot.rate,
            lot.placed_on,
            lot.matures_on,
            lot.days,
            None if lot.expected is None else output.grouped(lot.expected),
        ]
        for lot in found.lots
    ]
    title = f"存单与国债，截至 {found.on}：{len(rows)} 笔，共 {output.grouped(found.open)} 元"
    columns = ["账套", "编号", "种类", "银行或债券", "未收回", "年利率%", "存入", "到期", "余天", "应得利息"]
    output.table(title, columns, rows, "llllrrllrr")
