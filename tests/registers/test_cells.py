"""Single cells, digests and payees."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InputError
from ledger.money import yuan
from ledger.registers import cells
from ledger.registers.cells import AMOUNT, AREA, CODE, CODES, COUNT, DAY, TEXT, read_column
from ledger.registers.digests import row_digests
from ledger.registers.payees import is_person
from ledger.registers.table import header


def read(reader, cell):
    (value,), faults = read_column(reader, "列", [cell])
    if faults:
        raise InputError(*faults[0])
    return value


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (101.0, "101"),
        (101, "101"),
        (3.5, "3.5"),
        (999_999_999_999_999.0, "999999999999999"),
        ("００１ａ", "001a"),
        (" 一\u200b 号\n楼 ", "一 号 楼"),
        (True, "TRUE"),
        ("", None),
        (" \u3000\u200b", None),
    ],
)
def test_text(cell, text):
    assert read(TEXT, cell) == text


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        (12345.6, 1234560),
        ("12345.60", 1234560),
        ("12,345.60", 1234560),
        ("１２，３４５．６", 1234560),
        (0.1 + 0.2, 30),
        (1e11, 10**13),
    ],
)
def test_amounts(cell, fen):
    assert read(AMOUNT, cell) == fen


@given(st.integers(1, 10**14 - 1))
def test_an_amount_is_exact_as_text_and_as_a_number_of_a_spreadsheet(amount_fen):
    assert read(AMOUNT, yuan(amount_fen)) == amount_fen
    assert read(AMOUNT, amount_fen / 100) == amount_fen


@pytest.mark.parametrize("cell", [0, -3, "0.00", "-12,345.60"])
def test_no_money_moved_is_not_positive(cell):
    with pytest.raises(InputError, match="amount-not-positive"):
        read(AMOUNT, cell)


@pytest.mark.parametrize("cell", [0.001, 12.345, float("inf"), float("nan"), "1e3", "", "12.", True])
def test_what_is_no_amount(cell):
    if cell == "":
        assert read(AMOUNT, cell) is None
    elif cell == "12.":
        assert read(AMOUNT, cell) == 1200
    else:
        with pytest.raises(InputError, match="amount-invalid"):
            read(AMOUNT, cell)


def test_areas_are_dm2():
    assert [read(AREA, cell) for cell in (89.31, "89.3", 0)] == [8931, 8930, 0]


@pytest.mark.parametrize(
    "cell",
    [
        date(2019, 6, 30),
        datetime(2019, 6, 30, 12, 5),  # noqa: DTZ001 - a spreadsheet has no time zones
        20190630.0,
        "20190630",
        "2019-06-30",
        "2019/6/30",
        "2019年6月30日",
    ],
)
def test_dates(cell):
    assert read(DAY, cell) == date(2019, 6, 30)


def test_counts_and_codes():
    assert read(COUNT, 18.0) == 18
    assert read(COUNT, "007") == 7
    assert read(CODE, 532301.0) == "532301"
    assert read(CODES, "B2；B1; B2;") == ("B1", "B2")


def test_true_is_not_one():
    values, faults = read_column(TEXT, "列", [1.0, True, 0.0, False])

    assert (values, faults) == (["1", "TRUE", "0", "FALSE"], {})


@given(st.text())
def test_clean_text_stays_as_it_is(text):
    assert cells.clean(cells.clean(text)) == cells.clean(text)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("建筑面积(㎡)", "建筑面积"),
        ("建筑面积（平方米）", "建筑面积"),
        (" 户 号\n", "户号"),
        ("*户号", "户号"),
        ("票据号【必填】", "票据号"),
        ("票据号[必填]", "票据号"),
        (1.0, ""),
    ],
)
def test_headers(cell, name):
    assert header(cell) == name


def test_identical_rows_of_a_file_are_two_rows_and_of_two_files_one():
    columns = [["a", "a", "a", "b"], [None, None, None, 1]]

    digests = row_digests(b"key", "deposits", columns, ["一", "一", "二", "二"])

    assert len(set(digests)) == 3
    assert digests[0] == digests[2] != digests[1]
    assert {len(digest) for digest in digests} == {32}


def test_a_digest_depends_on_key_kind_and_the_place_of_a_cell():
    one = row_digests(b"key", "deposits", [["a"], [None]], ["一"])

    assert one != row_digests(b"other", "deposits", [["a"], [None]], ["一"])
    assert one != row_digests(b"key", "refunds", [["a"], [None]], ["一"])
    assert one != row_digests(b"key", "deposits", [[None], ["a"]], ["一"])


def test_a_digest_never_changes():
    """Rows recorded by earlier versions must stay known."""
    columns = [["E001-01"], [None], [830583], [date(2010, 7, 1)], [("B1", "B2")], [True]]

    (digest,) = row_digests(bytes(32), "deposits", columns, ["册.csv"])

    assert digest.hex() == "e5383b184ada870522e8f58455da7a95884b0486df439595e74534a88913c8a9"


@pytest.mark.parametrize("name", ["杨建国", "李会", "王行", "欧阳明华", "买买提·艾力", "罗军"])
def test_persons(name):
    assert is_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "楚雄宏达电梯有限公司",
        "五金店",
        "水泥厂",
        "市工商联合会",
        "彝海维修部",
        "建设银行",
        "农行",
        "信用社",
        "国库",
        "州质检中心",
        "ABB",
    ],
)
def test_organisations(name):
    assert not is_person(name)
