"""``fund book``: the record of a book – its accounts, closings, reconciliations and publications."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from api.problems import unknown
from cli import output
from cli.arguments import Json, Known
from cli.desk import open_desk
from cli.period import BookName, book_of
from cli.rights import demand_sight
from ledger.identity import code

if TYPE_CHECKING:
    from projections.book_record import BookRecord

app = typer.Typer(no_args_is_help=True, help="账套：专户、结账、对账和公布")


class PackWritten(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that was written: its publication (null: a draft), the position it knows, and its files."""

    book: str
    estate: str | None
    year: int
    publication: str | None
    position: str
    accounts: int
    files: tuple[str, ...]


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
        demand_sight(desk, county)
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
    from projections.whole_file import whole_file

    with open_desk() as desk:
        county, fund = book_of(desk, book)
        demand_sight(desk, county)
        found = desk.application.published(county, fund, year)
    if found is None:
        raise unknown("publication", f"账套 {county}/{fund} 没有公布过 {year} 年度")
    event, text = found
    if to is None:
        output.line(text.rstrip("\n"))
    else:
        with whole_file(to) as file:
            file.write(text.encode())
    output.note(f"{event.value_date} 公布，{event.accounts} 个账户，SHA-256 {event.sha256}")


@app.command()
def pack(
    book: BookName,
    year: Annotated[int, typer.Argument(metavar="YEAR", help="年度")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="写入文件夹，同名文件会被替换")],
    estate: Annotated[str | None, typer.Option(metavar="CODE", help="小区编码，不给则全账套")] = None,
    known_at: Known = None,
    json: Json = False,
) -> None:
    """年度公布册（165号令第30条）：一张可打印的网页和一个电子表格。已登记公布的与公布时一致，未登记的是草稿。"""
    from api.reading import position_known
    from projections.publication import page, publication_pack, workbook

    chosen = None if estate is None else code(estate, "小区编码")
    with open_desk() as desk:
        county, fund = book_of(desk, book)
        demand_sight(desk, county)
        desk.catch_up()
        with desk.engine.connect() as connection:
            position = position_known(connection, known_at)
            found = publication_pack(connection, desk.policy, county, fund, year, chosen, position)
    contents = {f"{found.name}.html": page(found).encode(), f"{found.name}.xlsx": workbook(found)}
    files = _write(to, contents)
    if json:
        output.document(
            PackWritten(
                book=f"{county}/{fund}",
                estate=found.estate,
                year=year,
                publication=found.issued and found.issued.event,
                position=str(found.position),
                accounts=found.accounts,
                files=tuple(map(str, files)),
            )
        )
        return
    state = f"{found.issued.published_on} 公布" if found.issued else "未公布草稿"
    output.line(f"{state}，{found.accounts:,} 个分户账，账本位置 {found.position}")
    for file in files:
        output.line(str(file))


def _write(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """All files, each there whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".pack-", dir=folder) as made:
        for name, content in contents.items():
            (Path(made) / name).write_bytes(content)
        return [(Path(made) / name).replace(folder / name) for name in contents]


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
