"""Sharing (分摊) by name: exact, and independent of the order in which names are given."""

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import building
from ledger.events import UnitLine, UnitsRegistered
from ledger.sharing import repair_shares, share


def test_the_worked_example() -> None:
    assert share(100_000, {"103": 12_005, "101": 8_931, "102": 10_247}) == {
        "101": 28_641,
        "102": 32_861,
        "103": 38_498,
    }


def test_ties_go_to_the_lowest_name_by_code_point() -> None:
    assert share(2, {"b": 1, "2": 1, "10": 1, "B": 1}) == {"10": 1, "2": 1, "B": 0, "b": 0}
    assert share(1, {("B2", "101"): 1, ("B10", "999"): 1}) == {("B10", "999"): 1, ("B2", "101"): 0}


@given(
    st.integers(0, 10**12),
    st.dictionaries(st.text(min_size=1, max_size=5), st.integers(0, 10**7), min_size=1).filter(
        lambda weights: any(weights.values())
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_names_does_not_matter(
    total: int, weights: dict[str, int], shuffler: random.Random
) -> None:
    names = list(weights)
    shuffler.shuffle(names)
    assert share(total, {name: weights[name] for name in names}) == share(total, weights)
    assert sum(share(total, weights).values()) == total


def test_a_repair_is_shared_over_all_units_of_the_scope_at_once() -> None:
    scope = {"B2": _units({"101": 1}), "B1": _units({"102": 1, "101": 1}), "B3": building.EMPTY}
    assert repair_shares(4, scope) == {"B1": {"101": 2, "102": 1}, "B2": {"101": 1}, "B3": {}}


def test_without_units_nothing_can_be_shared() -> None:
    with pytest.raises(ValueError, match="weights"):
        repair_shares(4, {"B3": building.EMPTY})


def _units(areas: dict[str, int]) -> building.State:
    event = UnitsRegistered(
        actor="officer-1",
        recorded_at=datetime(2026, 11, 23, tzinfo=UTC),
        value_date=date(2010, 1, 1),
        origin="history",
        policy="p1",
        lines=tuple(
            UnitLine(unit=unit, fund="commodity", usage="residential", area_dm2=area)
            for unit, area in areas.items()
        ),
    )
    return building.apply(building.EMPTY, event)
