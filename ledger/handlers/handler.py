"""What the ledger must know of a kind of command to carry it out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.batch import Batch
from ledger.commands import Command


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of command is carried out.

    ``streams``: the streams that deciding it reads or writes; ``subject``: the code of what it is about, for
    the record of a refusal; ``decide``: adds its events to the batch or raises Refused. ``county``: whether
    it names a county, which may be by a former code.
    """

    streams: Callable[[Any], Iterator[str]]
    subject: Callable[[Any], str]
    decide: Callable[[Batch, Any], None]
    county: bool = False


Handlers = Mapping[type[Command], Handler]
"""The handlers of some kinds of commands."""
