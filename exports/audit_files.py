"""Audit files (审计数据): one folder a book and year, whatever the form, and what must be said about them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from sqlalchemy import select

from exports import remarks
from exports.bookyear import Book, BookYear, Chart, Key
from exports.export import Asked, Source
from exports.items import Item
from exports.layout import Layout
from exports.names import names
from exports.reports import reports
from ledger.calendar import SHANGHAI, parse_period
from ledger.errors import InputError
from ledger.identity import Fund
from ledger.money import Fen
from ledger.store.tables import events
from projections.journal import JournalLine, journal_lines, journal_sums

WriteYear = Callable[[Path, Layout, BookYear, Iterable[JournalLine]], list[str]]
"""Writes the files of a year into a folder and returns what must be said about them."""


@dataclass(frozen=True)
class AuditFiles:
    """A form of audit files: for each book and year a folder such as ``5323011-2019``."""

    name: str
    title: str
    layout: Callable[[], Layout]
    write_year: WriteYear

    def write(self, folder: Path, source: Source, asked: Asked) -> None:
        """Writes every year of every book that was asked for, and ``说明.txt``.

        Raises InputError ``export-whole-years`` where the first month is no January, ``export-empty`` where
        there is nothing to write, ``export-too-wide`` where a code does not fit.
        """
        if asked.first is not None and not asked.first.endswith("-01"):
            raise InputError(
                "export-whole-years", f"{self.title}按整年导出，起始月份应为一月，不是 {asked.first}"
            )
        form = self.layout()
        said = remarks.opening(form)
        for year, lines in _years(form, source, asked):
            place = folder / f"{year.book.code}-{year.year}"
            place.mkdir()
            said += self.write_year(place, form, year, lines)
        if not any(folder.iterdir()):
            raise InputError("export-empty", "所要的账套和期间没有记账凭证")
        said += ["", "格式数据中未核实的内容：", *remarks.unverified(form)]
        (folder / remarks.FILE).write_bytes(remarks.text(said))


def _years(form: Layout, source: Source, asked: Asked) -> Iterator[tuple[BookYear, Iterable[JournalLine]]]:
    """Each year of each book with its lines; those before the first asked for only open the next."""
    lines = journal_lines(source.connection, asked.journal)
    today = _today(source, asked.position)
    for (county, fund), mine in groupby(lines, key=lambda line: (line.county, line.fund)):
        yield from _years_of(form, source, asked, today, (county, fund), mine)


def _years_of(
    form: Layout,
    source: Source,
    asked: Asked,
    today: date,
    of: tuple[str, Fund],
    lines: Iterable[JournalLine],
) -> Iterator[tuple[BookYear, Iterable[JournalLine]]]:
    county, fund = of
    rules = source.policy.journal
    chart = Chart(rules.chart)
    words = {rule.name: rule.value for rule in form.rules}
    book = Book(county, source.policy.county(county).name, fund)
    known = names(source.connection, asked.position, county, fund)
    sums = (
        journal_sums(source.connection, asked.journal._replace(counties=(county,), fund=fund))
        if form.has("statement")
        else []
    )
    opening: Mapping[Key, Fen] = {}
    items: Mapping[str, Item] = {}
    asked_for = asked.last or asked.first
    until = min(int(asked_for[:4]), today.year) if asked_for else 0
    for number, mine in _without_gap(lines, until):
        through = _through(number, asked.last, today)
        period = parse_period(f"{number}" if through == 12 else f"{number}-{through:02d}")
        wanted = asked.first is None or number >= int(asked.first[:4])
        told = reports(sums, rules, county, fund, period) if sums and wanted else ()
        year = BookYear(book, number, through, chart, known, words, opening, items, told)
        if wanted:
            yield year, mine
        else:
            year.post(mine)
        opening, items = year.closing()


def _without_gap(lines: Iterable[JournalLine], until: int) -> Iterator[tuple[int, Iterable[JournalLine]]]:
    """Years from the first voucher to the last, or on to the year asked for; some have no voucher."""
    expected = None
    for number, mine in groupby(lines, key=lambda line: int(line.period[:4])):
        for between in range(expected or number, number):
            yield between, ()
        yield number, mine
        expected = number + 1
    if expected is not None:
        for after in range(expected, until + 1):
            yield after, ()


def _through(year: int, last: str | None, today: date) -> int:
    """The last month of a year that can be spoken of: the one asked for, and none after the last event."""
    asked = int(last[5:]) if last is not None and last.startswith(str(year)) else 12
    return min(asked, today.month) if year == today.year else asked


def _today(source: Source, position: int) -> date:
    """The day on which the last event up to a position was recorded."""
    newest = select(events.c.recorded_at).where(events.c.position <= position)
    moment = source.connection.scalar(newest.order_by(events.c.position.desc()).limit(1))
    return date.max if moment is None else moment.astimezone(SHANGHAI).date()
