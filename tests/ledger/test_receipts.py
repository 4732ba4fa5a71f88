"""Special receipts (专用票据): handed out in ranges, used once, voided when spoilt."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import receipts
from ledger.commands import IssueReceipts, Recording, VoidReceipts
from ledger.errors import Refused
from ledger.events import CommandRefused, ReceiptCodesEntered, ReceiptsIssued, ReceiptsVoided
from ledger.receipts import range_of

DAY = date(2019, 6, 30)
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])


def issue(first, last, code="53230119", **own):
    return IssueReceipts(code=code, first=first, last=last, value_date=DAY, holder="鹿城物业", **own)


def void(first, last, code="53230119"):
    return VoidReceipts(code=code, first=first, last=last, value_date=DAY, reason="填写错误")


def refused(office, *commands, recording=LIVE):
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
    office.register("B1", {"101": 8931, "102": 10247})
    return office


@BOTH
def test_a_range_is_handed_out_and_its_code_is_known(office, recording):
    office.execute(issue("0001", "0100"), issue("0101", "0200"), recording=recording)
    first, second = office.events("receipts/53230119")
    assert isinstance(first, ReceiptsIssued)
    assert (first.first, first.last, first.holder, first.value_date) == ("0001", "0100", "鹿城物业", DAY)
    assert (second.first, second.origin) == ("0101", recording.origin)
    [codes] = office.events("receipt-codes")
    assert isinstance(codes, ReceiptCodesEntered)
    assert codes.codes == ("53230119",)


@BOTH
@pytest.mark.parametrize(
    ("first", "last"), [("0100", "0100"), ("0001", "0001"), ("0050", "0060"), ("0000", "0999")]
)
def test_a_receipt_is_handed_out_once(office, recording, first, last):
    office.execute(issue("0001", "0100"))
    assert refused(office, issue(first, last), recording=recording) == [("range-overlaps", "first", None)]


@pytest.mark.parametrize(
    "other", [issue("0101", "0101"), issue("00001", "00100"), issue("0001", "0100", "X")]
)
def test_other_numbers_widths_and_codes_do_not_overlap(office, other):
    office.execute(issue("0001", "0100"))
    office.execute(other)
    assert refused(office, other) == [("range-overlaps", "first", None)]


def test_numbers_may_have_a_prefix(b1):
    b1.execute(issue("楚A0001", "楚A0100"))
    b1.execute(b1.deposit("B1", "101", 500, DAY, "楚A0100"), recording=LIVE)
    for number in ("楚B0100", "0100", "楚A0101", "楚A"):
        assert refused(b1, b1.deposit("B1", "101", 500, DAY, number)) == [
            ("receipt-not-issued", "receipt_no", 0)
        ]


@BOTH
@pytest.mark.parametrize("make", [issue, void])
@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("0002", "0001", "range-invalid"),
        ("1", "10", "range-invalid"),
        ("A1", "B2", "range-invalid"),
        ("AB", "AB", "range-invalid"),
        ("", "", "range-invalid"),
        ("１", "２", "range-invalid"),
        ("0" * 21, "0" * 21, "range-invalid"),
        ("000000", "100000", "range-too-long"),
    ],
)
def test_what_is_no_range_is_refused(office, recording, make, first, last, code):
    assert [found[0] for found in refused(office, make(first, last), recording=recording)] == [code]


def test_without_any_issued_receipts_a_deposit_may_bear_any_number(b1):
    b1.execute(b1.deposit("B1", "101", 500, DAY, "77"), recording=LIVE)
    assert b1.account("B1", "101").balance_fen == 500


def test_a_deposit_bears_an_issued_receipt(b1):
    b1.execute(issue("0001", "0100"), issue("9001", "9100", "other"))
    for number in ("0001", "0100", "9050"):
        b1.execute(b1.deposit("B1", "101", 500, DAY, number), recording=LIVE)
    for number in ("0000", "0101", "001", "00001", "9101"):
        assert refused(b1, b1.deposit("B1", "101", 500, DAY, number)) == [
            ("receipt-not-issued", "receipt_no", 0)
        ]
    b1.execute(b1.deposit("B1", "101", 500, DAY, "0101"), recording=HISTORY)
    b1.execute(b1.deposit("B1", "101", 500, DAY), recording=LIVE)


def test_a_voided_receipt_stands_for_no_deposit(b1):
    b1.execute(issue("0001", "0100"))
    b1.execute(void("0007", "0008"), recording=LIVE)
    event = b1.events("receipts/53230119")[-1]
    assert isinstance(event, ReceiptsVoided)
    assert (event.first, event.last, event.reason, event.origin) == ("0007", "0008", "填写错误", "live")
    for number in ("0007", "0008"):
        assert refused(b1, b1.deposit("B1", "101", 500, DAY, number)) == [("receipt-void", "receipt_no", 0)]
    b1.execute(b1.deposit("B1", "101", 500, DAY, "0009"), recording=LIVE)


def test_a_number_voided_under_one_code_may_be_good_under_another(b1):
    b1.execute(issue("0001", "0100"), issue("0001", "0100", "other"), void("0007", "0007"))
    b1.execute(b1.deposit("B1", "101", 500, DAY, "0007"), recording=LIVE)
    assert b1.account("B1", "101").balance_fen == 500


def test_only_what_was_issued_and_neither_used_nor_voided_is_voided(b1):
    b1.execute(issue("0001", "0050"), issue("0051", "0100"))
    b1.execute(b1.deposit("B1", "101", 500, DAY, "0060"), recording=LIVE)
    b1.execute(void("0049", "0052"), recording=LIVE)
    for first, last, code in [
        ("0100", "0101", "receipt-not-issued"),
        ("0060", "0060", "receipt-used"),
        ("0055", "0065", "receipt-used"),
        ("0052", "0053", "receipt-void"),
    ]:
        assert refused(b1, void(first, last)) == [(code, "first", None)]
    b1.execute(void("0060", "0060"), void("0052", "0053"), void("0100", "0101"), recording=HISTORY)


def test_a_batch_sees_what_it_issued_before(b1):
    paid = b1.deposit("B1", "101", 500, DAY, "0101")
    b1.execute(issue("0001", "0100"))
    b1.execute(issue("0101", "0200"), paid, recording=LIVE)
    assert refused(b1, issue("0201", "0300"), void("0201", "0300"), void("0300", "0300")) == [
        ("receipt-void", "first", None)
    ]


NUMBERS = st.tuples(st.integers(0, 99), st.integers(0, 99), st.sampled_from([2, 3])).map(
    lambda found: range_of(*(f"{number:0{found[2]}d}" for number in sorted(found[:2])))
)


@given(ranges=st.lists(NUMBERS, max_size=6), voided=st.lists(NUMBERS, max_size=3))
def test_ranges_are_sets_of_numbers(ranges, voided):
    issued: list[receipts.Range] = []
    for asked in ranges:
        plain = set(asked.numbers())
        assert len(plain) == asked.size
        for other in issued:
            assert asked.shared(other) == len(plain & set(other.numbers()))
        if not any(asked.shared(other) for other in issued):
            issued.append(asked)
    state = receipts.State(issued=tuple(sorted(issued)), voided=tuple(voided))
    everything = {number for found in issued for number in found.numbers()}
    gone = {number for found in voided for number in found.numbers()}
    for width in (1, 2, 3):
        for number in range(100):
            text = f"{number:0{width}d}"
            assert state.has_issued(text) == (text in everything)
            assert state.has_voided(text) == (text in gone)
