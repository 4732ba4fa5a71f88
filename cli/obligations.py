"""``fund obligation``: what is owed for destroyed buildings (应付房屋灭失返还资金)."""

from typing import TYPE_CHECKING

import typer

from cli import output
from cli.arguments import AsOf, County, Json, Known
from cli.desk import open_desk
from cli.rights import counties_seen
from ledger.identity import PART_NAMES

if TYPE_CHECKING:
    from projections.obligation_list import ObligationList

app = typer.Typer(no_args_is_help=True, help="应付房屋灭失返还资金")

PAYEES = {"owner": "业主", "seller": "售房单位", "treasury": "国库"}


@app.callback()
def group() -> None:
    """应付房屋灭失返还资金。"""


@app.command("list")
def list_obligations(
    county: County = None, as_of: AsOf = None, known_at: Known = None, json: Json = False
) -> None:
    """应返还业主、售房单位或国库的资金，已付多少，未付多少。"""
    from api.reading import position_known
    from projections.obligation_list import obligation_list

    with open_desk() as desk:
        desk.catch_up()
        with desk.engine.connect() as connection:
            position = position_known(connection, known_at)
            found = obligation_list(connection, counties_seen(desk, county), as_of, position)
    if json:
        output.document(found)
    else:
        _show(found)


def _show(found: "ObligationList") -> None:
    rows = [
        [
            each.county,
            each.building,
            each.unit,
            PART_NAMES[each.part],
            each.payee_name or PAYEES[each.payee],
            each.since,
            output.grouped(each.owed),
            output.grouped(each.paid),
            output.grouped(each.left),
            f"{each.event}#{each.line + 1}",
        ]
        for each in found.obligations
    ]
    title = (
        f"应付房屋灭失返还资金 {len(rows)} 笔，共 {output.grouped(found.owed)} 元，"
        f"已付 {output.grouped(found.paid)} 元，未付 {output.grouped(found.left)} 元"
    )
    names = ["区县", "楼幢", "户号", "归属", "应付给", "应付日", "应付", "已付", "未付", "凭证"]
    output.table(title, names, rows, "llllllrrrl")
