"""``fund register`` and ``fund import``: officers' registers (登记表)."""

import os
from pathlib import Path
from typing import Annotated

import typer

from api.problems import Failed, problem
from cli import output
from cli.arguments import Json
from cli.desk import open_desk
from cli.rights import recorder

app = typer.Typer(no_args_is_help=True, help="登记表：空白模板")

UNDO = "undo"
FILE = "'FILE…'"
KINDS = (
    "登记表种类：units、opening、deposits、bank-gains、income、repairs、refunds、transfers、receipts、"
    "bank-statement"
)
Kind = Annotated[str, typer.Argument(metavar="KIND", help=KINDS)]
KindOrUndo = Annotated[str, typer.Argument(metavar="KIND|undo", help=f"{KINDS}；undo：撤销一次导入")]
Files = Annotated[list[str], typer.Argument(metavar="FILE…|ID", help="表格文件；撤销时是导入编号")]
PROBLEMS = ("file", "sheet", "row", "column", "code", "message")


@app.callback()
def group() -> None:
    """登记表：空白模板。"""


@app.command()
def template(
    kind: Kind,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="写到哪里（默认 KIND.xlsx）")
    ] = None,
) -> None:
    """写一份带填表说明和下拉选项的空白工作簿。"""
    from ledger.registers import write_template

    path = out or Path(f"{kind}.xlsx")
    if path.exists():
        raise Failed(problem("file-exists", "文件已存在", f"{path} 已存在，不会覆盖", 409))
    write_template(kind, path)
    output.line(str(path))


def import_registers(
    kind: KindOrUndo,
    files: Files,
    history: Annotated[bool, typer.Option("--history", help="补录历史：按发生时的样子入账")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不入账")] = False,
    json: Json = False,
) -> None:
    """导入登记表，要么整体入账，要么一行不入；undo ID 撤销一次导入，要么逐笔全部冲正，要么不动。"""
    from ledger.registers import import_files

    if kind == UNDO:
        undo(files, history, dry_run, json)
        return
    paths = [_file(name) for name in files]
    with open_desk() as desk:
        done = import_files(
            kind,
            paths,
            application=desk.application,
            parties=desk.parties,
            history=history,
            dry_run=dry_run,
            actor=recorder(desk, "officer", []),
            admit=lambda commands: recorder(desk, "officer", desk.application.counties(commands)),
        )
        if done.accepted and not dry_run:
            desk.catch_up()
    if json:
        output.document(
            {
                "import": done.import_id,
                "rows": done.rows,
                "accepted": done.accepted,
                "already": done.already,
                "refused": done.refused,
                "problems": done.problems,
                "position": None if done.position is None else str(done.position),
            }
        )
    else:
        checked = "检查通过" if dry_run else "入账"
        output.line(
            f"共 {done.rows} 行：{checked} {done.accepted}，早已入账 {done.already}，有问题 {done.refused}"
        )
        if done.problems:
            rows = [[getattr(found, name) for name in PROBLEMS] for found in done.problems]
            output.table("问题", ["文件", "工作表", "行", "列", "代码", "说明"], rows)
    for path in done.marked:
        output.note(f"问题已标注在 {path}")
    if done.problems:
        raise typer.Exit(1)


def _file(name: str) -> Path:
    """A file that can be read, or a wrong usage."""
    path = Path(name)
    if not path.exists():
        raise typer.BadParameter(f"文件 {name} 不存在", param_hint=FILE)
    if path.is_dir():
        raise typer.BadParameter(f"{name} 是文件夹，不是文件", param_hint=FILE)
    if not os.access(path, os.R_OK):
        raise typer.BadParameter(f"文件 {name} 不可读", param_hint=FILE)
    return path


def undo(names: list[str], history: bool, dry_run: bool, json: bool) -> None:
    """Undo one import; with ``dry_run`` only judge whether it can be undone."""
    from ledger.commands import Recording, UndoImport
    from ledger.errors import Refused

    if len(names) != 1:
        raise typer.BadParameter("一次只能撤销一个导入", param_hint="'ID'")
    if history:
        raise typer.BadParameter("撤销总是今天的事，没有补录", param_hint="'--history'")
    command = UndoImport(import_id=names[0])
    reversed_events, position = 0, None
    with open_desk() as desk:
        who = recorder(desk, "officer", desk.application.counties([command]))
        recording = Recording(actor=who)
        if dry_run:
            if refusals := desk.application.judge([command], recording):
                raise Refused(*refusals)
        else:
            done = desk.application.execute([command], recording)
            reversed_events, position = len(done.events) - 1, str(done.position)
            desk.catch_up()
    if json:
        output.document({"import": names[0], "reversed": reversed_events, "position": position})
    elif dry_run:
        output.line(f"导入 {names[0]} 可以撤销")
    else:
        output.line(f"导入 {names[0]} 已撤销：冲正 {reversed_events} 件事件")
