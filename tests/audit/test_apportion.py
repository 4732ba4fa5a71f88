"""The second witness's own splitting agrees with the ledger's, to the fen, and with the published example."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from audit.apportion import apportion
from ledger.money import split

WEIGHTS = st.lists(st.integers(0, 10**16), min_size=1, max_size=30).filter(any)


def shares(total, weights):
    frame = pl.DataFrame(
        {
            "group": "g",
            "name": [f"{number:02d}" for number in range(len(weights))],
            "total": total,
            "weight": weights,
        },
        schema={"group": pl.String, "name": pl.String, "total": pl.Int64, "weight": pl.Int64},
    )
    return apportion(frame, "total", "weight", ["group"], ["name"]).to_list()


def test_a_thousand_yuan_over_three_flats_by_area():
    assert shares(100_000, [8931, 10247, 12005]) == [28641, 32861, 38498]


def test_fen_left_over_go_to_the_first_of_equals():
    assert shares(5, [1, 1, 1]) == [2, 2, 1]


def test_nothing_can_be_shared_where_nothing_weighs():
    assert shares(5, [0, 0]) == [None, None]


@given(st.integers(0, 10**14 - 1), WEIGHTS)
def test_two_witnesses_split_alike(total, weights):
    assert shares(total, weights) == split(total, weights)


@given(st.lists(st.tuples(st.integers(0, 10**10), WEIGHTS), min_size=1, max_size=5), st.randoms())
def test_many_groups_at_once_in_any_order_of_rows(groups, order):
    rows = [
        (f"g{group}", f"{number:02d}", total, weight, share)
        for group, (total, weights) in enumerate(groups)
        for number, (weight, share) in enumerate(zip(weights, split(total, weights), strict=True))
    ]
    order.shuffle(rows)
    frame = pl.DataFrame(rows, schema=["group", "name", "total", "weight", "expected"], orient="row")
    found = apportion(frame, "total", "weight", ["group"], ["name"])
    assert found.to_list() == frame["expected"].to_list()
