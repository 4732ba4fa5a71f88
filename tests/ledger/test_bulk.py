"""A developer deposits for a whole building (整幢代交): one event, each unit exactly what it owes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commands import CollectBulk, ExemptUnit, IssueReceipts, OverrideDue, Recording
from ledger.errors import Refused
from ledger.events import CommandRefused, DepositCollected

LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])
DAY = date(2019, 6, 30)
AREAS = {"102": 10247, "101": 8931, "201": 12005}
DUES = {unit: area * 93 for unit, area in AREAS.items()}
ALL = sum(DUES.values())


def bulk(total_fen=ALL, units=(), on=DAY, **own):
    own = {"payer_ref": "p-firm", "bank_ref": "BK1", "account": "6222"} | own
    return CollectBulk(building="B1", value_date=on, total_fen=total_fen, units=units, **own)


def refused(office, command, recording=LIVE):
    """Code and message; the log grows by one refusal when live, and by nothing when history."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(command, recording=recording)
    added = office.everything()[len(before) :]
    assert office.everything()[: len(before)] == before
    kept = [event for stream, _, _ in added for event in office.events(stream)]
    assert [type(event) for event in kept] == [CommandRefused] * (recording.origin == "live")
    return [(found.code, found.message) for found in caught.value.refusals]


def codes(*arguments):
    return [code for code, _ in refused(*arguments)]


@pytest.fixture
def b1(office):
    office.register("B1", AREAS)
    return office


@BOTH
def test_one_event_with_a_line_a_unit_in_the_order_of_unit_numbers(b1, recording):
    outcome = b1.execute(bulk(receipt_no="0009"), recording=recording)
    assert len(outcome.events) == 1
    event = b1.building_events("B1")[-1]
    assert isinstance(event, DepositCollected)
    assert (event.kind, event.value_date, event.origin) == ("first", DAY, recording.origin)
    assert [(line.unit, line.part, line.amount_fen, line.receipt_no) for line in event.lines] == [
        ("101", "owner", DUES["101"], "0009"),
        ("102", "owner", DUES["102"], "0010"),
        ("201", "owner", DUES["201"], "0011"),
    ]
    assert {(line.payer_ref, line.bank_ref, line.account) for line in event.lines} == {
        ("p-firm", "BK1", "6222")
    }


@BOTH
@pytest.mark.parametrize("off", [-1, 1])
def test_the_total_must_be_the_sum_of_what_is_due(b1, recording, off):
    [(code, message)] = refused(b1, bulk(ALL + off), recording)
    assert code == "bulk-total"
    assert f"{(ALL + off) // 100}.{(ALL + off) % 100:02d}" in message
    assert f"3 户应交合计 {ALL // 100}.{ALL % 100:02d}" in message


def test_units_that_have_paid_are_not_charged_again(b1):
    b1.execute(b1.deposit("B1", "101", 1, DAY))
    assert codes(b1, bulk()) == ["bulk-total"]
    assert codes(b1, bulk(units=("101", "102"))) == ["unit-paid"]
    b1.execute(bulk(DUES["102"] + DUES["201"]), recording=LIVE)
    assert codes(b1, bulk()) == ["units-missing", "bulk-total"][:1]


def test_exempt_units_are_left_out_and_decided_dues_count(b1):
    b1.execute(
        ExemptUnit(building="B1", unit="101", reason="sole-owner", decided_on=DAY),
        OverrideDue(building="B1", unit="102", due_fen=777, reason="面积争议", decided_on=DAY),
    )
    assert codes(b1, bulk(units=("101",))) == ["unit-exempt"]
    b1.execute(bulk(DUES["201"] + 777), recording=LIVE)
    assert b1.balances("B1")["B1", "102"] == (777, 0)


def test_some_units_only(b1):
    b1.execute(bulk(DUES["201"], units=("201",)), recording=LIVE)
    assert b1.balances("B1") == {
        ("B1", "101"): (0, 0),
        ("B1", "102"): (0, 0),
        ("B1", "201"): (DUES["201"], 0),
    }


@BOTH
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (bulk(units=("999",)), ["unit-unknown"]),
        (bulk(units=("101", "101")), ["unit-twice"]),
        (bulk(0), ["amount-not-positive"]),
        (bulk(10**14), ["amount-too-large"]),
        (bulk(on=date(2026, 11, 24)), ["date-future"]),
        (bulk(receipt_no="AB"), ["range-invalid"]),
        (bulk(receipt_no="98"), ["range-invalid"]),
    ],
)
def test_what_no_ledger_may_take(b1, recording, command, expected):
    assert codes(b1, command, recording) == expected


@BOTH
def test_without_a_standard_nothing_is_charged(office, recording):
    office.register("B1", AREAS, fund="public")
    assert codes(office, bulk(), recording) == ["due-unknown"] * 3


@BOTH
def test_a_building_must_be_known(office, recording):
    assert codes(office, bulk(), recording) == ["building-unknown"]


def test_receipts_must_be_issued_and_unused(b1):
    b1.execute(IssueReceipts(code="C", first="0001", last="0010", value_date=DAY, holder="鹿城物业"))
    assert codes(b1, bulk(receipt_no="0009")) == ["receipt-not-issued"]
    b1.execute(b1.deposit("B1", "201", 5, DAY, "0002"), recording=LIVE)
    assert codes(b1, bulk(DUES["101"] + DUES["102"], receipt_no="0001")) == ["receipt-used"]
    b1.execute(bulk(DUES["101"] + DUES["102"], receipt_no="0003"), recording=LIVE)


@given(areas=st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_the_lines_are_the_dues_and_sum_to_the_total(new_office, areas):
    office = new_office()
    units = {f"{number:03}": area for number, area in enumerate(areas)}
    office.register("B1", units)
    office.execute(bulk(93 * sum(areas)), recording=LIVE)
    assert [held for held, _ in office.balances("B1").values()] == [93 * area for area in areas]
