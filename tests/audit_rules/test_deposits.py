"""I01, I07, I38: nothing deposited, the wrong amount deposited, and the receipts behind it."""

import pytest

from ledger import events as on
from ledger.identity import receipts_stream

C = "532301"


# I01 归集不完整


@pytest.mark.parametrize(
    ("completed_on", "found"),
    [
        ("2014-06-20", []),
        ("2014-06-19", [("I01", f"{C} E1 B2 101", "9300.00", ("building/B2@2",))]),
        (None, []),
    ],
)
def test_a_unit_completed_over_twelve_months_ago_without_deposit(ledger, completed_on, found):
    ledger.building("B2", {"101": 10000}, completed_on=completed_on)
    assert ledger.found() == found


def test_a_unit_whose_only_deposit_was_reversed_has_none(ledger):
    ledger.building("B2", {"101": 10000, "102": 10000})
    paid = ledger.deposit("B2")
    ledger.reverse(paid, (1, "102", "deposit", -930_000))
    assert ledger.found() == [("I01", f"{C} E1 B2 102", "9300.00", ("building/B2@2",))]


def test_an_estate_without_any_deposit_is_one_finding(ledger):
    ledger.building("B8", {"101": 10000, "102": 10000}, estate="E9")
    ledger.building("B9", {"101": 10000}, estate="E9", lift=False, storeys=8)
    assert ledger.found() == [("I01", f"{C} E9", "18600.00", ("building/B8@2", "building/B9@2"))]


# I07 交存标准


def test_one_fen_off_the_standard_is_a_finding(ledger):
    ledger.building("B2", {"101": 8931, "102": 10247})
    ledger.deposit("B2", {"101": 830_584, "102": 952_971})
    assert ledger.found() == [("I07", f"{C} E1 B2 101", "0.01", ("building/B2@3",))]


def test_first_deposits_add_up_and_the_standard_is_that_of_the_first_day(ledger):
    ledger.building("B2", {"101": 10000}, lift=False, storeys=6)
    ledger.deposit("B2", {"101": 700_000})
    ledger.deposit("B2", {"101": 50_000}, on_day="2010-01-01")
    ledger.deposit("B2", {"101": 123}, on_day="2011-01-01", kind="top-up")
    assert ledger.found() == []


def test_too_little_names_every_first_deposit(ledger):
    ledger.building("B2", {"101": 10000})
    ledger.deposit("B2", {"101": 700_000})
    ledger.deposit("B2", {"101": 50_000}, on_day="2010-01-01")
    assert ledger.found() == [("I07", f"{C} E1 B2 101", "1800.00", ("building/B2@3", "building/B2@4"))]
    assert "少交 1800.00 元" in ledger.findings()[0].message


def test_a_wrong_deposit_reversed_and_made_again_is_in_order(ledger):
    ledger.building("B2", {"101": 10000})
    wrong = ledger.deposit("B2", {"101": 1})
    ledger.reverse(wrong, (0, "101", "deposit", -1))
    ledger.deposit("B2")
    assert ledger.found() == []


@pytest.mark.parametrize("facts", [{"lift": False, "storeys": 7}, {"county": "999999"}, {"fund": "public"}])
def test_no_standard_nothing_to_test(ledger, facts):
    ledger.building("B2", {"101": 10000}, **facts)
    ledger.deposit("B2", {"101": 5})
    assert ledger.found("I07") == []


# I38 票据


def test_deposits_without_receipt_are_one_finding_a_building(ledger):
    ledger.building("B2", {"101": 10000, "102": 10000, "103": 10000})
    ledger.deposit("B2", {"101": 930_000, "102": 930_000}, receipts={"101": None})
    ledger.deposit("B2", {"103": 930_000}, receipts={"103": None})
    assert ledger.found() == [("I38", f"{C} E1 B2", "18600.00", ("building/B2@3", "building/B2@4"))]


def test_a_receipt_used_three_times_is_one_finding(ledger):
    ledger.building("B2", {"101": 10000, "102": 20000})
    ledger.deposit("B2", receipts={"101": "00000002", "102": "00000002"})
    assert ledger.found() == [("I38", C, "27900.00", ("building/B1@3", "building/B2@3"))]
    assert "使用 3 次（楼幢 B1 户 102、B2 户 101、B2 户 102）" in ledger.findings()[0].message


def test_the_same_number_in_another_county_is_another_receipt(ledger):
    ledger.building("B2", {"101": 10000}, county="532322", estate="E2")
    ledger.deposit("B2", on_day="2012-01-01", receipts={"101": "00000002"})
    assert ledger.found() == []


def test_a_second_use_that_was_reversed_is_no_finding(ledger):
    ledger.building("B2", {"101": 10000})
    again = ledger.deposit("B2", receipts={"101": "00000002"})
    ledger.reverse(again, (0, "101", "deposit", -930_000))
    ledger.deposit("B2")
    assert ledger.found() == []


def consecutive(ledger, numbers):
    """Deposits of one building with these receipt numbers, one a unit."""
    units = {f"{unit:03d}": 10000 for unit in range(len(numbers))}
    ledger.building("B2", units, county="532322", estate="E2")
    return [
        ledger.deposit("B2", {unit: 930_000}, on_day="2012-01-01", receipts={unit: f"楚A{number:06d}"})
        for unit, number in zip(units, numbers, strict=True)
    ]


def test_a_run_of_missing_numbers_is_one_finding(ledger):
    ids = consecutive(ledger, [*range(1, 12), *range(14, 23)])
    assert ledger.found() == [("I38", "532322", "0.00", (ids[10], ids[11]))]
    assert "楚A000012 至 楚A000013 共 2 个断号" in ledger.findings()[0].message


def test_two_gaps_are_two_findings_in_whatever_order_they_were_used(ledger):
    numbers = [number for number in range(1, 31) if number not in (5, 20)]
    ids = consecutive(ledger, numbers[::-1])
    by_number = dict(zip(numbers[::-1], ids, strict=True))
    assert set(ledger.found()) == {
        ("I38", "532322", "0.00", (by_number[6], by_number[4])),
        ("I38", "532322", "0.00", (by_number[21], by_number[19])),
    }
    assert len({finding.id for finding in ledger.findings()}) == 2


@pytest.mark.parametrize(
    "numbers",
    [
        [*range(1, 11), *range(12, 21)],  # 19 numbers: too few to judge
        [*range(1, 11), *range(14, 24)],  # 20 of 23: under 90 %
        [*range(1, 21)],
    ],
)
def test_short_sparse_and_full_series_have_no_gaps(ledger, numbers):
    consecutive(ledger, numbers)
    assert ledger.found() == []


def test_the_number_of_a_reversed_deposit_was_used(ledger):
    ids = consecutive(ledger, [*range(1, 25)])
    ledger.reverse(ids[11], (0, "011", "deposit", -930_000))
    ledger.deposit("B2", {"011": 930_000}, on_day="2012-01-01", receipts={"011": "楚A000025"})
    assert ledger.found() == []


def issued(ledger, first, last, code="A", on_day="2000-01-01", kind=on.ReceiptsIssued):
    ledger.append(receipts_stream(code), kind, on_day, first=first, last=last)


def test_deposits_on_receipts_that_nobody_issued_are_one_finding_a_building(ledger):
    issued(ledger, "00000001", "00099999")
    ledger.building("B2", {"101": 10000, "102": 10000, "103": 10000})
    bad = ledger.deposit("B2", receipts={"101": "90000001", "102": "90000002", "103": "00000777"})
    assert ledger.found() == [("I38", f"{C} E1 B2", "18600.00", (bad,))]
    assert "2 笔交存共 18600.00 元的票据没有领用或已经作废（如 90000001）" in ledger.findings()[0].message


def test_a_deposit_before_receipts_were_issued_at_all_is_no_finding(ledger):
    issued(ledger, "00000001", "00099999", on_day="2999-01-01")
    ledger.building("B2", {"101": 10000})
    ledger.deposit("B2", receipts={"101": "90000001"})
    assert ledger.found() == []


def test_a_deposit_on_a_void_receipt_is_found_unless_another_code_issued_the_number(ledger):
    issued(ledger, "00000001", "00099999")
    issued(ledger, "00000700", "00000800", kind=on.ReceiptsVoided, on_day="2011-01-01")
    ledger.building("B2", {"101": 10000})
    bad = ledger.deposit("B2", receipts={"101": "00000777"})
    assert ledger.found() == [("I38", f"{C} E1 B2", "9300.00", (bad,))]
    issued(ledger, "00000777", "00000777", code="B")
    assert ledger.found() == []
