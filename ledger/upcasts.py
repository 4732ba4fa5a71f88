"""Upcasts (升级): pure functions that turn an older shape of an event into the next one.

``UPCASTS[topic, schema]`` takes the decoded JSON object of that schema and returns the object of
``schema + 1``. Nothing stored is ever rewritten; a sample of every schema ever stored is kept in the tests.
"""

from collections.abc import Callable, Mapping
from typing import Any

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: Mapping[tuple[str, int], Upcast] = {}
