"""Receipt ranges that the write side would not take are named by the witness."""

from datetime import date

import pytest
from msgspec.structs import replace

from audit.replay import replay
from audit.verify import consistency
from ledger.commands import IssueReceipts, Recording, VoidReceipts
from ledger.events import ReceiptsIssued
from ledger.store.codec import decode, encode

DAY = date(2019, 6, 30)


@pytest.fixture
def rows(office):
    made = office(1)
    ranges = [("A", "0001", "0100"), ("A", "0101", "0200"), ("A", "00001", "00100"), ("B", "0001", "0100")]
    commands = [
        IssueReceipts(code=code, first=first, last=last, value_date=DAY) for code, first, last in ranges
    ]
    commands += [VoidReceipts(code="A", first="0050", last="0060", value_date=DAY)] * 2
    made.application.execute(commands, Recording(actor="clerk", origin="history"))
    return made.log.rows(0, 10**6)


def problems(feed):
    return [(found.kind, found.position, found.stream) for found in consistency(replay(feed))]


def changed(rows, first, last):
    """The second range of code A becomes another."""
    index = next(
        index
        for index, row in enumerate(rows)
        if isinstance(event := decode(row.topic, row.schema, row.data), ReceiptsIssued)
        and event.first == "0101"
    )
    event = decode(rows[index].topic, rows[index].schema, rows[index].data)
    stored = rows[index]._replace(data=encode(replace(event, first=first, last=last)))
    return str(rows[index].position), [*rows[:index], stored, *rows[index + 1 :]]


def test_ranges_made_by_the_application_contradict_nothing(rows, written):
    assert problems(written(rows)) == []
    assert replay(written(rows)).receipts["voided"].to_list().count(True) == 2


def test_a_range_issued_twice_is_named(rows, written):
    at, stored = changed(rows, "0100", "0200")
    assert problems(written(stored)) == [("receipts-overlap", at, "receipts/A")]


@pytest.mark.parametrize(
    ("first", "last"), [("0200", "0101"), ("A101", "B200"), ("AA", "AB"), ("101", "0200")]
)
def test_what_is_no_range_is_named(rows, written, first, last):
    at, stored = changed(rows, first, last)
    assert problems(written(stored)) == [("receipts-wrong", at, "receipts/A")]
