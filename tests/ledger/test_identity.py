"""Codes, stream names and event ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.identity import (
    book_stream,
    building_stream,
    code,
    event_id,
    parse_book,
    parse_event_id,
    repair_stream,
)


def test_a_code_keeps_its_leading_zeros_and_loses_blanks_and_full_width() -> None:
    assert code(" ００１-A ", "楼幢编码") == "001-A"


@pytest.mark.parametrize(
    "text", ["", "  ", "a/b", "a@1", "a;b", "a；b", "a\nb", "x" * 65, "1\ufe0f01", "1\u200b01"]
)
def test_a_code_that_would_break_a_name_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        code(text, "楼幢编码")
    assert caught.value.code == "code-invalid"
    assert "楼幢编码" in caught.value.message


@given(st.text())
def test_reading_a_code_again_changes_nothing(text: str) -> None:
    try:
        once = code(text, "户号")
    except InputError:
        return
    assert code(once, "户号") == once


def test_streams_have_stable_names() -> None:
    assert building_stream("B1") == "building/B1"
    assert book_stream("532301", "public") == "book/532301/public"
    assert repair_stream("532301", "P1") == "repair/532301/P1"


def test_a_book_is_read_from_county_and_fund() -> None:
    assert parse_book("532301/commodity") == ("532301", "commodity")
    assert parse_book("532301/public") == ("532301", "public")


@pytest.mark.parametrize("text", ["", "532301", "/commodity", "532301/other", "532301/commodity/x"])
def test_what_names_no_book_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_book(text)
    assert caught.value.code == "book-invalid"


@given(st.from_regex(r"building/[0-9A-Z]{1,12}", fullmatch=True), st.integers(1, 10**6))
def test_an_event_id_can_be_read_back(stream: str, version: int) -> None:
    assert parse_event_id(event_id(stream, version)) == (stream, version)


@pytest.mark.parametrize("text", ["", "building/1", "building/1@", "building/1@0", "@1", "building/1@x"])
def test_what_is_no_event_id_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_event_id(text)
    assert caught.value.code == "event-id-invalid"
