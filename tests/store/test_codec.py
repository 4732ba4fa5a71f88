"""Whatever was ever stored can be read, and what cannot be read says so.

``samples.json`` keeps the text of one event of every topic and schema ever stored. A new topic, or a new
schema of an old one, adds a sample; no sample is ever changed or removed.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pytest

from ledger import events, upcasts
from ledger.events import TOPICS, DepositCollected
from ledger.store import codec
from ledger.store.codec import Envelope, EventMapper, UnreadableEvent, decode, encode

SAMPLES = json.loads((Path(__file__).parent / "samples.json").read_text())
DEPOSIT = next(sample["data"] for sample in SAMPLES if sample["topic"] == "deposit-collected")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample['topic']}-{sample['schema']}")
def test_a_sample_is_read_and_a_current_one_is_written_alike(sample):
    event = decode(sample["topic"], sample["schema"], sample["data"])
    assert type(event) is TOPICS[sample["topic"]]
    assert decode(event.TOPIC, event.SCHEMA, encode(event)) == event
    if sample["schema"] == event.SCHEMA:
        assert encode(event) == sample["data"]


def test_every_topic_and_schema_has_a_sample():
    ever = {(topic, kind.SCHEMA) for topic, kind in TOPICS.items()} | set(upcasts.UPCASTS)
    assert {(sample["topic"], sample["schema"]) for sample in SAMPLES} == ever


def test_every_older_schema_has_an_upcast():
    for topic, kind in TOPICS.items():
        assert {schema for name, schema in upcasts.UPCASTS if name == topic} == set(range(1, kind.SCHEMA))


@pytest.mark.parametrize(
    ("topic", "schema", "data"),
    [
        ("no-such-topic", 1, DEPOSIT),
        ("deposit-collected", 2, DEPOSIT),
        ("deposit-collected", 0, DEPOSIT),
        ("deposit-collected", 1, DEPOSIT[:-1]),
        ("deposit-collected", 1, DEPOSIT + "x"),
        ("deposit-collected", 1, "[]"),
        ("deposit-collected", 1, DEPOSIT.replace("1234560", "12345.60")),
        ("deposit-collected", 1, DEPOSIT.replace("1234560", '"1234560"')),
        ("deposit-collected", 1, DEPOSIT.replace('"first"', '"second"')),
        ("deposit-collected", 1, DEPOSIT.replace("2019-06-30", "2019-06-31")),
        ("deposit-collected", 1, DEPOSIT.replace('"kind"', '"sort"')),
        ("deposit-collected", 1, b"\xff"),
        ("units-registered", 1, DEPOSIT),
    ],
)
def test_what_is_no_event_of_ours_is_unreadable(topic, schema, data):
    with pytest.raises(UnreadableEvent) as found:
        decode(topic, schema, data)
    assert (found.value.topic, found.value.schema) == (topic, schema)


@pytest.mark.parametrize("moment", ["2026-11-23T09:02:03+08:00", "2026-11-23T01:02:03"])
def test_only_utc_is_stored(moment):
    event = decode("deposit-collected", 1, DEPOSIT)
    values = {name: getattr(event, name) for name in event.__struct_fields__}
    with pytest.raises(ValueError, match="UTC"):
        encode(DepositCollected(**values | {"recorded_at": datetime.fromisoformat(moment)}))


class Weighed(events.Event, frozen=True, kw_only=True):
    """A topic in its third shape, for the upcasts only."""

    TOPIC: ClassVar[str] = "weighed"
    SCHEMA: ClassVar[int] = 3

    grams: int


@pytest.fixture
def weighed(monkeypatch):
    steps = {
        ("weighed", 1): lambda shape: {**shape, "kilos": shape["pounds"] // 2} | {"pounds": None},
        ("weighed", 2): lambda shape: (
            {key: value for key, value in shape.items() if key not in {"kilos", "pounds"}}
            | {"grams": shape["kilos"] * 1000}
        ),
    }
    monkeypatch.setitem(TOPICS, "weighed", Weighed)
    monkeypatch.setattr(codec, "UPCASTS", steps)
    codec._decoder.cache_clear()
    yield json.loads(DEPOSIT) | {"kind": None, "lines": None}
    codec._decoder.cache_clear()


def shape_of(weighed, **own) -> str:
    return json.dumps({key: value for key, value in weighed.items() if value is not None} | own)


def test_older_shapes_pass_through_every_upcast(weighed):
    assert decode("weighed", 1, shape_of(weighed, pounds=8)).grams == 4000
    assert decode("weighed", 2, shape_of(weighed, kilos=3)).grams == 3000
    assert decode("weighed", 3, shape_of(weighed, grams=5)).grams == 5


@pytest.mark.parametrize("own", [{}, {"pounds": "eight"}, {"pounds": None}])
def test_an_older_shape_that_is_damaged_is_unreadable(weighed, own):
    with pytest.raises(UnreadableEvent):
        decode("weighed", 1, shape_of(weighed, **own))


def test_the_mapper_of_the_library_goes_through_the_codec():
    mapper = EventMapper(transcoder=None)
    envelope = Envelope("building/1", 4, decode("deposit-collected", 1, DEPOSIT))
    stored = mapper.to_stored_event(envelope)
    assert (stored.originator_id, stored.originator_version) == ("building/1", 4)
    assert (stored.topic, stored.schema, stored.state.decode()) == ("deposit-collected", 1, DEPOSIT)
    assert stored.recorded_at == envelope.event.recorded_at
    assert mapper.to_domain_event(stored) == envelope
