"""``fund token``: who may use the HTTP service."""

from datetime import timedelta
from typing import Annotated

import typer

from api.problems import Failed, problem
from api.roles import ROLE_NAMES, Role
from cli import output
from cli.arguments import Counties, Json
from cli.desk import OF_THE_MACHINE, open_desk
from cli.rights import recorder
from ledger.calendar import now

app = typer.Typer(no_args_is_help=True, help="访问令牌：签发、作废")

Name = Annotated[
    str, typer.Option("--name", metavar="NAME", help="持有令牌的岗位，作为经手人记入账本，勿用个人姓名")
]


@app.command()
def issue(
    name: Name,
    role: Annotated[Role, typer.Option(help="角色：经办、复核、审计、财政、管理")],
    county: Counties = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="有效天数")] = 90,
    json: Json = False,
) -> None:
    """签发令牌：只显示这一次，系统只保存它的 SHA-256。不给 --county 即为全州。"""
    from api import tokens

    name = _actor(name)
    issued_at = now()
    expires_at = issued_at + timedelta(days=days)
    with open_desk() as desk, desk.engine.begin() as connection:
        recorder(desk, "admin", [""])
        token = tokens.issue(connection, name, role, county or (), issued_at=issued_at, expires_at=expires_at)
    if json:
        answer = {"token": token, "name": name, "role": role, "counties": county or None}
        output.document({**answer, "expires_at": expires_at})
    else:
        output.line(token)
        output.note(
            f"{ROLE_NAMES[role]}，{'、'.join(county or ['全州'])}，有效期至 {expires_at:%Y-%m-%d %H:%M} UTC"
        )
        output.note("请立即妥善保存：令牌不会再次显示")


@app.command()
def revoke(name: Name, json: Json = False) -> None:
    """作废一个岗位名下的全部令牌。"""
    from api import tokens

    with open_desk() as desk, desk.engine.begin() as connection:
        recorder(desk, "admin", [""])
        revoked = tokens.revoke(connection, name.strip(), now())
    if not revoked:
        raise Failed(problem("token-unknown", "没有找到", f"“{name}”名下没有有效的令牌", 404))
    if json:
        output.document({"name": name.strip(), "revoked": revoked})
    else:
        output.line(f"已作废 {revoked} 个令牌")


def _actor(name: str) -> str:
    """The name that goes into events: two that look alike are one, for who enters is told from who reviews.

    Raises Failed ``name-invalid``, also for a name of an account of the machine (``cli:``).
    """
    from ledger.registers.cells import clean

    plain = clean(name)
    if not 0 < len(plain) <= 64 or plain != name.strip() or not plain.isprintable():
        detail = "令牌名称应为 1 至 64 个可见字符，字母和数字用半角"
    elif plain.startswith(OF_THE_MACHINE):
        detail = f"令牌名称不能以 {OF_THE_MACHINE} 开头，那是命令行账户"
    else:
        return plain
    raise Failed(problem("name-invalid", "输入无法读取", detail, 422))
