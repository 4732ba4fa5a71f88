"""The event log in PostgreSQL, over ``eventsourcing``'s application: its factory, mapper, recorder and store.

Our aggregates are pure folds, so a folded state may be shared between threads. The library's repository
copies what it caches and does not keep what it fast-forwarded; the cache here is its LRU cache, and the read
of many streams is one query.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
from eventsourcing.application import Application, LRUCache
from eventsourcing.persistence import IntegrityError, Mapper
from eventsourcing.utils import Environment
from sqlalchemy import Engine

from ledger.errors import IdempotencyConflict
from ledger.events import Event
from ledger.identity import event_id
from ledger.log import Appended, Change, Claim, ClaimTaken, Fold, Imported, Request, State, VersionConflict
from ledger.store.append import Beside
from ledger.store.codec import Envelope, EventMapper, decode
from ledger.store.feed import ORDINAL_BITS
from ledger.store.recorder import FundFactory, FundRecorder

__all__ = ["EventLog"]


class _Streams(Application[str]):
    """The library's application over our factory and mapper."""

    name = "fund"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        super().__init__()

    def construct_factory(self, env: Environment) -> FundFactory:  # noqa: ARG002 - the engine says it all
        return FundFactory(self._engine)

    def construct_mapper(self) -> Mapper[str]:
        return self.factory.mapper(mapper_class=EventMapper)


class EventLog:
    """``ledger.log.Log`` in PostgreSQL. Safe to share between threads."""

    def __init__(self, engine: Engine, cached_streams: int = 2000) -> None:
        self._streams = _Streams(engine)
        self._recorder = FundRecorder(engine)
        self._cache: LRUCache[tuple[str, Fold[Any]], tuple[int, Any]] = LRUCache(cached_streams)

    def load(
        self, streams: Collection[str], initial: State, fold: Fold[State]
    ) -> dict[str, tuple[int, State]]:
        """Version and folded state of each stream; version 0 and ``initial`` where there is none.

        What was folded before is taken from the cache and only newer events are read.
        """
        found = {stream: self._cached(stream, fold) or (0, initial) for stream in streams}
        known = dict(found)
        for fact in self._recorder.select_streams(
            {stream: version for stream, (version, _) in found.items()}
        ):
            stream = str(fact.originator_id)
            reached, state = found[stream]
            if fact.originator_version != reached + 1:
                raise RuntimeError(f"{stream} has no version {reached + 1}")
            found[stream] = (reached + 1, fold(state, decode(fact.topic, fact.schema, fact.state)))
        for stream, folded in found.items():
            if folded is not known[stream]:
                self._cache.put((stream, fold), folded)
        return found

    def _cached(self, stream: str, fold: Fold[State]) -> tuple[int, State] | None:
        try:
            return self._cache.get((stream, fold))
        except KeyError:
            return None

    def events(self, stream: str) -> list[Event]:
        """All events of a stream, version 1 first."""
        return [event for _, _, event in self._envelopes(stream)]

    def _envelopes(self, stream: str) -> Iterator[Envelope]:
        for found in self._streams.events.get(stream):
            if isinstance(found, Envelope):
                yield found

    def append(
        self,
        changes: Sequence[Change],
        *,
        request: Request | None = None,
        claims: Sequence[Claim] = (),
        rows: Sequence[bytes] = (),
        import_id: str | None = None,
    ) -> Appended:
        """Append all changes in one transaction, or none; see ``ledger.log.Log.append``."""
        if rows and import_id is None:
            raise ValueError("rows need the import they belong to")
        heads, envelopes = _in_order(changes)
        strict = [claim for claim in claims if claim.strict]
        if twice := [claim for claim, times in Counter(strict).items() if times > 1]:
            raise ClaimTaken(twice)
        beside = Beside(request, strict, _noted(claims), rows, import_id, heads)
        try:
            facts = [self._streams.mapper.to_stored_event(envelope) for envelope in envelopes]
            positions = self._recorder.insert_events(facts, beside=beside)
        except IntegrityError as error:
            if request is not None and (earlier := self.repeated(request)) is not None:
                return earlier
            if taken := self.taken(strict):
                raise ClaimTaken([claim for claim in strict if claim in taken]) from error
            raise VersionConflict("another writer was first") from error
        return Appended(
            positions[-1] if positions else 0,
            tuple(event_id(envelope.originator_id, envelope.originator_version) for envelope in envelopes),
        )

    def repeated(self, request: Request) -> Appended | None:
        """What an earlier identical request did, or None; raises IdempotencyConflict."""
        with self._recorder.cursor() as cursor:
            cursor.execute("select digest, position, events from log.requests where key = %s", [request.key])
            found = cursor.fetchone()
        if found is None:
            return None
        digest, position, events = found
        if bytes(digest) != request.digest:
            raise IdempotencyConflict(request.key)
        return Appended(position, msgspec.json.decode(events, type=tuple[str, ...]), repeated=True)

    def known_rows(self, rows: Collection[bytes]) -> set[bytes]:
        """Those of the row hashes that an earlier import recorded, and no undo gave back."""
        with self._recorder.cursor() as cursor:
            cursor.execute(
                """
                select digest from unnest(%s::bytea[]) as given (digest)
                where exists (
                    select from log.rows where rows.digest = given.digest
                    and not exists (select from log.undone where undone.import_id = rows.import_id)
                )
                """,
                [list(rows)],
            )
            return {bytes(digest) for (digest,) in cursor}

    def imported(self, import_id: str) -> list[Imported] | None:
        """The events of an import in log order; None when no import of that id recorded any row."""
        with self._recorder.cursor() as cursor:
            cursor.execute(
                """
                select stream, version, topic, schema, data from log.imports left join log.events
                on events.position > (imports.position >> %s) << %s and events.position <= imports.position
                where import_id = %s order by events.position
                """,
                [ORDINAL_BITS, ORDINAL_BITS, import_id],
            )
            found = cursor.fetchall()
        if not found:
            return None
        made = [
            Imported(stream, version, decode(topic, schema, data))
            for stream, version, topic, schema, data in found
            if stream is not None
        ]
        return [event for event in made if event.event.import_id == import_id]

    def taken(self, claims: Collection[Claim]) -> set[Claim]:
        """Those of the claims that are taken already (a strict append still decides)."""
        with self._recorder.cursor() as cursor:
            cursor.execute(
                """
                select kind, name from unnest(%s::text[], %s::text[]) as given (kind, name)
                join log.claims using (kind, name)
                where not exists (select from log.undone where undone.import_id = claims.import_id)
                """,
                [[claim.kind for claim in claims], [claim.name for claim in claims]],
            )
            found = set(cursor.fetchall())
        return {claim for claim in claims if (claim.kind, claim.name) in found}


def _in_order(changes: Sequence[Change]) -> tuple[dict[str, int], list[Envelope]]:
    """The versions that streams must have reached, and the events; raises VersionConflict for a gap."""
    heads: dict[str, int] = {}
    reached: dict[str, int] = {}
    envelopes = []
    for change in changes:
        if change.expected != reached.get(change.stream, change.expected):
            raise VersionConflict(f"{change.stream} is at {reached[change.stream]}, not {change.expected}")
        if change.stream not in reached and change.expected > 0:
            heads[change.stream] = change.expected
        envelopes += [
            Envelope(change.stream, version, event)
            for version, event in enumerate(change.events, change.expected + 1)
        ]
        reached[change.stream] = change.expected + len(change.events)
    return heads, envelopes


def _noted(claims: Sequence[Claim]) -> list[Claim]:
    strict = {(claim.kind, claim.name) for claim in claims if claim.strict}
    return [claim for claim in claims if not claim.strict and (claim.kind, claim.name) not in strict]
