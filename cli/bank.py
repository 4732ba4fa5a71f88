"""``fund bank``: what the bank's statements say against what the ledger says."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from api.problems import unknown
from cli import output
from cli.arguments import Json, day_option
from cli.desk import open_desk
from ledger.identity import code
from ledger.terms import MOVE_NAMES
from projections.matching import REASON_NAMES

if TYPE_CHECKING:
    from projections.bank_match import Reconciliation, UnmatchedLine

app = typer.Typer(no_args_is_help=True, help="银行：对账")


@app.callback()
def group() -> None:
    """银行：对账。"""


@app.command("match")
def match_account(
    account: Annotated[str, typer.Option("--account", metavar="ACCOUNT", help="专户账号")],
    start: Annotated[date | None, day_option("--from", "起始日（默认对账单首日）")] = None,
    end: Annotated[date | None, day_option("--to", "截止日（默认对账单末日）")] = None,
    json: Json = False,
) -> None:
    """把一个专户的对账单与账本逐笔勾对，按日列出双方的未达账项。有未达不算失败：状态码仍为 0。"""
    from projections.bank_match import bank_match

    account = code(account, "账号")
    with open_desk() as desk:
        desk.catch_up()
        with desk.engine.connect() as connection:
            found = bank_match(connection, account, start, end)
    if found is None:
        raise unknown("account", f"没有账号 {account} 的对账单")
    if json:
        output.document(found)
    else:
        _show(found)


def _show(found: "Reconciliation") -> None:
    rows = [
        [day.day, side, *_cells(line)]
        for day in found.days
        for side, lines in (("仅银行有", day.bank), ("仅账本有", day.ledger))
        for line in lines
    ]
    title = (
        f"账号 {found.account} {found.start} 至 {found.end}：对账单 {found.lines} 笔，"
        f"勾对 {found.matched} 笔，未达 {len(rows)} 笔"
    )
    output.table(title, ["日期", "一方", "金额", "银行流水号", "摘要", "原因", "凭证"], rows, "llrllll")


def _cells(line: "UnmatchedLine") -> list[str | None]:
    text = MOVE_NAMES.get(line.text or "", line.text)
    return [
        output.grouped(line.amount),
        line.bank_ref,
        text,
        REASON_NAMES[line.reason],
        f"{line.event}#{line.line + 1}",
    ]
