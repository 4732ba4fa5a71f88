"""I32, I33, I45, and what refunds mean for I07 and I44: money given back, and units that changed hands."""

import pytest

C = "532301"


@pytest.fixture
def paid(ledger):
    """B2 101 with a first deposit by the standard; ``ledger.first`` names it."""
    ledger.building("B2", {"101": 10000})
    ledger.first = ledger.deposit("B2")
    return ledger


# I32 重复退款


def test_a_deposit_given_back_once_is_in_order(paid):
    paid.refund("B2", "101", 930_000, of=paid.first, reason="cancelled")
    assert paid.found() == []


def test_interest_may_go_with_it(paid):
    paid.deposit("B2", {"101": 5_000}, on_day="2011-01-01", kind="top-up")
    paid.refund("B2", "101", 930_000, 4_000, of=paid.first, reason="cancelled")
    assert paid.found("I32") == []


def test_the_same_deposit_given_back_twice_is_one_finding(paid):
    once = paid.refund("B2", "101", 930_000, of=paid.first)
    again = paid.refund("B2", "101", 930_000, of=paid.first, on_day="2012-02-10")
    assert paid.found("I32") == [("I32", f"{C} E1 B2 101", "9300.00", (paid.first, once, again))]
    assert "退款 2 次共 18600.00 元" in paid.findings()[0].message


def test_one_fen_too_much_is_a_finding_and_none_too_much_is_not(paid):
    paid.deposit("B2", {"101": 5_000}, on_day="2011-01-01", kind="top-up")
    first = paid.refund("B2", "101", 500_000, of=paid.first)
    second = paid.refund("B2", "101", 430_000, of=paid.first)
    assert paid.found("I32") == []
    third = paid.refund("B2", "101", 1, of=paid.first)
    assert paid.found("I32") == [("I32", f"{C} E1 B2 101", "0.01", (paid.first, first, second, third))]


def test_a_second_refund_that_was_reversed_is_no_finding(paid):
    paid.refund("B2", "101", 930_000, of=paid.first)
    again = paid.refund("B2", "101", 930_000, of=paid.first)
    paid.reverse(again, (0, "101", "refund", 930_000))
    assert paid.found("I32") == []


def test_more_than_was_ever_deposited_without_a_receipt_is_a_finding_of_the_account(paid):
    one = paid.refund("B2", "101", 930_000)
    assert paid.found("I32") == []
    two = paid.refund("B2", "101", 930_000)
    assert paid.found("I32") == [("I32", f"{C} E1 B2 101", "9300.00", (one, two))]


# I33 年度


def test_a_refund_of_an_unknown_deposit_is_a_finding(paid):
    one = paid.refund("B2", "101", 100)
    two = paid.refund("B2", "101", 200)
    assert paid.found("I33") == [("I33", f"{C} E1 B2 101", "3.00", (one, two))]


@pytest.mark.parametrize(("on_day", "found"), [("2009-07-15", 0), ("2009-07-14", 1)])
def test_a_refund_before_its_deposit_is_a_finding(paid, on_day, found):
    paid.refund("B2", "101", 930_000, of=paid.first, on_day=on_day)
    assert len(paid.found("I33")) == found


def test_a_refund_whose_deposit_was_reversed_is_a_finding(paid):
    given = paid.refund("B2", "101", 930_000, of=paid.first)
    paid.reverse(paid.first, (0, "101", "deposit", -930_000))
    assert paid.found("I33") == [("I33", f"{C} E1 B2 101", "9300.00", (given,))]


def test_the_balance_of_a_destroyed_building_needs_no_deposit(paid):
    paid.refund("B2", "101", 930_000, reason="destroyed")
    assert paid.found() == []


# What refunds mean for I07 and I44


def test_too_much_deposited_and_given_back_is_in_order(ledger):
    ledger.building("B2", {"101": 10000})
    first = ledger.deposit("B2", {"101": 930_500})
    assert [rule for rule, *_ in ledger.found()] == ["I07"]
    ledger.refund("B2", "101", 500, of=first)
    assert ledger.found() == []


def test_given_back_too_little_is_still_a_finding(ledger):
    ledger.building("B2", {"101": 10000})
    first = ledger.deposit("B2", {"101": 930_500})
    ledger.refund("B2", "101", 499, of=first)
    assert ledger.found() == [("I07", f"{C} E1 B2 101", "0.01", (first,))]


def test_an_account_given_back_needs_no_top_up(paid):
    paid.refund("B2", "101", 930_000, of=paid.first, reason="cancelled")
    paid.deposit("B1", {"101": 1}, on_day="2016-01-01", kind="top-up")
    assert paid.found("I44") == []


def test_an_account_of_a_destroyed_building_needs_no_top_up(paid):
    paid.refund("B2", "101", 900_000, reason="destroyed")
    paid.deposit("B1", {"101": 1}, on_day="2016-01-01", kind="top-up")
    assert paid.found("I44") == []


# I45 过户


def test_changes_of_owner_in_order_are_no_finding(paid):
    paid.transfer("B2", "101", "p1", "2012-01-01")
    paid.transfer("B2", "101", "p2", "2013-01-01")
    paid.transfer("B2", "101", "p1", "2014-01-01")
    assert paid.found() == []


def test_a_later_one_recorded_first_leaves_a_former_owner_on_the_account(paid):
    later = paid.transfer("B2", "101", "p2", "2013-01-01")
    earlier = paid.transfer("B2", "101", "p1", "2012-01-01")
    assert paid.found() == [("I45", f"{C} E1 B2 101", "9300.00", (later, earlier))]
    assert "账户业主不是日期最近一次过户的业主" in paid.findings()[0].message


def test_a_change_to_the_same_owner_is_a_finding(paid):
    one = paid.transfer("B2", "101", "p1", "2012-01-01")
    two = paid.transfer("B2", "101", "p1", "2013-01-01")
    assert paid.found() == [("I45", f"{C} E1 B2 101", "9300.00", (one, two))]
    assert "同一人" in paid.findings()[0].message
