"""``fund interest``: gains of a book become interest of its units (计息)."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.arguments import Book, Day, Json, Papers, day_option, papers
from cli.desk import open_desk
from cli.rights import recorder
from ledger.events import Product
from ledger.identity import parse_book
from ledger.money import yuan

if TYPE_CHECKING:
    from ledger.application import Accrual
    from ledger.events import ListedRate

app = typer.Typer(no_args_is_help=True, help="计息：把到账收益分配到户，或按利率计息")


@app.callback()
def group() -> None:
    """计息：把到账收益分配到户，或按利率计息。"""


@app.command()
def distribute(book: Book, through: Day, evidence: Papers = None, json: Json = False) -> None:
    """按积数把一个账套截至某日到账而未分配的收益分配到户。"""
    from ledger.commands import Recording

    county, fund = parse_book(book)
    with open_desk() as desk:
        who = recorder(desk, "officer", [desk.policy.county(county).code])
        recording = Recording(actor=who, evidence=papers(evidence))
        done = desk.application.distribute(county, fund, through, recording)
        desk.catch_up()
    answer = {
        "book": done.book,
        "through": done.through,
        "pool": yuan(done.pool_fen),
        "buildings": done.buildings,
        "units": done.units,
        "position": str(done.position),
    }
    if json:
        output.document(answer)
    else:
        output.line(f"账套 {done.book} 截至 {done.through} 的收益 {output.grouped(yuan(done.pool_fen))} 元")
        output.line(f"已分配到 {done.buildings} 幢 {done.units} 户（日志位置 {done.position}）")


@app.command()
def accrue(
    book: Book,
    on: Annotated[date, day_option("--on", "结息日（不含当日）")],
    bank: Annotated[
        str, typer.Option(metavar="BANK", help="利率取自哪家，如 PBOC；见 fund policy show rates")
    ],
    this_year: Annotated[Product, typer.Option("--this-year", help="当期交存资金的利率品种")] = "demand",
    carried: Annotated[Product, typer.Option("--carried", help="上期结转资金的利率品种")] = "1y",
    evidence: Papers = None,
    json: Json = False,
) -> None:
    """按结息日的挂牌利率给一个账套逐户计息；与到账收益的差额留在待分配累计收益（3101）。"""
    from ledger.commands import AccrueRates, Recording

    county, fund = parse_book(book)
    command = AccrueRates(
        county=county, fund=fund, settled_on=on, bank=bank, this_year=this_year, carried=carried
    )
    with open_desk() as desk:
        who = recorder(desk, "officer", [desk.policy.county(county).code])
        done = desk.application.accrue(command, Recording(actor=who, evidence=papers(evidence)))
        desk.catch_up()
    if json:
        output.document(_answer(done))
    else:
        _show(done)


def _answer(done: "Accrual") -> dict[str, object]:
    terms = done.terms
    return {
        "book": done.book,
        "settled_on": terms.settled_on,
        "previous": terms.previous,
        "bank": terms.bank,
        "rates": {"this_year": terms.this_year, "carried": terms.carried, "demand": terms.demand},
        "credited": yuan(terms.total_fen),
        "waiting": yuan(terms.waiting_fen),
        "difference": yuan(done.difference_fen),
        "buildings": done.buildings,
        "units": done.units,
        "position": str(done.position),
    }


def _show(done: "Accrual") -> None:
    terms = done.terms
    span = f"{terms.previous} 至 {terms.settled_on}" if terms.previous else f"至 {terms.settled_on}"
    output.line(
        f"账套 {done.book} {span} 按 {terms.bank} 利率计息：当期{_rate(terms.this_year)}，"
        f"结转{_rate(terms.carried)}，中途支取{_rate(terms.demand)}"
    )
    output.line(f"计息入账 {_grouped(terms.total_fen)} 元，{done.buildings} 幢 {done.units} 户")
    word = "尚余" if done.difference_fen >= 0 else "缺口"
    output.line(
        f"待分配累计收益（3101）计息前 {_grouped(terms.waiting_fen)} 元，"
        f"计息后{word} {_grouped(abs(done.difference_fen))} 元（日志位置 {done.position}）"
    )


def _rate(listed: "ListedRate") -> str:
    from ledger.policy.rates import PRODUCT_NAMES

    return f"{PRODUCT_NAMES[listed.product]} {listed.percent}%"


def _grouped(amount_fen: int) -> str:
    return output.grouped(yuan(amount_fen))
