"""The log in memory: the twin of ``bridge.EventLog`` and ``feed.Feed`` for unit tests, rule for rule.

The same conformance cases run on both. Events pass through the codec, so what cannot be stored cannot be
appended here either.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from threading import RLock

from ledger.errors import IdempotencyConflict
from ledger.events import Event
from ledger.identity import event_id, import_stream
from ledger.log import Appended, Change, Claim, ClaimTaken, Fold, Imported, Request, State, VersionConflict
from ledger.store.codec import decode, encode
from ledger.store.feed import ORDINAL_BITS, Row


class MemoryLog:
    """A ``ledger.log.Log`` and a ``ledger.store.feed.Source`` that live as long as the object."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._transactions = 0
        self._rows: list[Row] = []
        self._streams: dict[str, list[Row]] = {}
        self._requests: dict[str, tuple[bytes, Appended]] = {}
        self._claims: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
        self._known: defaultdict[bytes, set[str | None]] = defaultdict(set)
        self._imports: dict[str, list[Row]] = {}

    def load(
        self, streams: Collection[str], initial: State, fold: Fold[State]
    ) -> dict[str, tuple[int, State]]:
        """Version and folded state of each stream; version 0 and ``initial`` where there is none."""
        found = {}
        for stream in streams:
            state = initial
            history = self.events(stream)
            for event in history:
                state = fold(state, event)
            found[stream] = (len(history), state)
        return found

    def events(self, stream: str) -> list[Event]:
        """All events of a stream, version 1 first."""
        with self._lock:
            stored = list(self._streams.get(stream, ()))
        return [decode(row.topic, row.schema, row.data) for row in stored]

    def append(
        self,
        changes: Sequence[Change],
        *,
        request: Request | None = None,
        claims: Sequence[Claim] = (),
        rows: Sequence[bytes] = (),
        import_id: str | None = None,
    ) -> Appended:
        """Append all changes, or none; see ``ledger.log.Log.append``."""
        if rows and import_id is None:
            raise ValueError("rows need the import they belong to")
        with self._lock:
            if request is not None and (earlier := self.repeated(request)) is not None:
                return earlier
            stored = self._stored(changes)
            self._refuse_taken(claims)
            if len(set(rows)) < len(rows) or self.known_rows(rows):
                raise VersionConflict("a register row was imported meanwhile")
            if rows and import_id in self._imports:
                raise VersionConflict("an import is one append")
            self._transactions += 1
            self._rows += stored
            for row in stored:
                self._streams.setdefault(row.stream, []).append(row)
            for claim in claims:
                if not self._stands(self._claims[claim.kind, claim.name]):
                    self._claims[claim.kind, claim.name].add(import_id)
            for digest in rows:
                self._known[digest].add(import_id)
            if rows and import_id is not None:
                self._imports[import_id] = stored
            done = Appended(
                stored[-1].position if stored else 0,
                tuple(event_id(row.stream, row.version) for row in stored),
            )
            if request is not None:
                self._requests[request.key] = (request.digest, done)
            return done

    def _stored(self, changes: Sequence[Change]) -> list[Row]:
        versions: dict[str, int] = {}
        stored: list[Row] = []
        start = (self._transactions + 1) << ORDINAL_BITS
        for change in changes:
            current = versions.get(change.stream, len(self._streams.get(change.stream, ())))
            if change.expected != current:
                raise VersionConflict(f"{change.stream} is at {current}, not {change.expected}")
            for version, event in enumerate(change.events, change.expected + 1):
                place = start + len(stored) + 1
                stored.append(
                    Row(
                        place,
                        change.stream,
                        version,
                        event.TOPIC,
                        event.SCHEMA,
                        event.recorded_at,
                        encode(event),
                    )
                )
            versions[change.stream] = change.expected + len(change.events)
        if len(stored) >= 1 << ORDINAL_BITS:
            raise ValueError(f"more than {(1 << ORDINAL_BITS) - 1} events in one append")
        return stored

    def _refuse_taken(self, claims: Sequence[Claim]) -> None:
        strict = [claim for claim in claims if claim.strict]
        taken = self.taken(strict) | {claim for claim, times in Counter(strict).items() if times > 1}
        if taken:
            raise ClaimTaken([claim for claim in dict.fromkeys(strict) if claim in taken])

    def repeated(self, request: Request) -> Appended | None:
        """What an earlier identical request did, or None; raises IdempotencyConflict."""
        with self._lock:
            earlier = self._requests.get(request.key)
        if earlier is None:
            return None
        digest, done = earlier
        if digest != request.digest:
            raise IdempotencyConflict(request.key)
        return Appended(done.position, done.events, repeated=True)

    def known_rows(self, rows: Collection[bytes]) -> set[bytes]:
        """Those of the row hashes that an earlier import recorded, and no undo gave back."""
        with self._lock:
            return {digest for digest in rows if self._stands(self._known.get(digest, ()))}

    def imported(self, import_id: str) -> list[Imported] | None:
        """The events of an import in log order; None when no import of that id recorded any row."""
        with self._lock:
            found = self._imports.get(import_id)
        if found is None:
            return None
        return [Imported(row.stream, row.version, decode(row.topic, row.schema, row.data)) for row in found]

    def _stands(self, imports: Collection[str | None]) -> bool:
        """Whether one of the imports was not undone; None is no import, which nobody can undo."""
        return any(name is None or import_stream(name) not in self._streams for name in imports)

    def taken(self, claims: Collection[Claim]) -> set[Claim]:
        """Those of the claims that are taken already."""
        with self._lock:
            return {claim for claim in claims if self._stands(self._claims.get((claim.kind, claim.name), ()))}

    def rows(self, after: int, limit: int) -> list[Row]:
        """Up to ``limit`` events after a position, in position order."""
        with self._lock:
            return [row for row in self._rows if row.position > after][:limit]

    def scan(self, after: int = 0, upto: int | None = None, batch: int = 5000) -> Iterator[list[Row]]:
        """All events after a position and up to another (inclusive), in batches."""
        with self._lock:
            found = [row for row in self._rows if row.position > after]
        wanted = [row for row in found if upto is None or row.position <= upto]
        for start in range(0, len(wanted), batch):
            yield wanted[start : start + batch]

    def horizon(self) -> int:
        """The highest position; 0 when the log is empty."""
        with self._lock:
            return self._rows[-1].position if self._rows else 0
