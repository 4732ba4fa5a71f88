"""The events that a batch reverses (冲正的原事件), read from the log: they may be older than the batch."""

from collections.abc import Mapping

from sqlalchemy import Engine, text

from ledger.events import EntryReversed, Event
from ledger.store.feed import Row, recorded
from projections.batch import Batch

Original = tuple[str, int]
"""Stream and version of an event that was reversed."""

_ORIGINALS = text(
    "select e.position, e.stream, e.version, e.topic, e.schema, e.recorded_at, e.data"
    " from unnest(cast(:streams as text[]), cast(:versions as integer[])) as wanted (stream, version)"
    " join log.events e on e.stream = wanted.stream and e.version = wanted.version"
)


def originals(engine: Engine, batch: Batch) -> Mapping[Original, Event]:
    """What the ``entry-reversed`` events of the batch take back; one that the log lacks is missing here."""
    wanted = {(stream, event.version) for _, stream, _, event in batch.of(EntryReversed)}
    if not wanted:
        return {}
    streams, versions = zip(*wanted, strict=True)
    with engine.connect() as connection:
        found = connection.execute(_ORIGINALS, {"streams": list(streams), "versions": list(versions)})
        events = recorded([Row._make(row) for row in found])
    return {(stream, version): event for _, stream, version, event in events}
