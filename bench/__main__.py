"""``make bench``: every measurement, printed and written to ``bench/results/``.

``python -m bench NAME…`` takes only some of them: append, replay, project, import, prefecture.
"""

import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from bench import appending, importing, prefecture, reading
from bench.figures import Figure
from bench.server import fresh, server

RESULTS = Path(__file__).parent / "results"
_QUICK = "--quick" in sys.argv[1:]
"""A tenth of the work, to see that everything runs; its figures mean little."""

_SHARE = 10 if _QUICK else 1
_ROUNDS = 2 if _QUICK else 5
_BUILDINGS = 400 // _SHARE


def _measurements() -> Mapping[str, Sequence[Callable[[Engine], list[Figure]]]]:
    return {
        "append": (lambda engine: appending.measure(engine, 2000 // _SHARE, _ROUNDS),),
        "replay": (lambda engine: reading.measure_replay(engine, _ROUNDS * 3),),
        "project": (
            lambda engine: reading.measure_projecting(engine, _BUILDINGS, _ROUNDS),
            lambda engine: reading.measure_projecting(engine, _BUILDINGS * 3, 3, ", 3 × the size"),
            lambda engine: reading.measure_projecting(engine, _BUILDINGS * 10, 3, ", 10 × the size"),
        ),
        "import": (lambda engine: importing.measure(engine, 100_000 // _SHARE, 3),),
    }


def main() -> None:
    """Measure what was asked for, print the table, keep the figures with what they were measured on."""
    console = Console(stderr=True)
    measurements = _measurements()
    asked = [word for word in sys.argv[1:] if word != "--quick"] or [*measurements, "prefecture"]
    if unknown := set(asked) - {*measurements, "prefecture"}:
        raise SystemExit(f"no such measurement: {', '.join(sorted(unknown))}")
    began = os.getloadavg()
    figures: list[Figure] = []
    with server() as found:
        for measurement in [each for name in asked for each in measurements.get(name, ())]:
            with fresh(found) as engine:
                figures += measurement(engine)
                console.print(f"{figures[-1].name}: {figures[-1].ratio:.2f}")
    if "prefecture" in asked:
        figures += prefecture.measure(
            "0.05" if _QUICK else "1", (1, 3) if _QUICK else (1, 3, 10), _ROUNDS // 2
        )
    Console().print(_table(figures))
    RESULTS.mkdir(exist_ok=True)
    moment = datetime.now(UTC)
    kept = {
        "measured_at": moment,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "load_before": began,
        "load_after": os.getloadavg(),
        "quick": _QUICK,
        "figures": figures,
    }
    path = RESULTS / f"{moment:%Y-%m-%dT%H%M%S}{'-quick' if _QUICK else ''}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")
    console.print(f"written to {path.name} in bench/results")


def _table(figures: Sequence[Figure]) -> Table:
    table = Table("measured", "per second", "baseline", "per second", "ratio", "reach", "go for", "MiB")
    for each in figures:
        mark = {True: " ✓", False: " ✗", None: ""}[each.reached]
        table.add_row(
            each.name,
            f"{each.per_second:,.0f}",
            each.baseline,
            f"{each.baseline_per_second:,.0f}",
            f"{each.ratio:.2f}{mark}",
            "" if each.reach is None else f"{each.reach:.2f}",
            "" if each.go_for is None else f"{each.go_for:.2f}",
            "" if each.peak_mib is None else f"{each.peak_mib:,}",
        )
    return table


if __name__ == "__main__":
    main()
