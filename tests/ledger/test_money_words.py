"""Amounts in words (人民币大写): the examples of the annex, and reading them back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money_words import in_words

DIGITS = "零壹贰叁肆伍陆柒捌玖"


@pytest.mark.parametrize(
    ("amount_fen", "words"),
    [
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "壹拾万零柒仟元伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (100, "壹元整"),
        (-1_234, "负壹拾贰元叁角肆分"),
        (100_100_000, "壹佰万零壹仟元整"),
        (10_000_100_000, "壹亿零壹仟元整"),
        (107_900_000_000, "壹拾亿零柒仟玖佰万元整"),
        (10**14 - 1, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (10**14, "壹万亿元整"),
    ],
)
def test_the_words_of_an_amount(amount_fen, words):
    assert in_words(amount_fen) == words


def number(words: str) -> int:
    """A whole number read by splitting at its greatest place, which the writer does not do."""
    for place, name in ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾")):
        if name in words:
            head, _, tail = words.rpartition(name)
            return number(head) * place + number(tail)
    return DIGITS.index(words[-1]) if words else 0


def read(words: str) -> int:
    sign = -1 if words.startswith("负") else 1
    found = re.fullmatch(r"(?:(.+)元)?(?:整|零)?(?:(.)角)?(?:(.)分)?", words.removeprefix("负"))
    assert found is not None, words
    whole, jiao, fen = (part or "" for part in found.groups())
    return sign * (number(whole) * 100 + number(jiao) * 10 + number(fen))


@given(st.integers(-(10**18), 10**18) | st.integers(-100_000, 100_000))
def test_words_read_back_as_the_amount(amount_fen):
    assert read(in_words(amount_fen)) == amount_fen


@given(st.integers(1, 10**18))
def test_zeros_are_said_once_and_only_between_digits(amount_fen):
    words = in_words(amount_fen)
    assert "零零" not in words
    assert not re.match("零", words)
    assert not re.search("零[拾佰仟万亿元角分整]", words)
    assert words.endswith("整") == (amount_fen % 100 == 0)
