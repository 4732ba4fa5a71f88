"""``fund receipts``: what became of the special receipts (专用票据) of a code."""

from typing import Annotated

import typer

from api.problems import unknown
from cli import output
from cli.arguments import Json
from cli.desk import open_desk
from ledger.identity import code as read_code

app = typer.Typer(no_args_is_help=True, help="票据：领用、使用、作废、断号")


@app.callback()
def group() -> None:
    """票据：领用、使用、作废、断号。"""


@app.command("list")
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="票据代码")],
    json: Json = False,
) -> None:
    """一个票据代码的各号段：领用、已用、作废、未用份数，以及跳过未用的断号。"""
    from projections.receipts import receipt_use

    code = read_code(code, "票据代码")
    with open_desk() as desk:
        desk.catch_up()
        with desk.engine.connect() as connection:
            found = receipt_use(connection, code)
    if found is None:
        raise unknown("receipts", f"票据代码 {code} 没有领用")
    if json:
        output.document(found)
        return
    rows = [
        [
            f"{each.first}–{each.last}",
            each.issued,
            each.used,
            each.void,
            each.free,
            each.skipped,
            "、".join(gap.first if gap.count == 1 else f"{gap.first}–{gap.last}" for gap in each.gaps),
        ]
        for each in found.ranges
    ]
    title = f"票据 {code}：领用 {found.issued}，已用 {found.used}，作废 {found.void}，断号 {found.skipped}"
    output.table(title, ["号段", "领用", "已用", "作废", "未用", "断号", "断号号码"], rows, "lrrrrrl")
