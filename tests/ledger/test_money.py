"""Money: reading, rounding and splitting, exact to the fen."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import USD, Money

from ledger.errors import InputError
from ledger.money import MAX_FEN, fen, parse_yuan, round_half_up, split, to_money, yuan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12345.60", 1_234_560),
        ("12,345.60", 1_234_560),
        (" 1,234,567 ", 123_456_700),
        ("0.01", 1),
        ("-3", -300),
        ("+3.5", 350),
        ("999,999,999,999.99", MAX_FEN - 1),
    ],
)
def test_amounts_as_officers_write_them(text: str, expected: int) -> None:
    assert parse_yuan(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount-invalid"),
        ("12.345", "amount-invalid"),
        ("1,23.00", "amount-invalid"),
        (",123", "amount-invalid"),
        ("1.2,3", "amount-invalid"),
        ("1e5", "amount-invalid"),
        ("NaN", "amount-invalid"),
        ("--1", "amount-invalid"),
        ("１２", "amount-invalid"),
        ("12元", "amount-invalid"),
        ("1000000000000", "amount-too-large"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yuan(text)
    assert caught.value.code == code


@given(st.integers(-MAX_FEN + 1, MAX_FEN - 1))
def test_writing_and_reading_an_amount_gives_it_back(amount_fen: int) -> None:
    assert parse_yuan(yuan(amount_fen)) == amount_fen
    assert fen(to_money(amount_fen)) == amount_fen


@pytest.mark.parametrize(
    ("money", "code"),
    [
        (Money(1, USD), "currency-invalid"),
        (Money(Decimal("0.001"), "CNY"), "amount-invalid"),
        (Money(Decimal("NaN"), "CNY"), "amount-invalid"),
        (Money(Decimal("Infinity"), "CNY"), "amount-invalid"),
        (Money(10**12, "CNY"), "amount-too-large"),
    ],
)
def test_money_of_another_kind_is_refused(money: Money, code: str) -> None:
    with pytest.raises(InputError) as caught:
        fen(money)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(49, 100), 0),
        (Decimal("2.5"), 3),
        (Decimal("-2.5"), -3),
        (Decimal("31.3565") * 100, 3136),
    ],
)
def test_halves_are_rounded_away_from_zero(value: Fraction | Decimal, expected: int) -> None:
    assert round_half_up(value) == expected


def test_the_worked_example_of_a_split() -> None:
    assert split(100_000, [8931, 10247, 12005]) == [28_641, 32_861, 38_498]


def test_left_over_fen_go_to_the_first_among_equals() -> None:
    assert split(5, [1, 1, 1]) == [2, 2, 1]


weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=40).filter(any)


@given(st.integers(-(10**16), 10**16), weights)
def test_a_split_loses_and_invents_nothing_and_stays_within_a_fen(total: int, parts: list[int]) -> None:
    shares = split(total, parts)
    assert sum(shares) == total
    for share, part in zip(shares, parts, strict=True):
        assert abs(share - Fraction(total * part, sum(parts))) < 1
    assert all(share == 0 for share, part in zip(shares, parts, strict=True) if part == 0)


@given(st.integers(0, 10**12), weights)
def test_more_weight_never_gets_less(total: int, parts: list[int]) -> None:
    shares = split(total, parts)
    by_weight = sorted(zip(parts, shares, strict=True))
    assert all(
        lighter[1] <= heavier[1] + (lighter[0] == heavier[0]) for lighter, heavier in pairwise(by_weight)
    )


@pytest.mark.parametrize("parts", [[], [0, 0], [1, -1], [5, -1]])
def test_weights_that_cannot_share_are_refused(parts: list[int]) -> None:
    with pytest.raises(ValueError, match=r"weights|empty"):
        split(100, parts)
