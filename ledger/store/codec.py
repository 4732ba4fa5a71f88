"""Events to stored JSON text and back, through the upcasts where the stored shape is an older one.

The text is what the seal hashes: it is written once and never re-encoded. A stored event that cannot be read
is an ``UnreadableEvent``, never a skipped one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent

from ledger.events import TOPICS, Event
from ledger.upcasts import UPCASTS

__all__ = ["Envelope", "EventMapper", "StoredFact", "UnreadableEvent", "decode", "encode"]

_ENCODER = msgspec.json.Encoder()
_UTC_OFFSET = timedelta(0)


class UnreadableEvent(ValueError):  # noqa: N818 - names what was met: an event nobody can read
    """Stored text that is no event of this ledger; ``reason`` quotes no value of it."""

    def __init__(self, topic: str, schema: int, reason: str) -> None:
        super().__init__(f"unreadable event {topic!r} schema {schema}: {reason}")
        self.topic = topic
        self.schema = schema
        self.reason = reason


def encode(event: Event) -> str:
    """The event as JSON text; raises ValueError unless ``recorded_at`` is aware and in UTC."""
    return _encoded(event).decode()


def _encoded(event: Event) -> bytes:
    moment = event.recorded_at
    if moment.tzinfo is not UTC and moment.utcoffset() != _UTC_OFFSET:
        raise ValueError("recorded_at must be an aware moment in UTC")
    return _ENCODER.encode(event)


def decode(topic: str, schema: int, data: str | bytes) -> Event:
    """The event that was stored; raises UnreadableEvent for another topic, schema or shape."""
    decoder = _decoder(topic)
    if decoder is None:
        raise UnreadableEvent(topic, schema, "unknown topic")
    current = TOPICS[topic].SCHEMA
    try:
        if schema == current:
            return decoder.decode(data)
        return _upcast(topic, schema, current, data)
    except UnreadableEvent:
        raise
    except (msgspec.DecodeError, LookupError, TypeError, ValueError) as error:
        raise UnreadableEvent(topic, schema, str(error)) from error


@cache
def _decoder(topic: str) -> msgspec.json.Decoder[Event] | None:
    kind = TOPICS.get(topic)
    return None if kind is None else msgspec.json.Decoder(kind)


def _upcast(topic: str, schema: int, current: int, data: str | bytes) -> Event:
    shape = msgspec.json.decode(data, type=dict[str, Any])
    for step in range(schema, current):
        upcast = UPCASTS.get((topic, step))
        if upcast is None:
            raise UnreadableEvent(topic, schema, "unknown schema")
        shape = upcast(shape)
    if schema > current:
        raise UnreadableEvent(topic, schema, "schema is newer than this program")
    return msgspec.convert(shape, TOPICS[topic])


class Envelope(NamedTuple):
    """An event with its stream and version, under the names that ``eventsourcing`` asks of a domain event."""

    originator_id: str
    originator_version: int
    event: Event


@dataclass(frozen=True)
class StoredFact(StoredEvent):
    """A stored event with the columns that our log has beyond the library's."""

    schema: int
    recorded_at: datetime


class EventMapper(Mapper[str]):
    """The library's mapper over this codec: no class name and no compression is ever stored."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredFact:
        """The envelope's event as it is stored; raises TypeError for anything but an ``Envelope``."""
        if not isinstance(domain_event, Envelope):
            raise TypeError(f"{type(domain_event).__name__} is no envelope")
        stream, version, event = domain_event
        return StoredFact(stream, version, event.TOPIC, _encoded(event), event.SCHEMA, event.recorded_at)

    def to_domain_event(self, stored_event: StoredEvent) -> Envelope:
        """The stored event in its envelope; raises UnreadableEvent, and TypeError without a schema."""
        if not isinstance(stored_event, StoredFact):
            raise TypeError(f"{type(stored_event).__name__} has no schema")
        event = decode(stored_event.topic, stored_event.schema, stored_event.state)
        return Envelope(str(stored_event.originator_id), stored_event.originator_version, event)
