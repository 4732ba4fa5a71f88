"""Personal numbers in words: refused where people write, masked where a bank wrote."""

import pytest

from ledger.errors import InputError
from ledger.privacy import refuse_numbers, without_numbers

NUMBERS = ["13800000001", "532301198001010011", "53230119800101001X", "53230119800101001x"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["{}", "业主{}来电", "证件{}。", "a{}b"])
def test_a_number_of_a_person_is_found(number, around):
    words = around.format(number)
    with pytest.raises(InputError) as caught:
        refuse_numbers(words, "说明")
    assert caught.value.code == "personal-number"
    assert number not in caught.value.message
    assert without_numbers(words) == around.format("＊")


@pytest.mark.parametrize(
    "words", ["楚政灭〔2026〕1号", "24130001000000011", "2026-11-23 第1380000000号", "屋面防水翻修"]
)
def test_other_numbers_stay(words):
    assert refuse_numbers(words, "说明") == words == without_numbers(words)
