"""What a measurement says: a rate, the raw baseline's rate in the same run, and their ratio.

Variants are interleaved – A, B, A, B – and medians compared, so that a machine whose speed drifts still gives
an honest ratio. No figure is a bare number of seconds.
"""

import statistics
import time
from collections.abc import Callable, Mapping

import msgspec

Action = Callable[[], int]
"""Does the work once and returns how many things it did."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement: things a second, the baseline's, their ratio, and what the house plan asks for.

    ``peak_mib`` is the most memory that the measured process held, where it had a process of its own.
    """

    name: str
    per_second: float
    baseline: str
    baseline_per_second: float
    ratio: float
    reach: float | None = None
    go_for: float | None = None
    peak_mib: int | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the ratio is what the house plan asks at least; None where it asks nothing."""
        return None if self.reach is None else self.ratio >= self.reach


def interleaved(actions: Mapping[str, Action], rounds: int) -> dict[str, float]:
    """Median things a second of every action over rounds in which each runs once, in turn."""
    rates: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            started = time.perf_counter()
            done = action()
            rates[name].append(done / (time.perf_counter() - started))
    return {name: statistics.median(found) for name, found in rates.items()}


def figure(
    name: str,
    rates: Mapping[str, float],
    measured: str,
    baseline: str,
    *,
    reach: float | None = None,
    go_for: float | None = None,
    peak_mib: int | None = None,
) -> Figure:
    """The figure of one measured action against one baseline of the same run."""
    return Figure(
        name=name,
        per_second=rates[measured],
        baseline=baseline,
        baseline_per_second=rates[baseline],
        ratio=rates[measured] / rates[baseline],
        reach=reach,
        go_for=go_for,
        peak_mib=peak_mib,
    )
