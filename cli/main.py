"""The ``fund`` command: groups of commands, and how a failure ends.

Status 0: done. 1: refused, or found wrong. 2: wrong usage. With ``--json`` a failure is a problem document on
standard output, in the same form as over HTTP.
"""

import errno
import os
import sys
import traceback
from collections.abc import Sequence

import typer

from api.problems import Problem, problem, problem_of
from cli import (
    access,
    audit,
    bank,
    book,
    db,
    demo,
    deposit,
    export,
    forms,
    interest,
    lots,
    obligations,
    output,
    owner_statement,
    owners,
    payment,
    period,
    policy,
    rebuild,
    receipts,
    registers,
    repair,
    serve,
    statements,
    view,
    views,
)
from cli.usage import in_chinese
from ledger.errors import InputError

DONE, WRONG, USAGE = 0, 1, 2

app = typer.Typer(
    name="fund",
    help="住宅专项维修资金账本。数据在 FUND_HOME（默认 ./var）或 FUND_DATABASE_URL 指定的 PostgreSQL。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.add_typer(db.app, name="db")
app.add_typer(registers.app, name="register")
app.command("import")(registers.import_registers)
app.command("record")(forms.record)
app.command("form")(forms.form)
app.add_typer(deposit.app, name="deposit")
app.add_typer(receipts.app, name="receipts")
app.add_typer(interest.app, name="interest")
app.command("summary")(views.summary)
views.app.command("owner")(owner_statement.owner)
app.add_typer(views.app, name="statement")
views.app.command("book")(statements.book)
views.app.command("county")(statements.county)
views.app.command("prefecture")(statements.prefecture)
app.add_typer(view.app, name="view")
app.add_typer(owners.app, name="owner")
app.add_typer(obligations.app, name="obligation")
app.command("rebuild")(rebuild.rebuild)
app.add_typer(bank.app, name="bank")
app.add_typer(repair.app, name="repair")
app.add_typer(policy.app, name="policy")
app.add_typer(payment.app, name="payment")
app.add_typer(lots.app, name="lots")
app.add_typer(period.app, name="period")
app.add_typer(book.app, name="book")
app.add_typer(audit.app, name="audit")
app.command("export")(export.export)
app.command("serve")(serve.serve)
app.command("follow")(serve.follow)
app.add_typer(access.app, name="token")


@app.callback()
def start() -> None:
    """住宅专项维修资金账本。"""
    from ledger.policy import load

    load()  # a policy that cannot be used stops every command before it does anything


def main() -> None:
    """Run the command of this process and end with its status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    try:
        _readable(arguments)
        return app(args=arguments, prog_name="fund", standalone_mode=False) or DONE
    except typer.TyperException as error:
        if message := error.format_message():
            return _fail(problem("usage", "用法错误", in_chinese(message), 400), USAGE, arguments)
        return USAGE
    except (typer.Abort, KeyboardInterrupt):
        output.note("已中断")
        return WRONG
    except InputError as error:
        return _fail(problem(error.code, "用法错误", error.message, 400), USAGE, arguments)
    except OSError as error:
        name, reason = str(error.filename)[:80], errno.errorcode.get(error.errno or 0, "OSError")
        detail = f"“{name}”无法读写（{reason}）" if error.filename else f"系统操作失败（{reason}）"
        return _fail(problem("file-unusable", "文件无法使用", detail, 500), WRONG, arguments)
    except Exception as error:  # noqa: BLE001 - the rim: users see a sentence, never a traceback
        if os.environ.get("FUND_DEBUG") == "1":
            traceback.print_exc()
        return _fail(_explained(error), WRONG, arguments)


def _readable(arguments: Sequence[str]) -> None:
    """Raises a wrong usage for bytes that are no UTF-8: nothing could print them back."""
    if any("\ud800" <= character <= "\udfff" for argument in arguments for character in argument):
        raise InputError("usage", "命令行含有不是 UTF-8 的字符")


def _fail(failure: Problem, status: int, arguments: Sequence[str]) -> int:
    if "--json" in arguments:
        output.document(failure)
    output.note(f"{failure.title}：{failure.detail}（{failure.code}）")
    return status


def _explained(error: Exception) -> Problem:
    """The problem behind any error; of a defect only its type is told, for messages may hold secrets."""
    if (known := problem_of(error)) is not None:
        return known
    detail = f"程序内部出错：{type(error).__name__}（设 FUND_DEBUG=1 可看详情）"
    return problem("internal", "系统错误", detail, 500)
