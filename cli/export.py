"""``fund export``: the books as files that other programs verify, and whether such files still hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.arguments import County, Json, Known, OptionalBook
from cli.desk import Desk, open_desk
from cli.rights import demand_sight
from ledger.calendar import parse_period
from ledger.errors import InputError
from ledger.identity import Fund, parse_book

if TYPE_CHECKING:
    from audit.checkpoint import Signer
    from exports.export import Asked, Format, Source

NAMES = "hledger、beancount、parquet、gbt19581、gbt24589、tables"
"""The formats, as the help tells them: ``exports.formats`` is loaded only when one is wanted."""

FormatName = Annotated[str, typer.Argument(metavar="FORMAT", help=f"格式：{NAMES}")]
Target = Annotated[Path | None, typer.Option("--to", metavar="DIR", help="导出到哪个新的或空的文件夹")]
Given = Annotated[
    Path | None,
    typer.Option("--check", metavar="DIR|MANIFEST", help="不导出，核对以前的导出；有差异时状态码为 1"),
]
From = Annotated[str | None, typer.Option("--from", metavar="PERIOD", help="从哪个月（年）起，如 2019-01")]
Through = Annotated[str | None, typer.Option(metavar="PERIOD", help="到哪个月（年）止，如 2019-12")]


def export(
    form: FormatName,
    to: Target = None,
    check: Given = None,
    county: County = None,
    book: OptionalBook = None,
    first: From = None,
    through: Through = None,
    known_at: Known = None,
    json: Json = False,
) -> None:
    """导出账册供其他程序核验；附清单：日志位置、封存凭证、每个文件的哈希。--check 重新核对。"""
    from exports.formats import format_of

    chosen = format_of(form)
    filters = (county, book, first, through, known_at)
    if (to is None) == (check is None) or (check is not None and any(filters)):
        raise InputError("usage", "--to（可加条件）与 --check（按清单，不加条件）应给出其一")
    with open_desk() as desk:
        reached = desk.catch_up()
        if check is not None:
            _check(desk, chosen, check, reached, json)
        elif to is not None:
            asked = _asked(desk, county, book, first, through, known_at, reached)
            demand_sight(desk, asked.county)
            _make(desk, chosen, to, asked, json)


def _make(desk: Desk, form: "Format", to: Path, asked: "Asked", json: bool) -> None:
    from exports.making import make

    with _source(desk) as (source, signer):
        made = make(form, to, source, asked, signer)
    if json:
        output.document({"to": str(to), "manifest": made})
        return
    rows = [[file.name, f"{file.bytes:,}", file.sha256] for file in made.files]
    title = (
        f"{form.title}：{len(rows)} 个文件，截至日志位置 {made.position}（{made.events:,} 个事件），存于 {to}"
    )
    output.table(title, ["文件", "字节", "SHA-256"], rows, "lr")


def _check(desk: Desk, form: "Format", given: Path, reached: int, json: bool) -> None:
    from exports.checking import check

    with _source(desk) as (source, signer):
        found = check(given, form, source, signer, reached)
    if json:
        output.document(found)
    elif found.ok:
        output.line(f"核对无误：{found.files} 个文件，与本账本位置 {found.position} 逐字节相同")
    else:
        rows = [[each.kind, each.file, each.line, each.message] for each in found.problems]
        output.table("与本账本不符", ["种类", "文件", "行", "说明"], rows, "llr")
    if not found.ok:
        raise typer.Exit(1)


@contextmanager
def _source(desk: Desk) -> "Iterator[tuple[Source, Signer]]":
    from audit.checkpoint import load_signer
    from exports.export import Source

    with desk.engine.connect() as connection:
        signer = load_signer(connection, desk.home)
        connection.rollback()  # a check hashes the log next, and an idle transaction would be ended
        yield Source(connection, desk.feed, desk.policy), signer


def _asked(
    desk: Desk,
    county: str | None,
    book: str | None,
    first: str | None,
    through: str | None,
    known_at: str | None,
    reached: int,
) -> "Asked":
    from api.reading import position_known
    from exports.export import Asked

    fund: Fund | None = None
    if book is not None:
        named, fund = parse_book(book)
        wanted = desk.policy.county(named).code
        if county not in (None, wanted):
            raise InputError("usage", f"账套“{book}”不在区县 {county}")
        county = wanted
    begin = None if first is None else f"{parse_period(first).first:%Y-%m}"
    end = None if through is None else f"{parse_period(through).last:%Y-%m}"
    if begin is not None and end is not None and begin > end:
        raise InputError("period-invalid", f"{first} 在 {through} 之后")
    with desk.engine.connect() as connection:
        known = position_known(connection, known_at)
    return Asked(reached if known is None else min(known, reached), county, fund, begin, end)
