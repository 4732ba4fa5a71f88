"""What a read model is, and the batch of events it is given.

A model is any object with these members: the seal of the audit room is one more model in the follower's list,
although that room cannot import this one.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, Protocol, TypeVar, overload

from sqlalchemy import Connection, Table

from ledger.events import Event
from ledger.store.codec import UnreadableEvent
from ledger.store.feed import Recorded, Row, recorded

E = TypeVar("E", bound=Event)
F = TypeVar("F", bound=Event)
G = TypeVar("G", bound=Event)


class ProjectionStopped(Exception):  # noqa: N818 - names the condition: a model stands still until it is healed
    """A read model cannot go on; ``position`` is the event (or the batch's end) at which it stopped."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"投影停在位置 {position}：{reason}")
        self.position = position
        self.reason = reason


class Batch:
    """Consecutive events of the log in position order, never empty.

    ``rows`` are the stored bytes; ``events`` the same decoded, once, for whichever models ask for them. An
    event nobody can read therefore stops the models that need its meaning and not the one that seals bytes.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.position = rows[-1].position

    @cached_property
    def events(self) -> list[Recorded]:
        """The decoded events; raises ProjectionStopped that names the position of an unreadable one."""
        try:
            return recorded(self.rows)
        except UnreadableEvent:
            for row in self.rows:
                try:
                    recorded([row])
                except UnreadableEvent as error:
                    raise ProjectionStopped(row.position, f"事件无法读取（{error}）") from error
            raise

    @overload
    def of(self, kind: type[E], other: type[F], /) -> Sequence[tuple[int, str, int, E | F]]: ...
    @overload
    def of(self, a: type[E], b: type[F], c: type[G], /) -> Sequence[tuple[int, str, int, E | F | G]]: ...
    @overload
    def of(self, *kinds: type[E]) -> Sequence[tuple[int, str, int, E]]: ...
    def of(self, *kinds: type[Event]) -> Sequence[tuple[int, str, int, Any]]:
        """The events of some kinds in position order, each a ``Recorded``; raises what ``events`` raises.

        Sorted by kind once for all models, as each of them reads few kinds and most kinds are rare.
        """
        found = [self._by_kind[kind] for kind in kinds if kind in self._by_kind]
        return found[0] if len(found) == 1 else sorted(chain.from_iterable(found), key=itemgetter(0))

    @cached_property
    def _by_kind(self) -> dict[type[Event], list[Recorded]]:
        kinds = defaultdict(list)
        for each in self.events:
            kinds[type(each.event)].append(each)
        return dict(kinds)


class Model(Protocol):
    """A read model (读模型): a pure fold of a batch, and one set-wise write of what it found.

    ``version`` is raised when the fold or the tables change; the model must then be rebuilt. ``fold`` may
    be repeated on the same batch when a transaction failed, and must then say the same.
    """

    @property
    def name(self) -> str:
        """Its name in ``read.checkpoints``."""
        ...

    @property
    def version(self) -> int:
        """Version of its meaning."""
        ...

    @property
    def tables(self) -> Sequence[Table]:
        """The tables it alone writes."""
        ...

    def fold(self, batch: Batch) -> Any:
        """What the batch changes; nothing is written."""
        ...

    def write(self, connection: Connection, changes: Any) -> None:
        """Write the changes within the runner's transaction, which also moves the checkpoint."""
        ...
