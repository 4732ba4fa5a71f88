"""``fund book``: the record of a book – its accounts, closings, reconciliations and publications."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.problems import unknown
from cli import output
from cli.arguments import Json, Known
from cli.desk import open_desk
from cli.period import BookName, book_of

if TYPE_CHECKING:
    from projections.book_record import BookRecord

app = typer.Typer(no_args_is_help=True, help="账套：专户、结账、对账和公布")


@app.callback()
def group() -> None:
    """账套：专户、结账、对账和公布。"""


@app.command()
def show(book: BookName, known_at: Known = None, json: Json = False) -> None:
    """一个账套的专户、结账、对账和公布记录。"""
    from api.reading import position_known
    from projections.book_record import book_record

    with open_desk() as desk:
        county, fund = book_of(desk, book)
        desk.catch_up()
        with desk.engine.connect() as connection:
            found = book_record(connection, county, fund, position_known(connection, known_at))
    if json:
        output.document(found)
    else:
        _show(found)


@app.command()
def publication(
    book: BookName,
    year: Annotated[int, typer.Argument(metavar="YEAR", help="年度")],
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="写入文件，不给则打印")] = None,
) -> None:
    """重新写出已公布的年度分户表（CSV），与公布时逐字节相同。"""
    with open_desk() as desk:
        county, fund = book_of(desk, book)
        found = desk.application.published(county, fund, year)
    if found is None:
        raise unknown("publication", f"账套 {county}/{fund} 没有公布过 {year} 年度")
    event, text = found
    if to is None:
        output.line(text.rstrip("\n"))
    else:
        to.write_bytes(text.encode())
    output.note(f"{event.value_date} 公布，{event.accounts} 个账户，SHA-256 {event.sha256}")


def _show(found: "BookRecord") -> None:
    accounts = [
        [each.account, each.bank, each.name, each.tender, each.since, each.until] for each in found.accounts
    ]
    output.table(f"账套 {found.book} 的专户", ["账号", "银行", "户名", "招标文件", "开立", "销户"], accounts)
    reconciled = []
    for each in found.reconciliations:
        balances = map(output.grouped, (each.bank, each.ledger, each.difference))
        reconciled.append([each.through, each.account, *balances, each.items])
    columns = ["截止", "账号", "对账单余额", "账面余额", "未说明差额", "未达账项"]
    output.table("对账", columns, reconciled, "llrrrr")
    published = []
    for sheet in found.publications:
        of = sheet.year, sheet.estate or "全部", sheet.published_on
        published.append([*of, sheet.accounts, output.grouped(sheet.held), sheet.sha256])
    output.table("公布", ["年度", "小区", "公布日期", "账户", "年末余额", "SHA-256"], published, "lllrrl")
    output.line(f"已结账期间：{'、'.join(each.period for each in found.closings) or '无'}")
