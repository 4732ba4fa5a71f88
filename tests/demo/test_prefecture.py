"""What each county must come out to: shares of the published totals, exact at every scale."""

from decimal import Decimal
from random import Random

import pytest

from demo.plants import costs, plants, thrifty
from demo.prefecture import PLACES, parse_scale, quotas, spending, totals
from ledger import policy
from ledger.errors import InputError

SCALES = [Decimal(text) for text in ("0.01", "0.017", "0.333", "1", "3", "10", "33.3")]


def test_published_totals_at_scale_one() -> None:
    whole = totals(Decimal(1))
    assert whole.collected == 1_079_000_000_00
    assert whole.growth == 57_101_300_00
    assert whole.deposits == 1_021_898_700_00
    assert whole.withdrawn == 10_572_000_00
    assert whole.balance == 1_068_428_000_00


@pytest.mark.parametrize("scale", SCALES)
def test_counties_add_up(scale: Decimal) -> None:
    counties = quotas(scale)
    whole = totals(scale)
    assert sum(quota.deposits for quota in counties) == whole.deposits
    assert sum(quota.growth for quota in counties) == whole.growth
    assert all(quota.estates for quota in counties)
    assert sum(len(quota.estates) for quota in counties) == max(10, int(1009 * scale + Decimal("0.5")))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", range(5))
def test_every_county_but_the_thrifty_uses_more_than_the_threshold(scale: Decimal, seed: int) -> None:
    planted = plants(scale, Random(seed))
    counties = quotas(scale)
    few = thrifty(planted)
    spent = spending(counties, costs(planted), few, totals(scale).withdrawn)
    assert sum(spent.values()) == totals(scale).withdrawn
    for quota in counties:
        used = spent[quota.place.code] * 1000
        assert used >= costs(planted).get(quota.place.code, 0) * 1000
        assert (used < quota.collected * 3) if quota.place.code in few else (used >= quota.collected * 6)


def test_estates_by_management_at_scale_one() -> None:
    kinds = [kind for quota in quotas(Decimal(1)) for kind in quota.estates]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "professional": 457,
        "self": 370,
        "community": 42,
        "other": 140,
    }


def test_counties_are_those_of_the_policy() -> None:
    known = policy.load()
    assert [(place.code, known.county(place.code).name) for place in PLACES] == [
        (place.code, place.name) for place in PLACES
    ]
    assert [place.code for place in PLACES] == sorted(place.code for place in PLACES)


@pytest.mark.parametrize("text", ["0", "-1", "0.009", "1001", "NaN", "Infinity", "viel", ""])
def test_scale_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_scale(text)
    assert refused.value.code == "scale-invalid"
