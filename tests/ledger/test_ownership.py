"""Changes of owner: no money moves, the balance of the day is the proof."""

from datetime import date

import pytest
from msgspec.structs import replace

from ledger.commands import ChangeOwner, ReverseEntry
from ledger.errors import Refused
from ledger.events import CommandRefused, OwnerChanged

PAID = date(2012, 5, 1)
SOLD = date(2013, 3, 4)
T1 = date(2012, 12, 31)


def change(owner="p2", on=SOLD, unit="101", building="B1", deed=None) -> ChangeOwner:
    return ChangeOwner(building=building, unit=unit, transferred_on=on, owner_ref=owner, deed_no=deed)


def refused(office, recording, *commands):
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    return [(found.code, found.field, found.basis) for found in caught.value.refusals]


@pytest.fixture
def sold(office):
    """101 of p1 holds 1,000.00 and 30.00 of interest on the day it is sold, and more later."""
    units = office.units("B1", {"101": 8931, "102": 10247})
    first, second = units.units
    office.execute(replace(units, units=(replace(first, owner_ref="p1"), second)))
    office.execute(office.deposit("B1", "101", 100_000, PAID, "7"), office.gains(3_000, on=T1))
    office.distribute(T1)
    office.execute(office.deposit("B1", "101", 55, date(2014, 1, 1), "8", kind="top-up"))
    return office


def test_the_owner_changes_and_the_balance_of_the_day_is_the_proof(sold, live):
    before = sold.balances("B1")
    sold.execute(change(deed="云0001号"), recording=live)
    event = sold.building_events("B1")[-1]
    assert isinstance(event, OwnerChanged)
    assert (event.unit, event.owner_ref, event.deed_no, event.value_date) == ("101", "p2", "云0001号", SOLD)
    assert (event.principal_fen, event.interest_fen) == (100_000, 3_000)
    assert sold.balances("B1") == before
    state = sold.application.buildings(["B1"])["B1"]
    assert (state.owner_ref("101"), state.owner_ref("102")) == ("p2", None)
    assert state.units["101"].owner_ref == "p1"


@pytest.mark.parametrize(
    ("on", "held"),
    [
        (date(2012, 4, 30), (0, 0)),
        (PAID, (100_000, 0)),
        (date(2012, 12, 30), (100_000, 0)),
        (T1, (100_000, 3_000)),
        (date(2014, 1, 1), (100_055, 3_000)),
    ],
)
def test_entries_of_the_day_belong_to_the_proof(sold, on, held):
    sold.execute(change(on=on))
    event = sold.building_events("B1")[-1]
    assert (event.principal_fen, event.interest_fen) == held


def test_what_was_reversed_is_no_part_of_it(sold):
    sold.execute(ReverseEntry(stream="building/B1", version=3, reason="录错"), change())
    event = sold.building_events("B1")[-1]
    assert (event.principal_fen, event.interest_fen) == (0, 3_000)


def test_the_selling_units_part_stays_where_it_is(office, live):
    office.register("B1", {"101": 8931}, "public")
    office.execute(
        office.deposit("B1", "101", 500, PAID, part="seller"), office.deposit("B1", "101", 20, PAID)
    )
    office.execute(change(), recording=live)
    assert office.building_events("B1")[-1].principal_fen == 20


class TestRules:
    CASES = (
        (change("p1"), "owner-same", "owner_ref"),
        (change("p4", date(2013, 3, 3)), "transfer-early", "transferred_on"),
    )

    @pytest.mark.parametrize(("command", "code", "field"), CASES)
    def test_a_refusal_is_recorded_once_and_nothing_else(self, sold, live, command, code, field):
        sold.execute(change("p3"), change("p1"))
        before = sold.everything()
        assert refused(sold, live, command) == [(code, field, "165号令第28条")]
        grown = [row for row in sold.everything() if row not in before]
        assert len(grown) == 1
        (kept,) = sold.events(grown[0][0])
        assert isinstance(kept, CommandRefused)
        assert (kept.command, kept.subject, kept.codes) == ("change-owner", "B1", (code,))

    @pytest.mark.parametrize(("command", "code", "field"), CASES)
    def test_the_same_as_history_is_recorded_and_the_last_one_counts(self, sold, command, code, field):
        sold.execute(change("p3"), change("p1"))
        sold.execute(command)
        assert sold.application.buildings(["B1"])["B1"].owner_ref("101") == command.owner_ref

    def test_the_registered_owner_counts_until_the_first_change(self, sold, live):
        assert refused(sold, live, change("p1")) == [("owner-same", "owner_ref", "165号令第28条")]

    def test_two_changes_on_one_day_are_possible(self, sold, live):
        sold.execute(change("p2"), change("p3"), recording=live)
        assert sold.application.buildings(["B1"])["B1"].owner_ref("101") == "p3"

    @pytest.mark.parametrize("recording", ["live", "history"])
    @pytest.mark.parametrize(
        ("command", "code", "field"),
        [
            (change(building="B9"), "building-unknown", "building"),
            (change(unit="999"), "unit-unknown", "unit"),
            (change(on=date(2026, 11, 24)), "date-future", "transferred_on"),
        ],
    )
    def test_what_no_ledger_may_take(self, sold, request, recording, command, code, field):
        assert refused(sold, request.getfixturevalue(recording), command) == [(code, field, None)]


class TestRegisterOfUnitsAfterwards:
    """The register of units may be imported again after a unit changed hands."""

    @pytest.mark.parametrize("owner", ["p1", "p2", None])
    def test_the_registered_and_the_present_owner_do_not_contradict(self, sold, owner):
        sold.execute(change())
        before = sold.everything()
        first = replace(sold.units("B1", {"101": 8931}).units[0], owner_ref=owner)
        sold.execute(replace(sold.units("B1", {}), units=(first,)))
        assert sold.everything() == before

    def test_anyone_else_does(self, sold, history):
        sold.execute(change())
        first = replace(sold.units("B1", {"101": 8931}).units[0], owner_ref="p3")
        command = replace(sold.units("B1", {}), units=(first,))
        assert refused(sold, history, command) == [("unit-contradicts", "owner_ref", None)]
