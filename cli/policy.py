"""``fund policy``: the dated rules in force, their papers, and whether the files can be used."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import output
from cli.arguments import Json, day_option
from ledger.money import yuan

if TYPE_CHECKING:
    from ledger.policy.showing import Entry

app = typer.Typer(no_args_is_help=True, help="政策：按日期生效的规则和依据")

FILES: Final = {
    "audit": "审计规则阈值",
    "counties": "区县",
    "payees": "收款单位识别",
    "rates": "存款利率与定率计息",
    "standards": "首期交存标准",
    "votes": "表决门槛",
    "withdrawals": "支取顺序",
}
TABLES: Final = {
    "accrual": "定率计息",
    "bank": "利率公布机构",
    "county": "区县",
    "endings": "名称结尾",
    "order": "支取顺序",
    "rate": "挂牌利率",
    "standard": "交存标准",
    "use": "使用表决",
    "words": "名称用词",
}
FIELDS: Final = {
    "agreed": "同意比例",
    "agreed_of": "同意的基数",
    "bank": "机构",
    "basis_points": "万分之",
    "code": "代码",
    "counties": "区县",
    "days": "天数",
    "demand": "活期",
    "density_percent": "连号占比（%）",
    "fen_per_m2": "每平方米（元）",
    "former": "曾用代码",
    "from_length": "最少字数",
    "interest_first": "先用增值",
    "keywords": "关键词",
    "lift": "电梯",
    "may_exceed_gains": "可超过待分配收益",
    "months": "月数",
    "more_than": "须超过",
    "name": "名称",
    "percent": "百分数（%）",
    "present": "参与比例",
    "projects": "项目数",
    "round_fen": "整数金额（元）",
    "series": "最少号数",
    "since": "启用日",
    "storeys_from": "层数起",
    "storeys_to": "层数止",
    "threshold_fen": "限额（元）",
    "tolerance_fen": "容差（元）",
    "words": "用词",
    "3m": "三个月",
    "6m": "半年",
    "1y": "一年",
}
MARKS: Final = {
    "found": "见于公开文件",
    "unverified": "未经核实",
    "custom": "本单位口径",
    "article": "法规条文",
}
WORDS: Final = {True: "是", False: "否", "all": "全体", "present": "参与者"}


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
    """What a row says, for people: names in Chinese, fen as yuan."""
    if isinstance(value, dict):
        return "，".join(f"{FIELDS.get(key, key)} {_text(inner, key)}" for key, inner in value.items())
    if isinstance(value, list):
        return "、".join(_text(inner) for inner in value)
    if type(value) is int and "fen" in name.split("_"):
        return yuan(value)
    return WORDS[value] if isinstance(value, bool | str) and value in WORDS else str(value)
