"""The port to the event log: what the application needs of a store, and nothing more.

``ledger.store.bridge.EventLog`` keeps it in PostgreSQL; ``ledger.store.memory.MemoryLog`` is its twin for
unit tests, and the same conformance cases run on both.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from ledger.events import Event

State = TypeVar("State")
Fold = Callable[[State, Event], State]
"""``apply(state, event) → state``: pure, so a folded state may be cached and shared between threads."""


@dataclass(frozen=True, slots=True)
class Change:
    """New events of one stream, decided on its version ``expected`` (0: the stream must not exist yet)."""

    stream: str
    expected: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """An idempotency key (幂等键) and the SHA-256 of the request it came with."""

    key: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """A name that may be used once in the whole log, such as a receipt number within a county.

    A ``strict`` claim that is taken refuses the append (live); otherwise it is only noted (history).
    """

    kind: str
    name: str
    strict: bool


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: the highest position and the ids of the new events, in order.

    ``repeated`` is True when an identical earlier request had done it already.
    """

    position: int
    events: tuple[str, ...]
    repeated: bool = False


class Imported(NamedTuple):
    """An event that an import made, and where it stands."""

    stream: str
    version: int
    event: Event


class VersionConflict(Exception):  # noqa: N818 - the name of the condition
    """Another writer appended to one of the streams first; load again and decide again."""


class ClaimTaken(Exception):  # noqa: N818 - the name of the condition
    """Strict claims that are already taken."""

    def __init__(self, claims: Collection[Claim]) -> None:
        super().__init__(", ".join(f"{claim.kind} {claim.name}" for claim in claims))
        self.claims = tuple(claims)


class Log(Protocol):
    """An append-only log of streams."""

    def load(
        self, streams: Collection[str], initial: State, fold: Fold[State]
    ) -> dict[str, tuple[int, State]]:
        """Version and folded state of each stream; version 0 and ``initial`` where there is none.

        Many streams are read in one query; long streams are served from a cache of folded states, which
        fast-forwards. ``fold`` must be a module-level pure function: it is part of the cache key.
        """
        ...

    def events(self, stream: str) -> list[Event]:
        """All events of a stream, version 1 first."""
        ...

    def append(
        self,
        changes: Sequence[Change],
        *,
        request: Request | None = None,
        claims: Sequence[Claim] = (),
        rows: Sequence[bytes] = (),
        import_id: str | None = None,
    ) -> Appended:
        """Append all changes in one transaction, or none.

        ``rows`` are the keyed hashes of the register rows this append stands for, stored with ``import_id``;
        an import is one append. Rows and claims of an import that was undone do not stand in the way.
        Raises VersionConflict, ClaimTaken, or IdempotencyConflict when the key came with another digest.
        """
        ...

    def repeated(self, request: Request) -> Appended | None:
        """What an earlier identical request did, or None; raises IdempotencyConflict."""
        ...

    def known_rows(self, rows: Collection[bytes]) -> set[bytes]:
        """Those of the row hashes that an earlier import recorded, and no undo (撤销导入) gave back."""
        ...

    def imported(self, import_id: str) -> list[Imported] | None:
        """The events of an import in log order; None when no import of that id recorded any row."""
        ...

    def taken(self, claims: Collection[Claim]) -> set[Claim]:
        """Those of the claims that are taken already (a strict append still decides)."""
        ...
