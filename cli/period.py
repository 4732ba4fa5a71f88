"""``fund period``: months and years of a book, closed and shown."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli import output
from cli.arguments import Json, Known
from cli.desk import Desk, open_desk
from cli.rights import demand_sight, recorder
from ledger.calendar import Period, parse_period
from ledger.identity import Fund, parse_book
from ledger.terms import BOOK_ENTRY_NAMES, ENTRY_NAMES

if TYPE_CHECKING:
    from projections.periods import PeriodLine, PeriodView

app = typer.Typer(no_args_is_help=True, help="会计期间：结账、查看")

PATIENCE_SECONDS = 60.0
"""How long a closing waits for transactions that began before it."""

BookName = Annotated[str, typer.Argument(metavar="COUNTY/commodity|public", help="账套")]
PeriodName = Annotated[str, typer.Argument(metavar="PERIOD", help="会计期间：2026-10 或 2026")]


@app.callback()
def group() -> None:
    """会计期间：结账、查看。"""


@app.command()
def close(book: BookName, period: PeriodName, json: Json = False) -> None:
    """月末或年末结账。不锁账：以后补记的归入其后第一个未结月份，并注明所属月份。"""
    from ledger.commands import ClosePeriod, Recording

    named = parse_period(period)
    with open_desk() as desk:
        county, fund = book_of(desk, book)
        command = ClosePeriod(county=county, fund=fund, period=named.name)
        who = recorder(desk, "reviewer", [county])
        done = desk.application.execute([command], Recording(actor=who))
        _reach(desk, done.position)
        found = _view(desk, county, fund, named, None)
    _show(found, json)


@app.command()
def show(book: BookName, period: PeriodName, known_at: Known = None, json: Json = False) -> None:
    """一个期间各类分录的合计：本期发生，以及对以前月份的更正。"""
    named = parse_period(period)
    with open_desk() as desk:
        county, fund = book_of(desk, book)
        demand_sight(desk, county)
        desk.catch_up()
        found = _view(desk, county, fund, named, known_at)
    _show(found, json)


def book_of(desk: Desk, book: str) -> tuple[str, Fund]:
    """County (by its code today) and fund of a book."""
    county, fund = parse_book(book)
    return desk.policy.county(county).code, fund


def _reach(desk: Desk, position: int) -> None:
    """Project up to a closing: a transaction that began before it holds the horizon back until it ends."""
    from projections.wait import NotProjected

    deadline = time.monotonic() + PATIENCE_SECONDS
    while (reached := desk.catch_up()) < position:
        if time.monotonic() > deadline:
            raise NotProjected(position, reached)
        time.sleep(0.02)


def _view(desk: Desk, county: str, fund: Fund, period: Period, known_at: str | None) -> "PeriodView":
    from api.reading import position_known
    from projections.periods import period_view

    with desk.engine.connect() as connection:
        position = position_known(connection, known_at)
        return period_view(connection, county, fund, period, position)


def _show(found: "PeriodView", json: bool) -> None:
    if json:
        output.document(found)
        return
    state = f"已结账（{found.closed}）" if found.closed else "已定账" if found.fixed else "未结账"
    rows = [["本期", *_cells(line)] for line in found.lines]
    rows += [[f"更正 {each.period}", *_cells(line)] for each in found.corrections for line in each.lines]
    title = (
        f"账套 {found.book} {found.period}（{found.start} 至 {found.end}）{state}：分户账"
        f"期初 {output.grouped(found.opening)} 元，期末 {output.grouped(found.closing)} 元"
    )
    output.table(title, ["所属", "账", "类别", "笔数", "本金", "利息", "合计"], rows, "lllrrrr")


_WHOSE: Final = {"units": "分户账", "book": "账套", "lots": "存单国债", "owed": "应付返还"}


def _cells(line: "PeriodLine") -> list[str]:
    names: Mapping[str, str] = {str(kind): name for kind, name in ENTRY_NAMES.items()}
    if line.on != "units":
        names = BOOK_ENTRY_NAMES
    money = [output.grouped(each) for each in (line.principal, line.interest, line.amount)]
    return [
        _WHOSE[line.on],
        names.get(line.kind, line.kind),
        f"{line.entries:,}",
        *money,
    ]
