"""``fund rebuild``: every balance anew from the events."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.arguments import Json
from cli.desk import open_desk

if TYPE_CHECKING:
    from projections.filling import Progress

INTERRUPTED = 130
"""Status of a command that was cancelled, as shells have it: 128 and the number of the signal (SIGINT)."""


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="只比较，不改动；有差异时状态码为 1")] = False,
    json: Json = False,
) -> None:
    """从事件重建全部读模型。"""
    import projections.rebuild

    work = projections.rebuild.check if check else projections.rebuild.rebuild
    with open_desk() as desk:
        with _cancellable():
            done = work(desk.engine, report=_report)
        if not check:
            desk.catch_up()
    ok = not done.differences
    if json:
        output.document(
            {
                "ok": ok,
                "position": str(done.position),
                "events": done.events,
                "seconds": round(done.seconds, 3),
                "cleared": done.cleared,
                "differences": done.differences,
            }
        )
    else:
        output.line(f"{'核对' if check else '重建'} {done.events:,} 个事件，用时 {done.seconds:.1f} 秒")
        if done.cleared:
            output.line(f"清除了上次中断的重建留下的 {len(done.cleared)} 张表")
        if not ok:
            rows = [[found.table, found.key, found.message] for found in done.differences]
            output.table("差异", ["表", "键", "说明"], rows)
        elif check:
            output.line("读模型与事件一致")
    if not ok:
        raise typer.Exit(1)


@contextmanager
def _cancellable() -> Iterator[None]:
    """A supervisor's request to end is an interruption like that of a terminal: nothing is left behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt as interrupted:
        output.note("已中断，读模型没有改动")
        raise typer.Exit(INTERRUPTED) from interrupted
    finally:
        signal.signal(signal.SIGTERM, before)


def _report(progress: "Progress") -> None:
    left = f"约剩 {progress.seconds_left:.0f} 秒" if progress.done < progress.total else "正在建立索引"
    output.note(f"{progress.done:,}/{progress.total:,} 个事件，{left}")
