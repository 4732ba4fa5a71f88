"""Pauses between looks at something that will change soon: short at first, then longer."""

from collections.abc import Iterator
from itertools import chain, repeat


def pauses() -> Iterator[float]:
    """Seconds to wait before the next look: 1, 2, 4 … 32 and then 50 ms for ever."""
    return chain((0.001, 0.002, 0.004, 0.008, 0.016, 0.032), repeat(0.05))
