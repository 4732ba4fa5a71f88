"""``fund db``: the database of this ledger."""

import typer

from cli import output
from cli.desk import home

app = typer.Typer(no_args_is_help=True, help="数据库：启动、停止、连接地址、升级结构")


@app.command()
def start() -> None:
    """启动内置 PostgreSQL 并保持运行。"""
    from ledger.store.server import start

    start(home())
    output.line("内置数据库已启动")


@app.command()
def stop() -> None:
    """停止内置 PostgreSQL。"""
    from ledger.store.server import stop

    if stop(home()):
        output.line("内置数据库已停止")
    else:
        output.line("还有进程在使用内置数据库，最后一个进程结束时停止")


@app.command()
def url() -> None:
    """打印供 psql 使用的连接地址（含口令，勿外传）。"""
    from ledger.store.server import admin_url

    output.line(admin_url(home()))


@app.command()
def upgrade() -> None:
    """把数据库结构升级到程序需要的版本。"""
    from ledger.store.server import upgrade

    output.line(f"数据库结构版本：{upgrade(home())}")
