"""I53, and what opening balances mean for I01, I07, I43 and I44."""

import pytest

C = "532301"


@pytest.fixture
def taken_over(ledger):
    """Two units whose money comes from older books, and one that paid here."""
    ledger.building("B2", {"101": 10000, "102": 10000, "103": 10000})
    ledger.opening("B2", {"101": 900_000, "102": 5}, on_day="2012-12-31")
    ledger.deposit("B2", {"103": 930_000}, on_day="2013-01-01")
    return ledger


def test_an_opening_balance_with_papers_is_in_order(taken_over):
    assert taken_over.found() == []


def test_without_papers_it_is_one_finding_a_building(taken_over):
    bare = taken_over.opening("B2", {"103": 11}, on_day="2012-12-30", basis=None)
    more = taken_over.opening("B1", {"101": 7, "102": 8}, on_day="2009-07-14", basis=None)
    again = taken_over.opening("B1", {"201": 9}, on_day="2009-07-14", basis=None)
    assert taken_over.found() == [
        ("I53", f"{C} E1 B1", "0.24", (more, again)),
        ("I53", f"{C} E1 B2", "0.11", (bare,)),
    ]
    assert "有 3 个账户的期初余额共 0.24 元没有登记依据" in taken_over.findings()[0].message


@pytest.mark.parametrize(
    ("on_day", "found"), [("2012-12-30", True), ("2012-12-31", True), ("2013-01-01", False)]
)
def test_entries_of_the_day_or_before_are_counted_twice(taken_over, on_day, found):
    deposit = taken_over.deposit("B2", {"101": 77}, on_day=on_day, kind="top-up")
    expected = [("I53", f"{C} E1 B2 101", "0.77", ("building/B2@3", deposit))]
    assert taken_over.found() == (expected if found else [])


def test_a_selling_units_part_is_an_account_of_its_own(ledger):
    ledger.building("B2", {"101": 10000}, fund="public")
    ledger.opening("B2", {"101": 5}, on_day="2012-12-31", part="seller")
    ledger.deposit("B2", {"101": 77}, on_day="2012-12-30")
    assert ledger.found() == []


def test_what_was_reversed_is_counted_once(taken_over):
    deposit = taken_over.deposit("B2", {"101": 77}, on_day="2012-12-30", kind="top-up")
    taken_over.reverse(deposit, (0, "101", "deposit", -77))
    bare = taken_over.opening("B2", {"103": 11}, on_day="2012-12-31", basis=None)
    taken_over.reverse(bare, (0, "103", "opening", -11))
    assert taken_over.found() == []


def test_an_opening_principal_is_no_first_deposit(ledger):
    """I44 has no floor to measure by, I07 nothing to compare, and I01 sees that the unit has paid."""
    ledger.building("B2", {"101": 10000}, warranty_until="2010-06-30")
    ledger.opening("B2", {"101": 900_000}, on_day="2012-12-31")
    ledger.repair(
        "P2", "2014-03-01", buildings=("B2",), budget=899_999, settled=899_999,
        payments=(("first", 899_999, "2014-05-01", {}),),
    )  # fmt: skip
    assert ledger.found() == []


def test_an_account_pays_from_its_opening_balance_and_no_more(ledger):
    ledger.building("B2", {"101": 10000}, warranty_until="2010-06-30")
    ledger.opening("B2", {"101": 900_000}, on_day="2012-12-31")
    ledger.repair(
        "P2", "2014-03-01", buildings=("B2",), budget=900_001, settled=900_001,
        payments=(("first", 900_001, "2014-05-01", {}),),
    )  # fmt: skip
    assert ledger.found() == [("I43", f"{C} E1 B2 101", "0.01", ("building/B2@4",))]
