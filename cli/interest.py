"""``fund interest``: gains of a book become interest of its units (计息)."""

import typer

from cli import output
from cli.arguments import Book, Day, Json
from cli.desk import actor, open_desk
from ledger.identity import parse_book
from ledger.money import yuan

app = typer.Typer(no_args_is_help=True, help="计息：把到账收益分配到户")


@app.callback()
def group() -> None:
    """计息：把到账收益分配到户。"""


@app.command()
def distribute(book: Book, through: Day, json: Json = False) -> None:
    """按积数把一个账套截至某日到账而未分配的收益分配到户。"""
    from ledger.commands import Recording

    county, fund = parse_book(book)
    with open_desk() as desk:
        done = desk.application.distribute(county, fund, through, Recording(actor=actor()))
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
