"""Matching (勾对) as plain data: given both sides, what is left on either."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.matching import Moved, match

DAY = date(2019, 6, 30)
NEXT = date(2019, 7, 1)


def side(name, *movements):
    """Movements as (amount, reference, day), later parts optional; each an event of its own unless named."""
    return [
        Moved(f"{name}@{number}", 0, day, amount, ref, county="532301", named=True)
        for number, (amount, ref, day) in enumerate(
            (amount, ref, day) for amount, ref, day in ((*each, None, DAY)[:3] for each in movements)
        )
    ]


def left(found):
    return (
        [(each.moved.event, each.reason) for each in found.bank],
        [(each.moved.event, each.reason) for each in found.ledger],
    )


CASES = {
    "nothing": ([], [], [], []),
    "same reference and amount, another day": ([(5, "r", NEXT)], [(5, "r", DAY)], [], []),
    "same amount and day, no references": ([(5, None, DAY)], [(5, None, DAY)], [], []),
    "same amount and day, the bank has a reference": ([(5, "r", DAY)], [(5, None, DAY)], [], []),
    "same amount and day, the ledger has a reference": ([(5, None, DAY)], [(5, "r", DAY)], [], []),
    "another day without reference": (
        [(5, None, NEXT)], [(5, None, DAY)], [("b@0", "missing")], [("l@0", "missing")],
    ),
    "different references never meet": (
        [(5, "r", DAY)], [(5, "s", DAY)], [("b@0", "missing")], [("l@0", "missing")],
    ),
    "in is not out": ([(5, None, DAY)], [(-5, None, DAY)], [("b@0", "missing")], [("l@0", "missing")]),
    "one transfer for several units": ([(9, "r", DAY)], [(5, "r", DAY), (4, "r", DAY)], [], []),
    "two transfers of one reference for one entry": ([(5, "r", DAY), (4, "r", DAY)], [(9, "r", DAY)], [], []),
    "same reference, one fen apart": (
        [(5, "r", DAY)], [(6, "r", DAY)], [("b@0", "amount-differs")], [("l@0", "amount-differs")],
    ),
    "a fee under the reference of the transfer": (
        [(5, "r", DAY), (-1, "r", DAY)], [(5, "r", DAY)], [("b@1", "reference-taken")], [],
    ),
    "booked twice": ([(5, "r", DAY)], [(5, "r", DAY), (5, "r", NEXT)], [], [("l@1", "reference-taken")]),
    "twice at the bank": ([(5, None, DAY), (5, None, DAY)], [(5, None, DAY)], [("b@1", "missing")], []),
    "numbers that begin anew each day": (
        [(5, "1", DAY), (5, "1", NEXT)], [(5, "1", NEXT)], [("b@0", "reference-taken")], [],
    ),
    "and one of them with a fee": (
        [(5, "1", DAY), (5, "1", NEXT), (-1, "1", NEXT)], [(5, "1", NEXT)],
        [("b@0", "reference-taken"), ("b@2", "reference-taken")], [],
    ),
    "a reference is stronger than a day": (
        [(5, None, DAY), (5, "r", NEXT)], [(5, "r", DAY)], [("b@0", "missing")], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_left(case):
    bank, ledger, only_bank, only_ledger = case
    assert left(match(side("b", *bank), side("l", *ledger))) == (only_bank, only_ledger)


def test_an_income_shared_over_units_is_one_transfer():
    shared = [
        Moved("building/B1@4", line, DAY, amount, named=True) for line, amount in enumerate((28, 33, 39))
    ]
    assert left(match(side("b", (100,)), shared)) == ([], [])


def test_an_entry_that_names_no_account_is_missing_only_in_counties_served():
    own = Moved("l@0", 0, DAY, 5, "r", county="532301")
    same = Moved("l@1", 0, DAY, 7, county="532301")
    other = Moved("l@2", 0, DAY, 8, county="532302")
    assert left(match(side("b", (5, "r")), [own, same, other])) == ([], [("l@1", "missing")])
    assert left(match(side("b", (6, "x")), [own, same, other])) == ([("b@0", "missing")], [])


MOVEMENTS = st.lists(
    st.tuples(
        st.integers(-3, 3).filter(bool), st.sampled_from([None, "r", "s"]), st.sampled_from([DAY, NEXT])
    ),
    max_size=8,
)


@given(MOVEMENTS, MOVEMENTS)
def test_what_is_matched_adds_up_and_what_is_left_has_no_equal(bank, ledger):
    sides = side("b", *bank), side("l", *ledger)
    found = match(*sides)
    gone = [
        sum(moved.amount_fen for moved in whole) - sum(each.moved.amount_fen for each in rest)
        for whole, rest in zip(sides, found, strict=True)
    ]
    assert gone[0] == gone[1]
    plain = [
        {(each.moved.day, each.moved.amount_fen) for each in rest if each.moved.bank_ref is None}
        for rest in found
    ]
    every = [{(each.moved.day, each.moved.amount_fen) for each in rest} for rest in found]
    assert not plain[0] & every[1]
    assert not plain[1] & every[0]
    with_reference = [
        {(each.moved.bank_ref, each.moved.amount_fen) for each in rest if each.moved.bank_ref}
        for rest in found
    ]
    assert not with_reference[0] & with_reference[1]


@given(MOVEMENTS, st.randoms(use_true_random=False))
def test_the_ledgers_own_movements_in_any_order_leave_nothing(movements, shuffler):
    bank = list(movements)
    shuffler.shuffle(bank)
    assert left(match(side("b", *bank), side("l", *movements))) == ([], [])
    assert Counter(bank) == Counter(movements)
