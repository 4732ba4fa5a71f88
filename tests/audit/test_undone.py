"""Undone imports: the witness looks at every line of the import itself."""

from datetime import date

import pytest
from msgspec.structs import replace

from audit.replay import replay
from audit.verify import consistency
from ledger.commands import CollectDeposit, ReceiveGains, Recording, RecordStatement, UndoImport
from ledger.events import (
    DepositLine,
    EntryReversed,
    GainLine,
    GainsReversed,
    ImportUndone,
    StatementLine,
    StatementReversed,
)
from ledger.store.codec import decode, encode

LIVE = Recording(actor="clerk")
DAY = date(2019, 6, 30)


@pytest.fixture
def rows(office):
    """An import of deposits, gains and a bank statement that was undone, beside one that stands."""
    made = office(1)
    made.open("B1", 2)
    lines = tuple(DepositLine(unit=unit, amount_fen=500) for unit in ("101", "102"))
    deposit = CollectDeposit(building="B1", kind="first", value_date=DAY, lines=lines)
    gain = ReceiveGains(
        county="532301",
        fund="commodity",
        value_date=DAY,
        lines=(GainLine(category="demand", amount_fen=32), GainLine(category="time", amount_fen=8)),
    )
    statement = RecordStatement(
        account="622", value_date=DAY, lines=(StatementLine(in_fen=32), StatementLine(in_fen=8))
    )
    for name in ("imp-1", "imp-2"):
        recording = Recording(actor="clerk", origin="history", import_id=name)
        made.application.execute([deposit, gain, statement], recording, rows=[name.encode()])
    made.application.execute([UndoImport(import_id="imp-1")], LIVE)
    return made.log.rows(0, 10**6)


def index_of(rows, kind):
    """Index and event of the only stored event of a kind."""
    [found] = [
        (index, event)
        for index, row in enumerate(rows)
        if isinstance(event := decode(row.topic, row.schema, row.data), kind)
    ]
    return found


def problems(feed):
    return [(found.kind, found.position, found.stream) for found in consistency(replay(feed))]


def test_an_undone_import_contradicts_nothing(rows, written):
    assert problems(written(rows)) == []
    undone = replay(written(rows)).undone
    assert undone.select("undone", "events").rows() == [("imp-1", 3)]


@pytest.mark.parametrize("kind", [EntryReversed, GainsReversed, StatementReversed])
def test_a_line_that_an_undo_left_standing_is_named(rows, written, kind):
    at, _ = index_of(rows, ImportUndone)
    index, back = index_of(rows, kind)
    stored = rows[index]._replace(data=encode(replace(back, lines=back.lines[:1])))
    assert problems(written([*rows[:index], stored, *rows[index + 1 :]])) == [
        ("undo-incomplete", str(rows[at].position), "import/imp-1")
    ]


def test_an_undo_of_an_import_that_stands_is_named(rows, written):
    at, undone = index_of(rows, ImportUndone)
    stored = rows[at]._replace(stream="import/imp-2", data=encode(replace(undone, undone="imp-2")))
    assert problems(written([*rows[:at], stored, *rows[at + 1 :]])) == [
        ("undo-incomplete", str(rows[at].position), "import/imp-2")
    ]


def test_an_undo_of_nothing_is_named(rows, written):
    at, undone = index_of(rows, ImportUndone)
    stored = rows[at]._replace(stream="import/imp-9", data=encode(replace(undone, undone="imp-9")))
    assert [kind for kind, _, _ in problems(written([*rows[:at], stored, *rows[at + 1 :]]))] == [
        "undo-incomplete"
    ]


def test_an_undo_in_the_stream_of_another_import_is_unreadable(rows, written):
    at, _ = index_of(rows, ImportUndone)
    stored = rows[at]._replace(stream="import/imp-2")
    assert "event-unreadable" in [
        kind for kind, _, _ in problems(written([*rows[:at], stored, *rows[at + 1 :]]))
    ]
