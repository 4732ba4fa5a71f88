"""Trying again (重试): what another writer interfered with is decided anew, a bounded number of times."""

from collections.abc import Callable
from random import SystemRandom
from time import sleep
from typing import Final, TypeVar

from ledger.errors import Busy
from ledger.log import ClaimTaken, VersionConflict

TRIES: Final = 8
_LONGEST_WAIT: Final = 0.02
_RANDOM: Final = SystemRandom()

RESULT = TypeVar("RESULT")


def retried(action: Callable[[], RESULT]) -> RESULT:
    """Try again on fresh state when another writer was first; raises Busy after the last try."""
    for attempt in range(TRIES):
        try:
            return action()
        except (VersionConflict, ClaimTaken):
            sleep(_RANDOM.uniform(0, _LONGEST_WAIT * (attempt + 1)))
    raise Busy(f"{TRIES} tries met other writers on the same streams")
