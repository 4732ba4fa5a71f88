"""Options that many commands share, read strictly: what cannot be read is a wrong usage (status 2)."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer

from ledger.calendar import parse_date
from ledger.errors import InputError
from ledger.events import Evidence
from ledger.identity import parse_book

Read = TypeVar("Read")


def _parser(read: Callable[[str], Read]) -> Callable[[str], Read]:
    def parse(text: str) -> Read:
        try:
            return read(text)
        except InputError as error:
            raise typer.BadParameter(error.message) from error

    return parse


def _checked(read: Callable[[str], object]) -> Callable[[str], str]:
    """The text itself, once it is known to be readable: typer has no options of composite types."""

    def check(text: str) -> str:
        read(text)
        return text

    return _parser(check)


def _county(text: str) -> str:
    from ledger.policy import load

    return load().county(text).code


def day_option(name: str, help_text: str) -> Any:
    """An option that is a day."""
    return typer.Option(name, parser=_parser(parse_date), metavar="DATE", help=help_text)


Json = Annotated[bool, typer.Option("--json", help="在标准输出上给出一份 JSON 文档")]
County = Annotated[str | None, typer.Option(parser=_parser(_county), metavar="CODE", help="只看一个区县")]
Counties = Annotated[
    list[str] | None,
    typer.Option("--county", parser=_parser(_county), metavar="CODE", help="所辖区县，可多次给出"),
]
Day = Annotated[date, typer.Option(parser=_parser(parse_date), metavar="DATE", help="截止日（含当日）")]
AsOf = Annotated[
    date | None, typer.Option(parser=_parser(parse_date), metavar="DATE", help="截至哪一记账日（默认不截）")
]
Known = Annotated[
    str | None,
    typer.Option("--known-at", metavar="TIME|POSITION", help="截至当时已记入账本的内容"),
]
OnlyFund = Annotated[
    Literal["commodity", "public"] | None,
    typer.Option("--fund", help="只看商品住宅（commodity）或已售公有住房（public）"),
]
OptionalBook = Annotated[
    str | None,
    typer.Option("--book", parser=_checked(parse_book), metavar="BOOK", help="只看一个账套"),
]
Book = Annotated[
    str, typer.Option(parser=_checked(parse_book), metavar="COUNTY/commodity|public", help="账套")
]
Papers = Annotated[
    list[str] | None,
    typer.Option("--evidence", metavar="FILE", help="依据文件，可多次给出：记入文件名和 SHA-256"),
]


def papers(files: Sequence[str] | None) -> tuple[Evidence, ...]:
    """The papers behind a command (依据): the name and SHA-256 of each file."""
    found = []
    for name in files or ():
        path = Path(name)
        if not path.is_file():
            raise typer.BadParameter(f"文件 {name} 不存在", param_hint="'--evidence'")
        with path.open("rb") as file:
            found.append(Evidence(name=path.name, sha256=hashlib.file_digest(file, "sha256").hexdigest()))
    return tuple(found)
