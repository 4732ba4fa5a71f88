"""Rebuilding (重建) the demonstration's prefecture, once, three and ten times over: time and memory.

The demonstration makes the log once; the copies are of the same events in other counties. A rebuild runs in a
process of its own, so that its peak of memory is its own. The raw baseline is a psycopg2 select of the log.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select, text

from bench.figures import Figure, figure
from bench.reading import COLUMNS, project
from bench.server import HOME, fresh
from ledger.store.engine import engine
from ledger.store.server import DATABASE, open_database
from ledger.store.tables import events
from projections.rebuild import rebuild

_AGAIN = text(
    r"""
    insert into log.events (position, stream, version, topic, schema, recorded_at, data)
    select ((pg_current_xact_id()::text::bigint + (select epoch from log.cell)) << 20)
            + row_number() over (order by position),
        case when stream ~ '/5323' then regexp_replace(stream, '/5323', :county)
            else stream || '-' || :number end,
        version, topic, schema, recorded_at, regexp_replace(data, '(["/])5323', '\1' || :prefix, 'g')
    from log.events where position <= :upto
    """
)
"""The same events of other counties: codes of counties, and so of buildings, begin with ``5323``."""


def measure(scale: str, times: Sequence[int], rounds: int) -> list[Figure]:
    """Figures of rebuilding a prefecture so many times over."""
    home = HOME / f"prefecture-{scale}"
    _demonstrate(home, scale)
    figures: list[Figure] = []
    with open_database(home) as found:
        for number in times:
            with fresh(found, template=DATABASE) as prefectures:
                _multiply(prefectures, number)
                figures += _measure(prefectures, f"{number} × the prefecture", rounds)
    return figures


def _demonstrate(home: Path, scale: str) -> None:
    """The log of the demonstration; it is kept for the next run."""
    words = [sys.executable, "-m", "cli", "demo", "--home", str(home), "--scale", scale, "--json"]
    if not (home / "done").exists():
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        (home / "done").touch()


def _multiply(prefecture: Engine, times: int) -> None:
    with prefecture.connect() as connection:
        upto = connection.execute(select(func.max(events.c.position))).scalar_one()
    for number in range(1, times):
        prefix = f"{6000 + number}"
        values = {"county": f"/{prefix}", "prefix": prefix, "number": str(number), "upto": upto}
        with prefecture.begin() as connection:
            connection.execute(_AGAIN, values)


def _measure(prefecture: Engine, name: str, rounds: int) -> list[Figure]:
    rates: dict[str, list[float]] = {"raw": [], "project": [], "rebuild": []}
    peaks = []
    url = prefecture.url.render_as_string(hide_password=False)
    with prefecture.connect() as connection:
        count = connection.execute(select(func.count()).select_from(events)).scalar_one()
    for _ in range(rounds):
        rates["raw"].append(count / _seconds(_select, prefecture))
        rates["project"].append(count / _seconds(project, prefecture))
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            seconds, peak = alone.submit(_rebuild, url).result()
        rates["rebuild"].append(count / seconds)
        peaks.append(peak)
    medians = {action: statistics.median(found) for action, found in rates.items()}
    return [
        figure(f"projecting {name}", medians, "project", "raw", reach=0.2, go_for=0.5),
        figure(f"rebuild of {name}", medians, "rebuild", "project", reach=2.5, peak_mib=max(peaks)),
        figure(f"rebuild of {name} against the raw select", medians, "rebuild", "raw", go_for=1.0),
    ]


def _seconds(action: Callable[[Engine], None], prefecture: Engine) -> float:
    started = time.perf_counter()
    action(prefecture)
    return time.perf_counter() - started


def _rebuild(url: str) -> tuple[float, int]:
    """Seconds of a rebuild, and the peak of this process in MiB; getrusage would tell its parent's."""
    seconds = rebuild(engine(url)).seconds
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return seconds, int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _select(prefecture: Engine) -> None:
    """All of the log, ten thousand rows at a time."""
    connection: Any = prefecture.raw_connection()
    try:
        with connection.cursor("raw") as cursor:
            cursor.execute(f"select {COLUMNS} from log.events order by position")
            while cursor.fetchmany(10_000):
                pass
    finally:
        connection.close()
