"""How an append reaches PostgreSQL: one statement, or COPY when it is large. Either way all of it, or none.

A position is ``(transaction id + epoch) << 20 | ordinal``. No lock is taken and nobody is notified: readers
stay below the oldest running transaction instead (see ``feed``). What comes with the events – the idempotency
key, claimed names, register rows – is written by the same statement, so it costs no round trip.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from ledger.identity import event_id
from ledger.log import Claim, Request
from ledger.store.bulk import copy_rows
from ledger.store.codec import StoredFact
from ledger.store.feed import ORDINAL_BITS
from ledger.store.tables import claims, events, rows

__all__ = ["LARGE", "Beside", "MissingHead", "copy", "insert"]

LARGE: Final = 256
"""From this many events, rows and claims together, COPY in a transaction is faster than one statement."""

_MOST: Final = (1 << ORDINAL_BITS) - 1

_PLACE: Final = """
    select case when (
        select count(*)
        from unnest(%(head_streams)s::text[], %(head_versions)s::int[]) as head (stream, version)
        join log.events using (stream, version)
    ) = %(heads)s
    then greatest((pg_current_xact_id()::text::bigint + (select epoch from log.cell)) << 20, %(after)s)
    end as base
"""
# Base is null, and so the append fails on a not-null constraint, where a stream is not as long as expected.
# ``after`` is the last position of this transaction, so that several inserts share one running ordinal.

_EVENTS: Final = """
    insert into log.events (position, stream, version, topic, schema, recorded_at, data)
    select base + ordinal, stream, version, topic, schema, recorded_at, data
    from place, unnest(
        %(streams)s::text[], %(versions)s::int[], %(topics)s::text[], %(schemas)s::smallint[],
        %(moments)s::timestamptz[], %(states)s::text[]
    ) with ordinality as given (stream, version, topic, schema, recorded_at, data, ordinal)
"""
_REQUEST: Final = """
    insert into log.requests (key, digest, position, events)
    select %(key)s, %(digest)s, case %(count)s when 0 then 0 else base + %(count)s end, %(ids)s from place
"""
_ANY_UNDONE: Final = "select exists (select from log.undone)"
_CLAIM_TURN: Final = f"""
    case when ({_ANY_UNDONE}) then (
        select count(*) from log.claims as earlier join log.undone using (import_id)
        where earlier.kind = given.kind and earlier.name = given.name
    ) else 0 end
"""  # noqa: S608 - constant parts
_CLAIMED: Final = f"""
    insert into log.claims (kind, name, turn, import_id)
    select kind, name, {_CLAIM_TURN}, %(import_id)s
    from unnest(%(kinds)s::text[], %(names)s::text[]) as given (kind, name)
"""  # noqa: S608 - constant parts
_NOTED: Final = f"""
    insert into log.claims (kind, name, turn, import_id)
    select kind, name, {_CLAIM_TURN}, %(import_id)s
    from unnest(%(noted_kinds)s::text[], %(noted_names)s::text[]) as given (kind, name)
    on conflict do nothing
"""  # noqa: S608 - constant parts
_ROWS: Final = f"""
    insert into log.rows (digest, turn, import_id)
    select digest, case when ({_ANY_UNDONE}) then (
        select count(*) from log.rows as earlier join log.undone using (import_id)
        where earlier.digest = given.digest
    ) else 0 end, %(import_id)s
    from unnest(%(digests)s::bytea[]) as given (digest)
"""  # noqa: S608 - constant parts
# The turn counts how often an undo gave the name or row back, so of two writers on one turn one fails, while
# an undone import stands in nobody's way. The uncorrelated question is asked once a statement.
_IMPORT: Final = """
    insert into log.imports (import_id, position)
    select %(import_id)s, case %(count)s when 0 then 0 else base + %(count)s end from place
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is written with the events of an append.

    ``heads`` are the streams that must have reached a version. ``strict`` claims fail the append where they
    are taken, ``noted`` ones do not. ``rows`` are hashes of register rows of the import ``import_id``, which
    is this append.
    """

    request: Request | None = None
    strict: Sequence[Claim] = ()
    noted: Sequence[Claim] = ()
    rows: Sequence[bytes] = ()
    import_id: str | None = None
    heads: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many claims and rows."""
        return len(self.strict) + len(self.noted) + len(self.rows)


def insert(cursor: Any, stored: Sequence[StoredFact], beside: Beside, after: int = 0) -> int:
    """Append in one statement; returns the position below the first event's. Raises psycopg2 errors."""
    _refuse_too_many(0, len(stored))
    parts = {"place": _PLACE}
    values = _place_values(beside, after)
    if stored:
        parts["placed"] = _EVENTS
        values |= _event_values(stored)
    if beside.request is not None:
        parts["asked"] = _REQUEST
        values |= _request_values(stored, beside.request)
    values["import_id"] = beside.import_id
    if beside.strict:
        parts["claimed"] = _CLAIMED
        values |= _columns(beside.strict, "kinds", "names")
    if beside.noted:
        parts["noted"] = _NOTED
        values |= _columns(beside.noted, "noted_kinds", "noted_names")
    if beside.rows:
        parts["known"] = _ROWS
        parts["imported"] = _IMPORT
        values |= {"digests": list(beside.rows), "count": len(stored)}
    steps = ", ".join(f"{name} as ({part})" for name, part in parts.items())
    cursor.execute(f"with {steps} select base from place", values)  # noqa: S608 - constant parts
    return _checked(cursor.fetchone()[0], len(stored))


def copy(cursor: Any, stored: Sequence[StoredFact], beside: Beside, after: int = 0) -> int:
    """Append by COPY in the cursor's transaction; returns the position below the first event's.

    Everything is prepared before the first statement, for an open writing transaction holds readers back.
    """
    _refuse_too_many(0, len(stored))
    request = _request_values(stored, beside.request) if beside.request is not None else None
    own = {"import_id": beside.import_id, "count": len(stored)}
    strict = _columns(beside.strict, "kinds", "names") | own
    noted = _columns(beside.noted, "noted_kinds", "noted_names") | own
    digests = sorted(beside.rows)
    facts = [
        (
            fact.originator_id,
            fact.originator_version,
            fact.topic,
            fact.schema,
            fact.recorded_at,
            fact.state.decode(),
        )
        for fact in stored
    ]
    cursor.execute(_PLACE, _place_values(beside, after))
    base: int | None = cursor.fetchone()[0]
    if request is not None:
        cursor.execute(
            f"with place as (select %(base)s::bigint as base) {_REQUEST}", request | {"base": base}
        )
    if base is None:
        raise MissingHead("a stream is not as long as expected")
    _refuse_too_many(base, len(stored))
    placed = ((base + ordinal, *fact) for ordinal, fact in enumerate(facts, 1))
    copy_rows(cursor, events, events.columns.keys(), placed)
    if beside.noted:
        cursor.execute(_NOTED, noted)
    cursor.execute(_ANY_UNDONE)
    if cursor.fetchone()[0]:
        cursor.execute(_CLAIMED, strict)
        cursor.execute(_ROWS, {"digests": digests, **own})
    else:
        _copy_first_turn(cursor, beside, digests)
    if digests:
        cursor.execute(f"with place as (select %(base)s::bigint as base) {_IMPORT}", own | {"base": base})
    return base


def _copy_first_turn(cursor: Any, beside: Beside, digests: Sequence[bytes]) -> None:
    """Strict claims and rows of a log where nothing was undone."""
    pairs = sorted((claim.kind, claim.name) for claim in beside.strict)
    copy_rows(
        cursor,
        claims,
        ["kind", "name", "turn", "import_id"],
        ((kind, name, 0, beside.import_id) for kind, name in pairs),
    )
    taken = ((digest, 0, beside.import_id) for digest in digests)
    copy_rows(cursor, rows, ["digest", "turn", "import_id"], taken)


class MissingHead(Exception):  # noqa: N818 - names the condition
    """A stream has not reached the version that an append builds on."""


def _checked(base: int | None, count: int) -> int:
    if base is None:
        raise MissingHead("a stream is not as long as expected")
    _refuse_too_many(base, count)
    return base


def _refuse_too_many(base: int, count: int) -> None:
    if (base & _MOST) + count > _MOST:
        raise ValueError(f"more than {_MOST} events in one transaction")


def _place_values(beside: Beside, after: int) -> dict[str, Any]:
    return {
        "head_streams": list(beside.heads.keys()),
        "head_versions": list(beside.heads.values()),
        "heads": len(beside.heads),
        "after": after,
    }


def _event_values(stored: Sequence[StoredFact]) -> dict[str, Any]:
    return {
        "streams": [fact.originator_id for fact in stored],
        "versions": [fact.originator_version for fact in stored],
        "topics": [fact.topic for fact in stored],
        "schemas": [fact.schema for fact in stored],
        "moments": [fact.recorded_at for fact in stored],
        "states": [fact.state.decode() for fact in stored],
    }


def _request_values(stored: Sequence[StoredFact], request: Request) -> dict[str, Any]:
    ids = [event_id(str(fact.originator_id), fact.originator_version) for fact in stored]
    return {
        "key": request.key,
        "digest": request.digest,
        "count": len(stored),
        "ids": msgspec.json.encode(ids).decode(),
    }


def _columns(found: Sequence[Claim], kinds: str, names: str) -> dict[str, Any]:
    """Claims as two columns, in one order for all writers, so that two cannot wait for each other."""
    pairs = sorted({(claim.kind, claim.name) for claim in found})
    return {kinds: [kind for kind, _ in pairs], names: [name for _, name in pairs]}
