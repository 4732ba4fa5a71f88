"""Days as officers write them, and the business day in Shanghai."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import EARLIEST, day_after, parse_date, today
from ledger.errors import InputError


@pytest.mark.parametrize("text", ["2019-06-30", "2019/6/30", "20190630", "2019年6月30日", " 2019-6-30 "])
def test_a_day_in_every_accepted_way(text: str) -> None:
    assert parse_date(text) == date(2019, 6, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2019-02-29",
        "2019-13-01",
        "19-06-30",
        "2019-06-300",
        "2019-06",
        "2019.06.30",
        "30/6/2019",
        "2019-06/30",
        "1949-09-30",
        "２０１９-06-30",
        "2019年6月",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_date(text)
    assert caught.value.code == "date-invalid"


@given(st.dates(EARLIEST, date(9999, 12, 31)))
def test_every_way_of_writing_says_the_same_day(day: date) -> None:
    ways = (
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
    )
    assert {parse_date(way) for way in ways} == {day}


def test_the_business_day_is_that_of_shanghai() -> None:
    assert today(lambda: datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert today(lambda: datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_boundary_is_the_day_after() -> None:
    assert day_after(date(2019, 12, 31)) == date(2020, 1, 1)
