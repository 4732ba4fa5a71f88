"""Events read from the log by name, such as what a batch reverses (冲正的原事件)."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Engine, text

from ledger.events import EntryReversed, Event
from ledger.store.feed import Recorded, Row, recorded
from projections.batch import Batch

Original = tuple[str, int]
"""Stream and version of an event, such as one that was reversed."""

_NAMED = text(
    "select e.position, e.stream, e.version, e.topic, e.schema, e.recorded_at, e.data"
    " from unnest(cast(:streams as text[]), cast(:versions as integer[])) as wanted (stream, version)"
    " join log.events e on e.stream = wanted.stream and e.version = wanted.version"
)


def originals(engine: Engine, batch: Batch) -> Mapping[Original, Event]:
    """What the ``entry-reversed`` events of the batch take back; one that the log lacks is missing here."""
    wanted = {(stream, event.version) for _, stream, _, event in batch.of(EntryReversed)}
    if not wanted:
        return {}
    with engine.connect() as connection:
        return {(stream, version): event for _, stream, version, event in named(connection, wanted)}


def named(connection: Connection, places: Iterable[Original]) -> list[Recorded]:
    """The events of these streams and versions, as far as the log has them."""
    wanted = set(places)
    if not wanted:
        return []
    streams, versions = zip(*wanted, strict=True)
    found = connection.execute(_NAMED, {"streams": list(streams), "versions": list(versions)})
    return recorded([Row._make(row) for row in found])
