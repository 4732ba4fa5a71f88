"""``fund policy``: the dated rules in force, their papers, and whether the files can be used."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output
from cli.arguments import Json, day_option
from cli.policy_terms import FIELDS, FILES, MARKS, TABLES, WORDS
from ledger.money import yuan

if TYPE_CHECKING:
    from ledger.policy.showing import Entry

app = typer.Typer(no_args_is_help=True, help="政策：按日期生效的规则和依据")


@app.callback()
def group() -> None:
    """政策：按日期生效的规则和依据。"""


@app.command()
def show(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="只看一个政策文件，如 rates")] = None,
    on: Annotated[date | None, day_option("--on", "哪一天生效的（默认今天）")] = None,
    json: Json = False,
) -> None:
    """列出某日生效的每一条政策：起止、标记、内容和依据。"""
    from ledger.calendar import now, today
    from ledger.policy import load
    from ledger.policy.showing import in_force

    found = in_force(load(), on or today(now), name)
    if json:
        output.document(found)
        return
    output.line(f"政策版本 {found.version}，{found.on} 生效")
    for file in found.files:
        rows = [_row(row) for row in file.rows]
        title = f"{FILES.get(file.name, file.name)}（{file.name}.toml）"
        output.table(title, ["条目", "起", "止（不含）", "标记", "内容", "依据"], rows)


@app.command()
def check(json: Json = False) -> None:
    """检查全部政策文件能否使用；有误时指出文件和条目，状态码为 1。"""
    from ledger.policy import load

    policy = load()
    answer = {"ok": True, "version": policy.version, "files": sorted(policy.tables)}
    if json:
        output.document(answer)
    else:
        output.line(f"{len(policy.tables)} 个政策文件均可使用，版本 {policy.version}")


def _row(row: "Entry") -> list[object]:
    mark = MARKS.get(row.mark or "", row.mark)
    table = TABLES.get(row.table, row.table)
    return [table, row.valid_from, row.valid_to, mark, _text(row.says), row.source]


def _text(value: Any, name: str = "") -> str:
    """What a row says, for people: names in Chinese, fen as yuan, hundredths of a per cent as per cent."""
    if isinstance(value, dict):
        return "，".join(f"{FIELDS.get(key, key)} {_text(inner, key)}" for key, inner in value.items())
    if isinstance(value, list):
        return "、".join(_text(inner) for inner in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and {"fen", "bp"}.intersection(name.split("_")):
        return yuan(value)
    return WORDS.get(value, value) if isinstance(value, str) else str(value)
