"""``fund statement owner``: what an owner is told of a year."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.problems import unknown
from api.security import demand_county
from cli import output
from cli.arguments import Json, Known
from cli.desk import holder, open_desk
from ledger.identity import PART_NAMES, code
from ledger.terms import ENTRY_NAMES

if TYPE_CHECKING:
    from projections.views.owner_year import OwnerYear


def owner(
    building: Annotated[str, typer.Argument(metavar="BUILDING", help="楼幢编码")],
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="户号")],
    year: Annotated[int, typer.Option(min=1950, max=9999, metavar="YEAR", help="年度，如 2019")],
    known_at: Known = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="写成可打印的电子表格")] = None,
    json: Json = False,
) -> None:
    """业主年度对账单；姓名按 FUND_TOKEN 的角色脱敏，没有令牌则全部脱敏。"""
    from api.persons import names
    from api.reading import position_known
    from projections.views.owner_sheet import write_sheet
    from projections.views.owner_year import owner_year

    building, unit = code(building, "楼幢编码"), code(unit, "户号")
    with open_desk() as desk:
        desk.catch_up()
        who = holder(desk)
        with desk.engine.connect() as connection:
            position = position_known(connection, known_at)
            persons = names(desk.parties, who and who.role)
            found = owner_year(connection, building, unit, year, position=position, persons=persons)
    if found is None:
        raise unknown("unit", f"楼幢 {building} 在 {year} 年没有户号 {unit}")
    if who is not None:
        demand_county(who, found.county)
    if xlsx is not None:
        write_sheet(xlsx, found)
    if json:
        output.document(found)
    elif xlsx is not None:
        output.line(f"已写入 {xlsx}，编号 {found.serial}")
    else:
        _show(found)


def _show(found: "OwnerYear") -> None:
    from projections.views.owner_sheet import FIGURES, heading

    for name, value in heading(found):
        output.line(f"{name}：{value}")
    rows = [
        [PART_NAMES[account.part], *(output.grouped(getattr(account, name)) for name in FIGURES)]
        for account in found.accounts
    ]
    title = f"业主年度对账单 {found.year}：年末余额 {output.grouped(found.closing)} 元"
    output.table(title, ["归属", *FIGURES.values()], rows, "l" + "r" * len(FIGURES))
    lines = [
        [
            entry.value_date,
            PART_NAMES[entry.part],
            ENTRY_NAMES[entry.kind] + ("（冲正）" if entry.reversal else ""),
            output.grouped(entry.amount),
            output.grouped(entry.balance),
            entry.event,
        ]
        for entry in found.entries
    ]
    output.table("明细", ["记账日", "归属", "摘要", "金额", "余额", "凭证"], lines, "lllrrl")
    if found.remark is not None:
        output.line(f"备注：{found.remark}")
