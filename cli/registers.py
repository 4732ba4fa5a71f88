"""``fund register`` and ``fund import``: officers' registers (登记表)."""

from pathlib import Path
from typing import Annotated

import typer

from api.problems import Failed, problem
from cli import output
from cli.arguments import Json
from cli.desk import actor, open_desk

app = typer.Typer(no_args_is_help=True, help="登记表：空白模板")

KINDS = (
    "登记表种类：units、opening、deposits、bank-gains、income、repairs、refunds、transfers、bank-statement"
)
Kind = Annotated[str, typer.Argument(metavar="KIND", help=KINDS)]
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False, readable=True, help="表格文件")
]
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
    kind: Kind,
    files: Files,
    history: Annotated[bool, typer.Option("--history", help="补录历史：按发生时的样子入账")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不入账")] = False,
    json: Json = False,
) -> None:
    """导入登记表：全部文件要么整体入账，要么一行也不入。"""
    from ledger.registers import import_files

    with open_desk() as desk:
        done = import_files(
            kind,
            files,
            application=desk.application,
            parties=desk.parties,
            history=history,
            dry_run=dry_run,
            actor=actor(),
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
