"""Periods (会计期间): closed in their order, each once, and not before they are over."""

from datetime import UTC, date, datetime

import pytest

from ledger.calendar import parse_period
from ledger.commands import ClosePeriod, Recording
from ledger.errors import InputError, Refused
from ledger.events import CommandRefused, PeriodClosed

LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])
BOOK = "book/532301/commodity"


def close(*periods, fund="commodity"):
    return [ClosePeriod(county="532301", fund=fund, period=period) for period in periods]


def closed(office):
    return [(event.period, event.kind, event.ends) for event in office.events(BOOK)]


def refused(office, *commands, recording=LIVE):
    """Codes of the refusal; the log grows by one refusal when live, by nothing when history."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    added = office.everything()[len(before) :]
    assert office.everything()[: len(before)] == before
    kept = [event for stream, _, _ in added for event in office.events(stream)]
    assert [type(event) for event in kept] == [CommandRefused] * (recording.origin == "live")
    assert {event.subject for event in kept} <= {"532301/commodity"}
    return [found.code for found in caught.value.refusals]


@BOTH
def test_months_and_years_close_in_their_order(office, recording):
    office.execute(*close("2019-11", "2019-12", "2019", "2020-01"), recording=recording)
    assert closed(office) == [
        ("2019-11", "month", date(2019, 11, 30)),
        ("2019-12", "month", date(2019, 12, 31)),
        ("2019", "year", date(2019, 12, 31)),
        ("2020-01", "month", date(2020, 1, 31)),
    ]
    first = office.events(BOOK)[0]
    assert isinstance(first, PeriodClosed)
    assert (first.value_date, first.origin) == (date(2019, 11, 30), recording.origin)


@pytest.mark.parametrize(
    ("before", "period", "code"),
    [
        (["2019-11"], "2019-11", "period-closed"),
        (["2019-11"], "2019-10", "period-closed"),
        (["2019-11"], "2020-01", "period-order"),
        (["2019-11"], "2019", "period-order"),
        ([], "2019", "period-order"),
        (["2019-12", "2019"], "2019", "period-closed"),
    ],
)
def test_out_of_order_is_refused_live_and_recorded_as_history(office, before, period, code):
    office.execute(*close(*before), recording=LIVE)
    assert refused(office, *close(period)) == [code]
    assert [name for name, _, _ in closed(office)] == before
    office.execute(*close(period), recording=HISTORY)
    assert [name for name, _, _ in closed(office)] == [*before, period]


def test_years_follow_each_other(office):
    office.execute(*close("2018-12", "2018"), *close(*(f"2019-{month:02}" for month in range(1, 13))))
    office.execute(*close(*(f"2020-{month:02}" for month in range(1, 13))))
    assert refused(office, *close("2020")) == ["period-order"]
    office.execute(*close("2019", "2020"), recording=LIVE)


@BOTH
@pytest.mark.parametrize("period", ["2026-11", "2026-12", "2026", "2027-01"])
def test_a_period_that_is_not_over_is_nobodys_to_close(office, recording, period):
    assert refused(office, *close(period), recording=recording)[0] == "period-running"


def test_the_last_day_of_a_month_is_not_yet_over(office):
    office.moment = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
    assert refused(office, *close("2026-10")) == ["period-running"]
    office.moment = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    office.execute(*close("2026-10"), recording=LIVE)


@BOTH
@pytest.mark.parametrize("period", ["2019-13", "2019-00", "19", "", "2019-6", "1949", "二〇一九"])
def test_what_is_no_period_is_refused(office, recording, period):
    assert refused(office, *close(period), recording=recording)[0] == "period-invalid"


def test_the_books_of_a_county_close_apart(office):
    office.execute(*close("2019-11"), recording=LIVE)
    office.execute(*close("2019-05", fund="public"), recording=LIVE)
    assert [name for name, _, _ in closed(office)] == ["2019-11"]


def test_a_period_is_read_with_its_first_and_last_day():
    assert parse_period("2024-02")[2:] == (date(2024, 2, 1), date(2024, 2, 29))
    assert parse_period("2024")[1:] == ("year", date(2024, 1, 1), date(2024, 12, 31))
    with pytest.raises(InputError):
        parse_period("٢٠٢٤")
