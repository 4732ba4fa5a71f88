"""Undoing an import (撤销导入): every entry goes back on its own day, or nothing does."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commands import CreditIncome, OpenBalance, Recording, ReverseEntry, UndoImport
from ledger.errors import Refused
from ledger.events import CommandRefused, EntryReversed, GainsReversed, ImportUndone, OpeningLine
from ledger.log import Change, VersionConflict

DAY = date(2019, 6, 30)
TODAY = date(2026, 11, 23)
AREAS = {"101": 8931, "102": 10247, "201": 12005}
LIVE = Recording(actor="officer-1")


def imported(office, name, *commands, origin="history"):
    recording = Recording(actor="officer-1", origin=origin, import_id=name, refusals_kept=False)
    return office.application.execute(commands, recording, rows=[f"{name}/row".encode()])


def undo(office, name):
    return office.application.execute([UndoImport(import_id=name)], LIVE)


def refused(office, name):
    """Why it cannot be undone; the log grows by that one refusal."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        undo(office, name)
    [(stream, _, _)] = office.everything()[len(before) :]
    [kept] = office.events(stream)
    assert isinstance(kept, CommandRefused)
    assert (kept.command, kept.subject) == ("undo-import", name)
    assert office.everything()[: len(before)] == before
    return [(found.code, found.message) for found in caught.value.refusals]


@pytest.fixture
def b1(office):
    office.register("B1", AREAS)
    return office


def test_every_entry_of_an_import_is_reversed_on_its_own_day(b1):
    imported(
        b1,
        "imp-1",
        b1.deposit("B1", "101", 500, DAY),
        b1.deposit("B1", "102", 700, date(2019, 7, 1)),
        b1.gains(32, 8, on=DAY),
    )
    b1.execute(b1.deposit("B1", "101", 11, DAY))
    done = undo(b1, "imp-1")
    assert done.events == (
        "import/imp-1@1",
        "building/B1@6",
        "building/B1@7",
        "book/532301/commodity@3",
    )
    [undone] = b1.events("import/imp-1")
    assert isinstance(undone, ImportUndone)
    assert (undone.undone, undone.events, undone.value_date, undone.origin) == ("imp-1", 3, TODAY, "live")
    first, second = b1.building_events("B1")[-2:]
    assert isinstance(first, EntryReversed)
    assert (first.version, first.value_date, first.reason) == (3, DAY, "撤销导入 imp-1")
    assert (second.version, second.value_date) == (4, date(2019, 7, 1))
    back = b1.events("book/532301/commodity")[-1]
    assert isinstance(back, GainsReversed)
    assert [line.amount_fen for line in back.lines] == [-32, -8]
    assert b1.balances("B1") == {("B1", "101"): (11, 0), ("B1", "102"): (0, 0), ("B1", "201"): (0, 0)}


@pytest.mark.parametrize(
    "command",
    [
        OpenBalance(
            building="B1",
            value_date=DAY,
            lines=(OpeningLine(unit="101", principal_fen=100, interest_fen=7),),
        ),
        CreditIncome(building="B1", category="operating", value_date=DAY, amount_fen=100_000),
    ],
)
def test_openings_and_incomes_go_back_as_well(b1, command):
    imported(b1, "imp-1", command)
    undo(b1, "imp-1")
    assert set(b1.balances("B1").values()) == {(0, 0)}
    imported(b1, "imp-2", command)
    assert any(principal for principal, _ in b1.balances("B1").values())


def test_an_import_is_undone_once(b1):
    imported(b1, "imp-1", b1.deposit("B1", "101", 500, DAY))
    undo(b1, "imp-1")
    assert refused(b1, "imp-1") == [("already-undone", "导入 imp-1 已经撤销")]


def test_two_who_undo_at_once_undo_once(b1, monkeypatch):
    imported(b1, "imp-1", b1.deposit("B1", "101", 500, DAY))
    append = b1.log.append

    def after_another(changes, **more):
        monkeypatch.setattr(b1.log, "append", append)
        undo(b1, "imp-1")
        raise VersionConflict("another was first")

    monkeypatch.setattr(b1.log, "append", after_another)
    with pytest.raises(Refused) as caught:
        undo(b1, "imp-1")
    assert caught.value.refusals[0].code == "already-undone"
    assert b1.account("B1", "101").balance_fen == 0


def test_a_deposit_that_comes_meanwhile_is_kept(b1, monkeypatch):
    imported(b1, "imp-1", b1.deposit("B1", "101", 500, DAY))
    append = b1.log.append

    def after_a_deposit(changes: list[Change], **more):
        monkeypatch.setattr(b1.log, "append", append)
        b1.execute(b1.deposit("B1", "101", 3, DAY))
        return append(changes, **more)

    monkeypatch.setattr(b1.log, "append", after_a_deposit)
    undo(b1, "imp-1")
    assert b1.account("B1", "101").balance_fen == 3


def test_what_is_unknown_cannot_be_undone(b1):
    assert [code for code, _ in refused(b1, "imp-9")] == ["import-unknown"]


def test_lines_that_were_reversed_already_are_all_named(b1):
    imported(b1, "imp-1", *(b1.deposit("B1", unit, 500, DAY) for unit in AREAS))
    for version in (3, 5):
        b1.execute(ReverseEntry(stream="building/B1", version=version, reason="串户"), recording=LIVE)
    assert refused(b1, "imp-1") == [
        ("already-reversed", "事件 building/B1@3 第 1 行已经冲正"),
        ("already-reversed", "事件 building/B1@5 第 1 行已经冲正"),
    ]


def test_units_cannot_be_undone(office):
    imported(office, "imp-1", office.units("B1", AREAS))
    assert refused(office, "imp-1") == [
        ("not-reversible", "导入 imp-1 记有 1 件不能冲正的事件（building-opened），不能撤销"),
        ("not-reversible", "导入 imp-1 记有 1 件不能冲正的事件（units-registered），不能撤销"),
        ("not-reversible", "导入 imp-1 记有 1 件不能冲正的事件（buildings-entered），不能撤销"),
    ]


def test_an_import_that_said_nothing_new_has_nothing_to_undo(b1):
    imported(b1, "imp-1", b1.units("B1", AREAS))
    assert [code for code, _ in refused(b1, "imp-1")] == ["import-empty"]


def test_to_judge_an_undoing_writes_nothing(b1):
    imported(b1, "imp-1", b1.deposit("B1", "101", 500, DAY))
    before = b1.everything()
    assert b1.application.judge([UndoImport(import_id="imp-1")], LIVE) == ()
    assert [found.code for found in b1.application.judge([UndoImport(import_id="x")], LIVE)] == [
        "import-unknown"
    ]
    assert b1.everything() == before


def test_a_receipt_of_an_undone_import_may_be_used_again(b1):
    paid = b1.deposit("B1", "101", 500, DAY, "00012")
    imported(b1, "imp-1", paid, origin="live")
    with pytest.raises(Refused):
        b1.execute(paid, recording=LIVE)
    undo(b1, "imp-1")
    b1.execute(paid, recording=LIVE)
    with pytest.raises(Refused) as caught:
        b1.execute(paid, recording=LIVE)
    assert [found.code for found in caught.value.refusals] == ["receipt-used"]
    assert b1.account("B1", "101").balance_fen == 500


DEPOSITS = st.lists(
    st.tuples(
        st.sampled_from(sorted(AREAS)), st.integers(1, 10**9), st.dates(date(2019, 1, 1), date(2019, 12, 31))
    ),
    min_size=1,
    max_size=8,
)


@given(kept=DEPOSITS, undone=DEPOSITS)
def test_an_undone_import_leaves_no_trace_in_balances_and_weights(new_office, kept, undone):
    with_it, without = new_office(), new_office()
    for office in (with_it, without):
        office.register("B1", AREAS)
        office.execute(*(office.deposit("B1", *paid) for paid in kept))
    imported(with_it, "imp-1", *(with_it.deposit("B1", *paid) for paid in undone))
    undo(with_it, "imp-1")
    assert with_it.balances("B1") == without.balances("B1")
    for office in (with_it, without):
        office.execute(office.gains(100_000, on=date(2019, 12, 21)))
        office.distribute(date(2019, 12, 31))
    assert with_it.balances("B1") == without.balances("B1")
