"""``fund payment``: who bears what of a repair payment."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.problems import unknown
from cli import output
from cli.arguments import Json
from cli.desk import open_desk
from cli.rights import demand_sight
from ledger.identity import PART_NAMES, code

if TYPE_CHECKING:
    from ledger.allocation import Allocation

app = typer.Typer(no_args_is_help=True, help="维修付款：分摊清册")

STAGES = {"first": "首款", "progress": "进度款", "final": "尾款"}


@app.callback()
def group() -> None:
    """维修付款：分摊清册。"""


@app.command()
def show(
    county: Annotated[str, typer.Argument(metavar="COUNTY", help="区县代码")],
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="项目编号")],
    version: Annotated[
        int, typer.Argument(metavar="VERSION", min=1, help="付款在项目中的版本（凭证 @ 之后的数）")
    ],
    json: Json = False,
) -> None:
    """一笔维修付款的分摊清册：各户应分摊、支取本金和利息、自筹、已退回，以及开发建设单位承担的部分。"""
    project = code(project, "项目编号")
    with open_desk() as desk:
        demand_sight(desk, county)
        found = desk.application.allocation(county, project, version, desk.feed.horizon())
    if found is None:
        raise unknown("payment", f"区县 {county} 的维修项目 {project} 没有版本为 {version} 的付款")
    if json:
        output.document(found)
    else:
        _show(found)


def _show(found: "Allocation") -> None:
    title = (
        f"付款 {found.payment}（{STAGES[found.stage]}，{found.paid_on}）共 {output.grouped(found.cost)} 元"
    )
    rows = [
        [
            line.building,
            line.unit,
            PART_NAMES[line.part],
            *map(
                output.grouped, (line.share, line.principal, line.interest, line.self_raised, line.returned)
            ),
        ]
        for line in found.lines
    ]
    heads = ["楼幢", "户号", "资金归属", "应分摊", "支取本金", "支取利息", "自筹", "已退回"]
    output.table(title, heads, rows, "lllrrrrr")
    output.line(
        f"资金支付 {output.grouped(found.amount)} 元，自筹 {output.grouped(found.self_raised)} 元，"
        f"开发建设单位承担 {output.grouped(found.developer)} 元，已退回 {output.grouped(found.returned)} 元"
    )
