"""Interest at listed rates (定率计息): what each account earns between two settlements, to the fen."""

from datetime import date, timedelta

import pytest

from ledger.building import Account, Posting
from ledger.events import ListedRate, RatesAccrued
from ledger.rates import Held, held, interest_fen, whole_years

YEAR_END = date(2023, 12, 31)
NEXT = date(2024, 12, 31)


def account(*moves, settled=0):
    """An account with unsettled postings of (day, fen)."""
    return Account(
        settled_fen=settled,
        unsettled=tuple(Posting(number, day, fen) for number, (day, fen) in enumerate(moves, 1)),
    )


def found(*moves, settled=0, previous=YEAR_END, boundary=NEXT):
    return held(account(*moves, settled=settled), previous, boundary, len(moves))


class TestWholeYears:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (date(2023, 12, 31), date(2024, 12, 31), (1, 0)),
            (date(2024, 1, 1), date(2024, 12, 31), (0, 365)),
            (date(2023, 6, 30), date(2024, 6, 29), (0, 365)),
            (date(2023, 6, 30), date(2026, 7, 2), (3, 2)),
            (date(2024, 2, 29), date(2025, 2, 28), (1, 0)),
            (date(2024, 2, 29), date(2028, 2, 28), (3, 365)),
            (date(2024, 2, 29), date(2028, 2, 29), (4, 0)),
            (date(2024, 5, 1), date(2024, 5, 1), (0, 0)),
        ],
    )
    def test_the_same_day_of_the_month_ends_a_year(self, start, end, expected):
        assert whole_years(start, end) == expected


class TestHeld:
    def test_money_carried_over_a_whole_year_needs_no_days(self):
        assert found(settled=500) == Held(500, 0, 0)

    def test_money_that_arrived_counts_its_first_day_and_not_the_settlement_day(self):
        assert found((NEXT - timedelta(days=1), 500)) == Held(0, 500, 0)
        assert found((NEXT, 500)) == Held(0, 0, 0)

    def test_everything_arrived_before_a_first_settlement(self):
        assert found((date(2020, 12, 31), 5), previous=None) == Held(0, 5 * 1461, 0)

    def test_a_span_shorter_than_a_year_is_days_of_demand_money(self):
        assert found(settled=10, boundary=date(2024, 6, 30)) == Held(0, 0, 10 * 182)

    def test_days_beyond_whole_years_are_of_demand_money(self):
        assert found(settled=10, boundary=date(2026, 1, 2)) == Held(20, 0, 20)

    def test_what_leaves_is_carried_over_money_first_then_the_oldest(self):
        moves = (date(2024, 3, 1), 400), (date(2024, 5, 1), 100), (date(2024, 7, 1), -1_200)
        assert found(*moves, settled=1_000) == Held(
            0,
            200 * (NEXT - date(2024, 3, 1)).days + 100 * (NEXT - date(2024, 5, 1)).days,
            1_000 * (date(2024, 7, 1) - YEAR_END).days + 200 * (date(2024, 7, 1) - date(2024, 3, 1)).days,
        )

    def test_below_zero_earns_nothing_and_is_made_good_first(self):
        moves = (date(2024, 3, 1), -1_500), (date(2024, 5, 1), 700)
        carried = 1_000 * (date(2024, 3, 1) - YEAR_END).days
        assert found(*moves, settled=1_000) == Held(0, 200 * (NEXT - date(2024, 5, 1)).days, carried)
        assert found((date(2024, 5, 1), 700), settled=-500) == Held(
            0, 200 * (NEXT - date(2024, 5, 1)).days, 0
        )
        assert found(settled=-500) == Held(0, 0, 0)

    @pytest.mark.parametrize("amount", [300, -300])
    @pytest.mark.parametrize("day", [date(2024, 2, 1), YEAR_END, date(2023, 5, 1)])
    def test_an_entry_and_its_reversal_cancel_exactly(self, amount, day):
        others = (date(2024, 2, 1), 70), (date(2024, 9, 1), -90)
        assert found((day, amount), (day, -amount), *others, settled=50) == found(*others, settled=50)

    def test_what_was_recorded_late_is_given_from_its_own_day_on(self):
        late = date(2023, 12, 1)
        assert found((late, 300)) == Held(300, 300 * 30, 0)

    def test_what_a_reversal_takes_back_late_was_given_too_much_before(self):
        late = date(2023, 12, 1)
        assert found((late, -300), settled=1_000) == Held(700, -300 * 30, 0)

    def test_postings_of_later_versions_wait(self):
        assert held(account((date(2024, 3, 1), 400)), YEAR_END, NEXT, 0) == Held(0, 0, 0)

    @pytest.mark.parametrize("shuffled", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_the_order_of_recording_does_not_matter(self, shuffled):
        moves = (date(2024, 3, 1), 400), (date(2024, 3, 1), -100), (date(2024, 2, 1), -50)
        assert found(*(moves[place] for place in shuffled), settled=90) == found(*moves, settled=90)


def terms(this_year="0.35", carried="1.50", demand="0.35", **other):
    return RatesAccrued(
        actor="o",
        recorded_at=None,
        value_date=NEXT,
        origin="live",
        policy="p",
        settled_on=NEXT,
        previous=YEAR_END,
        bank="PBOC",
        this_year=ListedRate(product="demand", percent=this_year),
        carried=ListedRate(product="1y", percent=carried),
        demand=ListedRate(product="demand", percent=demand),
        waiting_fen=0,
        total_fen=0,
        shares=(),
    )


class TestInterest:
    @pytest.mark.parametrize(
        ("figures", "fen"),
        [
            (Held(0, 1_116_000 * 289, 0), 3_136),
            (Held(1_119_136, 0, 0), 16_787),
            (Held(100, 0, 0), 2),
            (Held(99, 0, 0), 1),
            (Held(0, 0, 36_000), 0),
            (Held(0, 0, 51_429), 1),
            (Held(0, -36_000_000, 0), 0),
        ],
    )
    def test_it_is_rounded_half_up_once(self, figures, fen):
        assert interest_fen(figures, terms()) == fen

    def test_each_money_has_its_own_rate(self):
        rates = terms(this_year="1.80", carried="3.60", demand="0.36")
        assert interest_fen(Held(1_000_000, 0, 0), rates) == 36_000
        assert interest_fen(Held(0, 1_000_000 * 10, 0), rates) == 500
        assert interest_fen(Held(0, 0, 1_000_000 * 10), rates) == 100
