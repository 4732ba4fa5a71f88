"""Other income (其他收入): principal of one unit, or of all units of the building by area."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commands import CreditIncome, Recording, ReverseEntry
from ledger.errors import Refused
from ledger.events import BuildingOpened, CommandRefused, EntryReversed, IncomeCredited, IncomeLine

DAY = date(2019, 6, 30)
AREAS = {"101": 8931, "102": 10247, "201": 12005}
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])


def income(amount_fen, unit=None, code="B1", on=DAY, category="operating", **own):
    return CreditIncome(
        building=code, category=category, value_date=on, amount_fen=amount_fen, unit=unit, **own
    )


def refused(office, *commands, recording=HISTORY):
    """Code, field, line; the log grows by one refusal when live, and by nothing when history."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    added = office.everything()[len(before) :]
    assert office.everything()[: len(before)] == before
    kept = [event for stream, _, _ in added for event in office.events(stream)]
    assert [type(event) for event in kept] == [CommandRefused] * (recording.origin == "live")
    return [(found.code, found.field, found.line) for found in caught.value.refusals]


@pytest.fixture
def b1(office):
    office.register("B1", AREAS)
    return office


@BOTH
def test_an_income_of_the_building_is_shared_by_area(b1, recording):
    done = b1.execute(income(100_000, bank_ref="B-9", note="电梯广告"), recording=recording)
    assert done.events == ("building/B1@3",)
    event = b1.building_events("B1")[-1]
    assert isinstance(event, IncomeCredited)
    assert (event.category, event.unit, event.value_date, event.bank_ref, event.note, event.origin) == (
        "operating",
        None,
        DAY,
        "B-9",
        "电梯广告",
        recording.origin,
    )
    assert event.lines == (
        IncomeLine(unit="101", amount_fen=28_641),
        IncomeLine(unit="102", amount_fen=32_861),
        IncomeLine(unit="201", amount_fen=38_498),
    )
    assert b1.balances("B1") == {
        ("B1", "101"): (28_641, 0),
        ("B1", "102"): (32_861, 0),
        ("B1", "201"): (38_498, 0),
    }


def test_an_income_of_a_unit_is_its_own(b1):
    b1.execute(income(7, "102", category="disposal"))
    event = b1.building_events("B1")[-1]
    assert (event.category, event.unit) == ("disposal", "102")
    assert event.lines == (IncomeLine(unit="102", amount_fen=7),)


def test_a_share_of_nothing_has_no_line(b1):
    b1.execute(income(1))
    assert b1.building_events("B1")[-1].lines == (IncomeLine(unit="201", amount_fen=1),)


def test_in_sold_public_housing_it_is_the_owners(office):
    office.execute(office.units("B1", {"101": 100}, "public"), office.units("B1", {"102": 300}))
    office.execute(income(100))
    assert office.balances("B1") == {
        ("B1", "101"): (25, 0),
        ("B1", "101/seller"): (0, 0),
        ("B1", "102"): (75, 0),
    }


@BOTH
def test_every_refusal_is_told(b1, recording):
    assert refused(b1, income(0, "999", on=date(2026, 11, 24)), recording=recording) == [
        ("date-future", "value_date", None),
        ("amount-not-positive", "amount_fen", None),
        ("unit-unknown", "unit", None),
    ]
    assert refused(b1, income(10**14, code="B9"), recording=recording) == [
        ("amount-too-large", "amount_fen", None),
        ("building-unknown", "building", None),
    ]


def test_a_building_without_units_has_nobody_to_share(office):
    office.register("B1", {})
    assert [type(event) for event in office.building_events("B1")] == [BuildingOpened]
    assert refused(office, income(5)) == [("units-missing", "building", None)]


def test_a_kept_refusal_names_the_command_and_the_building(b1):
    with pytest.raises(Refused):
        b1.execute(income(0), recording=LIVE)
    (event,) = b1.events(b1.everything()[-1][0])
    assert (event.command, event.subject, event.codes) == ("credit-income", "B1", ("amount-not-positive",))


@BOTH
def test_it_is_reversed_line_by_line_each_once(b1, recording):
    b1.execute(income(100_000))
    b1.execute(ReverseEntry(stream="building/B1", version=3, reason="误录", lines=(1,)), recording=recording)
    event = b1.building_events("B1")[-1]
    assert isinstance(event, EntryReversed)
    assert event.value_date == DAY
    assert [(line.unit, line.kind, line.principal_fen, line.interest_fen) for line in event.lines] == [
        ("102", "income", -32_861, 0)
    ]
    assert b1.balances("B1")["B1", "102"] == (0, 0)
    again = ReverseEntry(stream="building/B1", version=3, reason="误录")
    assert refused(b1, again, recording=recording) == [("already-reversed", "lines", 1)]


def test_an_income_weighs_from_its_day_on(b1):
    """101 has 300 for ten days, 102 gets 300 for the last five."""
    b1.execute(b1.deposit("B1", "101", 300, date(2019, 1, 1)), b1.gains(300, on=date(2019, 1, 2)))
    b1.execute(income(300, "102", on=date(2019, 1, 6)), income(300, "201", on=date(2019, 1, 11)))
    b1.distribute(date(2019, 1, 10))
    assert b1.balances("B1") == {
        ("B1", "101"): (300, 200),
        ("B1", "102"): (300, 100),
        ("B1", "201"): (300, 0),
    }


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from([None, "101", "102", "201"])), max_size=6),
    st.randoms(use_true_random=False),
)
def test_every_fen_is_credited_in_any_order(new_office, incomes, shuffler):
    """The plain rule: rounded down by area, what is left goes to the largest remainders, then the lowest."""
    expected = dict.fromkeys(AREAS, 0)
    for amount, only in incomes:
        if only:
            expected[only] += amount
            continue
        whole = sum(AREAS.values())
        shares = {unit: amount * area // whole for unit, area in AREAS.items()}
        left = sorted(AREAS, key=lambda unit: (-(amount * AREAS[unit] % whole), unit))
        for unit in left[: amount - sum(shares.values())]:
            shares[unit] += 1
        for unit, part in shares.items():
            expected[unit] += part
    office = new_office()
    office.register("B1", AREAS)
    shuffler.shuffle(incomes)
    office.execute(*(income(amount, unit) for amount, unit in incomes))
    assert office.balances("B1") == {("B1", unit): (amount, 0) for unit, amount in expected.items()}
