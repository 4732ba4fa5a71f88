"""``fund serve`` and ``fund follow``: the processes that stay."""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType
from typing import Annotated

import typer

from cli import output
from cli.desk import Desk, open_desk


def serve(
    host: Annotated[str, typer.Option(metavar="HOST", help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="监听端口")] = 8000,
) -> None:
    """启动 HTTP 服务（内含投影）。TLS 由前面的代理负责。"""
    import uvicorn

    from api.app import create_app
    from api.office import Office
    from ledger.calendar import now

    with open_desk() as desk, _following(desk):
        office = Office(desk.engine, desk.application, desk.parties, now)
        output.note(f"http://{host}:{port}/v1/health（须带访问令牌：fund token issue）")
        # uvicorn raises the signal that ended it once more; the database must still be left in good order.
        _on_end(lambda: None)
        uvicorn.run(create_app(office), host=host, port=port, server_header=False, log_level="warning")


def follow() -> None:
    """只运行投影和封印，直到收到中断。"""
    _log_to_stderr()
    stop = Event()
    _on_end(stop.set)
    with open_desk() as desk:
        output.note("正在跟随事件日志")
        desk.follower.run(stop)


def _on_end(act: Callable[[], None]) -> None:
    """Do this when the process is asked to end, by a terminal or by a supervisor."""

    def handler(_signal: int, _frame: FrameType | None) -> None:
        act()

    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)


@contextmanager
def _following(desk: Desk) -> Iterator[None]:
    """A follower in a thread of its own for as long as the service runs."""
    _log_to_stderr()
    stop = Event()
    thread = Thread(target=desk.follower.run, args=(stop,), name="follower")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
