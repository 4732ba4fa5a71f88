"""Dated rules of custody (划转): within how many days it passes to the owners' assembly."""

from typing import Literal

from ledger.policy.rows import Period, Tables, one_at_a_time, rows


class HandOverTime(Period, frozen=True, kw_only=True):
    """Within how many days of the notice the money passes to the owners' assembly (业主大会), art. 15."""

    days: int
    mark: Literal["article"]

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("at least one day")


def read(tables: Tables) -> tuple[HandOverTime, ...]:
    """The rows of ``custody.toml``; raises PolicyError."""
    found = rows(tables, "custody", "hand-over", HandOverTime)
    one_at_a_time("custody", found)
    return found
