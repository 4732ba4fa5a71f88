"""What deposits earn by policy: terms kept, broken off, overrun; and that a bad file is named."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import policy
from ledger.money import parse_yuan
from ledger.policy import PolicyError
from ledger.policy.treasury import Terms
from tests.ledger.test_policy import FILES

RULES = policy.load().treasury
PLACED, MATURES = date(2023, 3, 15), date(2024, 3, 15)
YEAR = Terms(150, PLACED, MATURES, 12, renew=False)
DAYS = Terms(150, PLACED, date(2023, 6, 13), None, renew=False)


@pytest.mark.parametrize(
    ("terms", "on", "fen"),
    [
        (YEAR, MATURES, 1_500_000),
        (YEAR._replace(term_months=3, matures_on=date(2023, 6, 15)), date(2023, 6, 15), 375_000),
        (DAYS, date(2023, 6, 13), 375_000),  # 90 ÷ 360
        (YEAR, PLACED, 0),
        (YEAR, date(2023, 9, 15), 102_222),  # 184 days at 0.20 %
        (YEAR, date(2024, 3, 25), 1_505_556),  # and ten days at 0.20 %
        (YEAR._replace(renew=True), MATURES, 1_500_000),
        (YEAR._replace(renew=True), date(2024, 3, 16), None),
        (Terms(150, PLACED, None, None, renew=False), MATURES, 1_525_000),  # 366 days
    ],
)
def test_a_million_earns(terms, on, fen):
    assert RULES.expected_fen(terms, 100_000_000, on) == fen


def test_before_any_rule_nobody_can_tell():
    old = Terms(150, date(1990, 1, 1), date(1991, 1, 1), 12, renew=False)
    assert RULES.expected_fen(old, 1_000, date(1991, 1, 1)) is None


@given(
    st.integers(1, 10**12), st.integers(0, 9_999), st.integers(1, 60), st.integers(0, 4_000), st.booleans()
)
def test_interest_is_the_exact_fraction_rounded_once(principal, rate, months, held, renew):
    matures = PLACED + timedelta(30 * months)
    on = PLACED + timedelta(held)
    found = RULES.expected_fen(Terms(rate, PLACED, matures, months, renew), principal, on)
    demand = parse_yuan(RULES.rates.on("STATE", on)["demand"])
    if on > matures and renew:
        assert found is None
        return
    past = max((on - matures).days, 0)
    whole = Fraction(principal * rate * months, 120_000) + Fraction(principal * demand * past, 3_600_000)
    exact = whole if on >= matures else Fraction(principal * demand * held, 3_600_000)
    assert found is not None
    assert abs(found - exact) <= Fraction(1, 2)


def test_every_day_since_the_first_rule_has_a_demand_rate():
    for on in (date(1998, 3, 25), date(2022, 9, 14), date(2022, 9, 15), date(2026, 11, 23)):
        assert RULES.expected_fen(
            DAYS._replace(placed_on=on - timedelta(1), matures_on=on + timedelta(9)), 10**9, on
        )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"day_base = 360", b"day_base = 364", r"treasury.toml: \[\[interest\]\] 1"),
        (b'early = "demand"', b'early = "much"', r"treasury.toml: \[\[interest\]\] 1"),
        (b'bank = "STATE"', b'bank = "STAAT"', r"treasury.toml: \[\[interest\]\] 2: 'STAAT'"),
        (b"valid_to = 2022-09-15", b"valid_to = 2022-09-16", "treasury.toml: rows from"),
        (b"[[expenses]]", b"[[costs]]", r"treasury.toml: no \[\[expenses\]\]"),
    ],
)
def test_a_wrong_row_is_named(old, new, said):
    assert old in FILES["treasury"]
    with pytest.raises(PolicyError, match=said):
        policy.read(FILES | {"treasury": FILES["treasury"].replace(old, new, 1)})
