"""``fund record`` and ``fund form``: live commands as JSON documents, one or a line each."""

import json as text
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.problems import Failed, problem
from api.validation import malformed
from cli import output
from cli.arguments import Json
from cli.desk import Desk, open_desk
from cli.rights import recorder

if TYPE_CHECKING:
    from ledger.forms import Form
    from ledger.forms.values import Body

STDIN = "-"


def _form(name: str) -> "Form":
    from ledger.forms import FORMS

    if name not in FORMS:
        raise typer.BadParameter(f"没有单据“{name}”，fund form 列出全部单据", param_hint="'NAME'")
    return FORMS[name]


def form(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="单据名")] = None,
) -> None:
    """列出全部业务单据；给出单据名则输出它的 JSON Schema。"""
    from ledger.forms import FORMS

    if name is None:
        output.table("业务单据", ["单据", "业务"], [[each.name, each.title] for each in FORMS.values()])
    else:
        output.document(_form(name).model.model_json_schema())


def record(
    name: Annotated[str, typer.Argument(metavar="NAME", help="单据名，见 fund form")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON 文件；- 为标准输入")],
    history: Annotated[bool, typer.Option("--history", help="补录历史：按发生时的样子入账")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不入账")] = False,
    key: Annotated[str | None, typer.Option("--key", metavar="KEY", help="幂等键：重发只记一次")] = None,
    json: Json = False,
) -> None:
    """按单据记一笔业务：JSON 文档中金额以元、面积以平方米写作文本；整单入账或整单被拒。"""
    form = _form(name)
    content = _read(file)
    filled = _checked(form, content)
    with open_desk() as desk:
        done = carry_out(desk, form, filled, content, history=history, dry_run=dry_run, key=key)
        if not dry_run:
            desk.catch_up()
    if json:
        output.document(done)
    elif dry_run:
        output.line(f"{form.title}：检查通过")
    else:
        output.line(f"{form.title}：已入账 {'、'.join(done['events'])}")


def carry_out(
    desk: Desk,
    form: "Form",
    filled: "Body",
    content: bytes,
    *,
    history: bool,
    dry_run: bool,
    key: str | None,
) -> dict[str, Any]:
    """Record one checked form, or with ``dry_run`` only judge it; raises Refused and what its kin raise."""
    from hashlib import sha256

    from api.routes.commands import role_of
    from ledger.commands import Recording
    from ledger.errors import Refused
    from ledger.forms import counties_of, written

    counties = counties_of(filled, desk.application, desk.policy)
    who = recorder(desk, role_of(form.name), counties or [""])
    county = next(iter(counties), "")
    command, evidence = written(form, filled, desk.application, desk.parties, county, tentative=dry_run)
    digest = sha256(form.name.encode() + b"\n" + content).digest()
    recording = Recording(
        actor=who,
        origin="history" if history else "live",
        evidence=evidence,
        key=key,
        digest=digest,
        refusals_kept=not history,
    )
    if dry_run:
        if refusals := desk.application.judge([command], recording):
            raise Refused(*refusals)
        return {"position": None, "events": []}
    done = desk.application.execute([command], recording)
    return {"position": str(done.position), "events": list(done.events)}


def _read(file: str) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read()
    path = Path(file)
    if not path.is_file():
        raise typer.BadParameter(f"文件 {file} 不存在", param_hint="'FILE'")
    return path.read_bytes()


def _checked(form: "Form", content: bytes) -> "Body":
    """The filled form; raises Failed with every fault by its field."""
    from pydantic import ValidationError

    try:
        document = text.loads(content)
    except (ValueError, RecursionError) as error:
        detail = "单据不是有效的 JSON（UTF-8）"
        raise Failed(problem("json-invalid", "单据无法读取", detail, 400)) from error
    try:
        return form.model.model_validate(document)
    except ValidationError as error:
        raise Failed(malformed(error.errors())) from error
