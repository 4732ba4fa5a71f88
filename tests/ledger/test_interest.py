"""Weights (积数) against a model that counts every day, and shares of a pool."""

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledger import building, interest
from ledger.building import Account, Posting
from ledger.events import (
    BuildingOpened,
    DepositCollected,
    DepositLine,
    EntryReversed,
    Event,
    InterestAccrued,
    InterestLine,
    ReversalLine,
    UnitLine,
    UnitsRegistered,
)
from ledger.stamp import Stamp

DAY0 = date(2019, 1, 1)
STAMP = Stamp(
    actor="officer-1",
    recorded_at=datetime(2026, 11, 23, tzinfo=UTC),
    origin="history",
    policy="p1",
    evidence=(),
    import_id=None,
)


def day(number: int) -> date:
    return DAY0 + timedelta(days=number)


def test_a_deposit_counts_from_its_day_to_the_boundary() -> None:
    account = Account(1_000, 0, 0, (Posting(3, date(2019, 12, 30), 1_000),))
    assert interest.weight(account, None, date(2020, 1, 1), 3) == 2_000


def test_a_posting_on_the_boundary_waits() -> None:
    account = Account(1_000, 0, 0, (Posting(3, date(2020, 1, 1), 1_000),))
    assert interest.weight(account, None, date(2020, 1, 1), 3) == 0


def test_a_posting_recorded_after_the_version_read_waits() -> None:
    account = Account(1_000, 0, 0, (Posting(4, date(2019, 1, 1), 1_000),))
    assert interest.weight(account, None, date(2020, 1, 1), 3) == 0


def test_what_is_settled_counts_between_the_boundaries() -> None:
    account = Account(900, 100, 1_000, (Posting(9, date(2019, 7, 1), -400),))
    assert interest.weight(account, date(2019, 1, 1), date(2020, 1, 1), 9) == 1_000 * 365 - 400 * 184


def test_a_posting_recorded_late_counts_from_its_own_day() -> None:
    account = Account(1_000, 0, 0, (Posting(9, date(2017, 12, 31), 1_000),))
    assert interest.weight(account, date(2019, 1, 1), date(2019, 1, 2), 9) == 1_000 * 367


def test_a_weight_below_zero_counts_as_zero() -> None:
    account = Account(-5, 0, 0, (Posting(2, date(2019, 1, 1), -5),))
    assert interest.weight(account, None, date(2020, 1, 1), 2) == 0


def test_figures_beyond_64_bits_stay_exact() -> None:
    account = Account(10**14 - 1, 0, 10**14 - 1, ())
    days = (date(2949, 10, 1) - date(1949, 10, 1)).days
    assert (
        interest.weight(account, date(1949, 10, 1), date(2949, 10, 1), 1) == (10**14 - 1) * days > 2**63 - 1
    )


postings = st.lists(
    st.tuples(st.integers(0, 400), st.integers(-(10**6), 10**6).filter(bool), st.integers(0, 3)),
    max_size=12,
)
boundaries = st.lists(st.integers(1, 420), min_size=1, max_size=4, unique=True).map(sorted)


@given(postings, boundaries)
def test_weights_agree_with_counting_every_day(entries: list[tuple[int, int, int]], ends: list[int]) -> None:
    """Each posting is recorded in one of four rounds; round k is distributed at boundary k.

    The model: an entry earns its amount for every day from its value date on, and each boundary gets the
    days that no earlier boundary gave it.
    """
    state = _opened()
    known: list[tuple[int, int]] = []
    paid: dict[int, int] = {}
    previous: int | None = None
    for number, end in enumerate(ends):
        for value_day, amount, turn in entries:
            if turn == number:
                state = building.apply(state, _entry(day(value_day), amount))
                known.append((value_day, amount))
        expected = 0
        for index, (value_day, amount) in enumerate(known):
            for counted in range(value_day, end):
                if paid.get(index, value_day) <= counted:
                    expected += amount
            paid[index] = max(paid.get(index, value_day), end)
        boundary, before = day(end), None if previous is None else day(previous)
        weights = interest.weights(state, "commodity", before, boundary, state.version)
        assert weights == {("101", "owner"): max(expected, 0)}
        state = building.apply(state, _settlement(number, boundary, state.version))
        previous = end
    settled = state.accounts["101", "owner"]
    assert settled.settled_fen + sum(posting.amount_fen for posting in settled.unsettled) == sum(
        amount for _, amount in known
    )


@given(postings.filter(bool), st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter(
    entries: list[tuple[int, int, int]], shuffler: random.Random
) -> None:
    shuffled = list(entries)
    shuffler.shuffle(shuffled)
    weights = []
    for order in (entries, shuffled):
        state = _opened()
        for value_day, amount, _ in order:
            state = building.apply(state, _entry(day(value_day), amount))
        weights.append(interest.weights(state, "commodity", None, day(200), state.version))
    assert weights[0] == weights[1]


def test_interest_earns_from_the_boundary_on() -> None:
    state = building.apply(_opened(), _entry(date(2019, 1, 1), 1_000))
    credited = InterestAccrued(
        **STAMP,
        value_date=date(2019, 12, 31),
        distribution="book/532301/commodity@2",
        fund="commodity",
        boundary=date(2020, 1, 1),
        settles=3,
        lines=(InterestLine(unit="101", interest_fen=50),),
    )
    state = building.apply(state, credited)
    weights = interest.weights(state, "commodity", date(2020, 1, 1), date(2020, 1, 11), state.version)
    assert weights == {("101", "owner"): 1_050 * 10}


def test_a_fund_of_the_same_building_is_left_alone() -> None:
    state = building.apply(
        _opened(),
        UnitsRegistered(
            **STAMP,
            value_date=DAY0,
            lines=(UnitLine(unit="201", fund="public", usage="residential", area_dm2=1),),
        ),
    )
    assert set(interest.weights(state, "public", None, day(9), 9)) == {("201", "owner"), ("201", "seller")}
    assert set(interest.weights(state, "commodity", None, day(9), 9)) == {("101", "owner")}
    line = DepositLine(unit="201", amount_fen=5)
    state = building.apply(state, DepositCollected(**STAMP, value_date=DAY0, kind="first", lines=(line,)))
    before = state.accounts
    state = building.apply(state, _settlement(1, day(9), 9))
    assert state.accounts == before
    assert state.distributions == {"book/532301/commodity@1": 0}


def _opened() -> building.State:
    opened = BuildingOpened(
        **STAMP,
        value_date=DAY0,
        name="1幢",
        county="532301",
        estate="E1",
        estate_name="彝人古镇",
        management="self",
        lift=False,
        storeys=6,
    )
    unit = UnitLine(unit="101", fund="commodity", usage="residential", area_dm2=10_000)
    state = building.apply(building.EMPTY, opened)
    return building.apply(state, UnitsRegistered(**STAMP, value_date=DAY0, lines=(unit,)))


def _entry(on: date, amount_fen: int) -> Event:
    if amount_fen > 0:
        line = DepositLine(unit="101", amount_fen=amount_fen)
        return DepositCollected(**STAMP, value_date=on, kind="first", lines=(line,))
    back = ReversalLine(line=0, unit="101", kind="deposit", principal_fen=amount_fen)
    return EntryReversed(**STAMP, value_date=on, version=1, reason="误录", lines=(back,))


def _settlement(number: int, boundary: date, version: int) -> InterestAccrued:
    return InterestAccrued(
        **STAMP,
        value_date=boundary - timedelta(days=1),
        distribution=f"book/532301/commodity@{number}",
        fund="commodity",
        boundary=boundary,
        settles=version,
        lines=(),
    )
