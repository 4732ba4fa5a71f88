"""Sharing (分摊) by name: exact, and independent of the order in which names are given."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import building
from ledger.events import DepositCollected, DepositLine, UnitLine, UnitsRegistered
from ledger.identity import Fund, Part
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
    assert repair_shares(4, scope) == (
        {("B1", "101", "owner"): 2, ("B1", "102", "owner"): 1, ("B2", "101", "owner"): 1},
        0,
    )


def test_only_chosen_units_are_charged_and_the_developer_for_those_not_sold() -> None:
    scope = {"B1": _units({"101": 1, "102": 1, "103": 2})}
    shares = repair_shares(9, scope, {("B1", "101")}, {("B1", "103")})
    assert shares == ({("B1", "101", "owner"): 3}, 6)


def test_the_worked_example_of_a_mixed_building() -> None:
    """1,000.00 yuan by area first; the 600.00 of public units by deposits, 4,500 : 3,000 = 360 : 240."""
    scope = {
        "B1": _deposited(
            {"101": ("commodity", 4000), "201": ("public", 4500), "202": ("public", 1500)},
            {("201", "owner"): 350_000, ("202", "owner"): 100_000, ("201", "seller"): 100_001}
            | {("202", "seller"): 199_999},
        )
    }
    assert repair_shares(100_000, scope).accounts == {
        ("B1", "101", "owner"): 40_000,
        ("B1", "201", "owner"): 27_000,
        ("B1", "201", "seller"): 8_000,
        ("B1", "202", "owner"): 9_000,
        ("B1", "202", "seller"): 16_000,
    }


@given(
    st.integers(1, 10**12),
    st.lists(
        st.tuples(st.booleans(), st.integers(1, 10**6), st.integers(0, 10**8), st.integers(0, 10**8)),
        min_size=1,
        max_size=8,
    ),
    st.data(),
)
def test_every_fen_is_borne_and_selling_units_bear_by_their_deposits(
    cost: int, units: list[tuple[bool, int, int, int]], data: st.DataObject
) -> None:
    areas: dict[str, tuple[Fund, int]] = {}
    money: dict[tuple[str, Part], int] = {}
    for number, (public, area, owned, sold) in enumerate(units):
        areas[f"{number}"] = "public" if public else "commodity", area
        money[f"{number}", "owner"] = owned
        if public:
            money[f"{number}", "seller"] = sold
    scope = {"B1": _deposited(areas, money)}
    unsold = {("B1", data.draw(st.sampled_from(sorted(areas))))} if data.draw(st.booleans()) else set()
    shares = repair_shares(cost, scope, (), unsold)
    assert sum(shares.accounts.values()) + shares.developer_fen == cost
    by_area = share(cost, {("B1", name): area for name, (_, area) in areas.items()})
    assert shares.developer_fen == sum(by_area[place] for place in unsold)
    public_names = [n for n, (fund, _) in areas.items() if fund == "public" and ("B1", n) not in unsold]
    total = sum(by_area["B1", name] for name in public_names)
    owned, sold = (sum(money[name, part] for name in public_names) for part in ("owner", "seller"))
    of_sellers = sum(amount for (_, _, part), amount in shares.accounts.items() if part == "seller")
    exact = Fraction(total * sold, owned + sold) if sold else Fraction(0)
    assert abs(of_sellers - exact) < 1
    for (_, unit, part), amount in shares.accounts.items():
        if part == "seller":
            assert abs(amount - Fraction(of_sellers * money[unit, part], sold)) < 1


def test_without_units_nothing_can_be_shared() -> None:
    with pytest.raises(ValueError, match="weights"):
        repair_shares(4, {"B3": building.EMPTY})


def _units(areas: dict[str, int]) -> building.State:
    return _deposited({unit: ("commodity", area) for unit, area in areas.items()}, {})


def _deposited(
    areas: Mapping[str, tuple[Fund, int]], money: Mapping[tuple[str, Part], int]
) -> building.State:
    said: dict[str, Any] = {
        "actor": "officer-1",
        "recorded_at": datetime(2026, 11, 23, tzinfo=UTC),
        "value_date": date(2010, 1, 1),
        "origin": "history",
        "policy": "p1",
    }
    registered = UnitsRegistered(
        **said,
        lines=tuple(
            UnitLine(unit=unit, fund=fund, usage="residential", area_dm2=area)
            for unit, (fund, area) in areas.items()
        ),
    )
    deposits = tuple(
        DepositLine(unit=unit, part=part, amount_fen=amount) for (unit, part), amount in money.items()
    )
    state = building.apply(building.EMPTY, registered)
    return building.apply(state, DepositCollected(**said, kind="first", lines=deposits))
