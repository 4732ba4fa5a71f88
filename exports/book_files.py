"""The books as text in the language of a bookkeeping program: a file for each, and one that includes them."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path as Folder
from tempfile import TemporaryFile
from typing import IO, Final, NamedTuple, Protocol

from sqlalchemy import select

from exports.books import Held, Path, Tree, Voucher, days
from exports.export import Asked, Source
from ledger.identity import FUND_NAMES
from projections.buildings import buildings
from projections.journal import journal_lines

_BUILDING: Final = 3
"""Where in its place the building of an account stands."""


class Declared(NamedTuple):
    """An account as it is declared: its place, the first day it is used on, and of a building its name."""

    path: Path
    since: date
    called: str | None


class Language(Protocol):
    """How a bookkeeping program wants its books written."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def ending(self) -> str:
        """How the names of its files end."""
        ...

    def heading(self, title: str) -> str:
        """What a file of one book begins with."""
        ...

    def declared(self, account: Declared) -> str:
        """The declaration of an account."""
        ...

    def voucher(self, voucher: Voucher) -> str:
        """A voucher as a transaction."""
        ...

    def held(self, held: Held) -> str:
        """Assertions that accounts hold, with all below them, exactly so much at the end of a day."""
        ...

    def whole(self, books: Iterable[str]) -> str:
        """The file that includes those of the books."""
        ...


class BookFiles:
    """The format that writes a language: ``COUNTY-FUND`` for each book, and ``all``."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self.name = language.name
        self.title = language.title

    def write(self, folder: Folder, source: Source, asked: Asked) -> None:
        """The books that were asked for, with the closings of months that nobody has closed yet."""
        lines = journal_lines(source.connection, asked.journal)
        called = {
            row.building: f"{row.estate_name} {row.name}"
            for row in source.connection.execute(
                select(buildings.c.building, buildings.c.name, buildings.c.estate_name)
            )
        }
        written = []
        for (county, fund), found in groupby(lines, lambda line: (line.county, line.fund)):
            name = f"{county}-{fund}{self._language.ending}"
            title = f"{source.policy.county(county).name}{FUND_NAMES[fund]}维修资金账册"
            with (folder / name).open("w", encoding="utf-8", newline="\n") as file:
                self._book(file, title, days(found, Tree(source.policy.journal), asked.first), called)
            written.append(name)
        whole = folder / f"all{self._language.ending}"
        whole.write_text(self._language.whole(written), encoding="utf-8", newline="\n")

    def _book(
        self,
        file: IO[str],
        title: str,
        found: Iterator[Voucher | Held],
        called: Mapping[str, str],
    ) -> None:
        """Accounts are declared ahead of their use but known after it: the days wait in another file."""
        language = self._language
        since: dict[Path, date] = {}
        with TemporaryFile("w+", encoding="utf-8", newline="\n") as waiting:
            for each in found:
                if isinstance(each, Voucher):
                    for posting in each.postings:
                        since.setdefault(posting.account, each.day)
                    waiting.write(language.voucher(each))
                else:
                    for path, _ in each.balances:
                        since.setdefault(path, each.day)
                    waiting.write(language.held(each))
            file.write(language.heading(title))
            for path in sorted(since):
                name = called.get(path[_BUILDING]) if len(path) == _BUILDING + 1 else None
                file.write(language.declared(Declared(path, since[path], name)))
            waiting.seek(0)
            shutil.copyfileobj(waiting, file)
