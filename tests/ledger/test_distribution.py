"""Pool distributions (增值收益分配): conserve the pool, survive being torn, and do not depend on order."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands import Recording, ReverseEntry
from ledger.errors import Busy, Refused
from ledger.events import BuildingShare, CommandRefused, GainsDistributed, InterestAccrued, InterestLine
from ledger.log import VersionConflict

BOOK = "book/532301/commodity"
T1 = date(2012, 12, 31)
T2 = date(2015, 12, 31)
AREAS = {"101": 10_000, "102": 10_000}


class TornError(Exception):
    """The machine stopped."""


class StoppingLog:
    """A log that stops for good after some appends."""

    def __init__(self, log, appends):
        self._log = log
        self.left = appends

    def append(self, *args, **kwargs):
        if self.left == 0:
            raise TornError
        self.left -= 1
        return self._log.append(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._log, name)


def fill(office, buildings=3):
    """Buildings of two units each with money of different days, and gains of 1,000.01 yuan."""
    codes = [f"B{number}" for number in range(1, buildings + 1)]
    office.execute(*(office.units(code, AREAS) for code in codes))
    office.execute(
        *(
            office.deposit(code, unit, 10_000 * place + 7 * int(unit), date(2011, 1, place))
            for place, code in enumerate(codes, 1)
            for unit in AREAS
        ),
        office.gains(60_000, 40_001, on=date(2012, 6, 21)),
    )
    return codes


@pytest.fixture
def three(office):
    fill(office)
    return office


def refused(office, through, recording=None):
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.distribute(through, *([recording] if recording else []))
    if recording is None:
        assert office.everything() == before
    return [found.code for found in caught.value.refusals]


class TestOneRun:
    def test_the_book_event_fixes_versions_weights_and_shares(self, office):
        office.execute(office.units("B1", AREAS), office.units("B2", AREAS), office.units("B3", AREAS))
        office.execute(
            office.deposit("B1", "101", 300, date(2012, 12, 22)),
            office.deposit("B2", "102", 100, date(2012, 12, 31)),
            office.gains(32, on=date(2012, 12, 31)),
        )
        done = office.distribute(T1)
        fixed = office.events(BOOK)[-1]
        assert isinstance(fixed, GainsDistributed)
        assert (fixed.through, fixed.boundary, fixed.previous) == (T1, date(2013, 1, 1), None)
        assert (fixed.pool_fen, fixed.value_date) == (32, T1)
        assert fixed.shares == (
            BuildingShare(building="B1", version=3, weight=3_000, share_fen=31),
            BuildingShare(building="B2", version=3, weight=100, share_fen=1),
            BuildingShare(building="B3", version=2, weight=0, share_fen=0),
        )
        accrued = {code: office.building_events(code)[-1] for code in ("B1", "B2", "B3")}
        for event, settles in zip(accrued.values(), (3, 3, 2), strict=True):
            assert isinstance(event, InterestAccrued)
            assert event.distribution == f"{BOOK}@3"
            assert (event.fund, event.boundary, event.value_date) == ("commodity", date(2013, 1, 1), T1)
            assert event.settles == settles
        assert accrued["B1"].lines == (InterestLine(unit="101", interest_fen=31),)
        assert accrued["B2"].lines == (InterestLine(unit="102", interest_fen=1),)
        assert accrued["B3"].lines == ()
        assert (done.book, done.through, done.pool_fen) == ("532301/commodity", T1, 32)
        assert (done.buildings, done.units) == (2, 2)
        assert done.position == office.memory.horizon()

    def test_ties_go_to_the_lowest_building_unit_and_part(self, office):
        areas = {"102": 1, "101": 1}
        office.execute(
            office.units("B2", areas, "public"),
            office.units("B10", areas, "public"),
            office.units("b1", areas, "public"),
        )
        office.execute(
            *(
                office.deposit(code, unit, 100, date(2012, 1, 1), part=part)
                for code in ("b1", "B2", "B10")
                for unit in areas
                for part in ("seller", "owner")
            ),
            office.gains(5, on=T1, fund="public"),
        )
        office.application.distribute("532301", "public", T1, Recording(actor="o", origin="history"))
        credited = {
            name: interest for name, (_, interest) in office.balances("B10", "B2", "b1").items() if interest
        }
        assert credited == {
            ("B10", "101"): 1,
            ("B10", "101/seller"): 1,
            ("B2", "101"): 1,
            ("B2", "101/seller"): 1,
            ("b1", "101"): 1,
        }

    def test_gains_after_the_day_wait(self, three):
        three.execute(three.gains(7, on=T1 + timedelta(days=1)))
        assert three.distribute(T1).pool_fen == 100_001
        assert three.distribute(T2).pool_fen == 7

    def test_a_gain_recorded_late_joins_the_next(self, three):
        three.distribute(T1)
        three.execute(three.gains(11, on=date(2012, 1, 1)))
        assert three.distribute(T2).pool_fen == 11

    def test_a_reversed_gain_is_taken_from_the_next_pool(self, three):
        three.distribute(T1)
        three.execute(
            three.gains(50_000, on=date(2013, 1, 1)),
            ReverseEntry(stream=BOOK, version=2, reason="误录", lines=(1,)),
        )
        assert three.distribute(T2).pool_fen == 50_000 - 40_001

    def test_the_former_code_of_the_county_names_the_same_book(self, office):
        office.register("B1", AREAS, county="532302")
        office.execute(
            office.deposit("B1", "101", 5, date(2011, 1, 1)), office.gains(3, on=T1, county="532302")
        )
        done = office.application.distribute(
            "532331", "commodity", T1, Recording(actor="o", origin="history")
        )
        assert done.book == "532302/commodity"


class TestRefusals:
    def test_a_boundary_must_be_later(self, three):
        three.distribute(T1)
        three.execute(three.gains(7, on=date(2012, 1, 1)))
        assert refused(three, T1) == ["boundary-not-later"]
        assert refused(three, T1 - timedelta(days=1)) == ["boundary-not-later"]
        assert three.distribute(T1 + timedelta(days=1)).pool_fen == 7

    @pytest.mark.parametrize("through", [date(2026, 11, 24), date.max])
    def test_the_future(self, three, through):
        assert refused(three, through) == ["date-future"]

    def test_no_gains(self, three):
        assert refused(three, date(2012, 6, 20)) == ["pool-empty"]
        assert refused(three, date(2009, 1, 1)) == ["pool-empty"]

    def test_gains_beyond_what_the_log_can_hold(self, three):
        three.execute(three.gains(6 * 10**13, on=T1), three.gains(6 * 10**13, on=T1))
        before = three.everything()
        assert refused(three, T1) == ["amount-too-large"]
        assert three.everything() == before

    def test_no_weight(self, office):
        office.register("B1", AREAS)
        office.execute(office.gains(7, on=T1), office.deposit("B1", "101", 5, T1 + timedelta(days=1)))
        assert refused(office, T1) == ["weight-none"]

    def test_no_building(self, office):
        office.execute(office.gains(7, on=T1))
        assert refused(office, T1) == ["weight-none"]

    def test_a_live_refusal_is_kept(self, three, live):
        assert refused(three, date(2009, 1, 1), live) == ["pool-empty"]
        (name,) = [row[0] for row in three.everything() if row[0].startswith("refusal/")]
        (event,) = three.events(name)
        assert isinstance(event, CommandRefused)
        assert (event.command, event.subject) == ("distribute-gains", "532301/commodity")


class TestTorn:
    @pytest.fixture(autouse=True)
    def small_appends(self, monkeypatch):
        monkeypatch.setattr("ledger.settling.BUILDINGS_PER_APPEND", 2)

    @pytest.fixture
    def undisturbed(self, new_office):
        office = new_office()
        codes = fill(office, 7)
        return office.distribute(T1), office.balances(*codes)

    @pytest.mark.parametrize("appends", [1, 2, 3, 4])
    def test_resumed_it_is_as_if_nothing_had_happened(self, new_office, undisturbed, appends):
        office = new_office()
        codes = fill(office, 7)
        with pytest.raises(TornError):
            new_office(StoppingLog(office.memory, appends)).distribute(T1)
        done = office.distribute(T1)
        assert (done, office.balances(*codes)) == undisturbed
        assert refused(office, T1) == ["boundary-not-later"]

    def test_before_the_book_event_nothing_happened(self, new_office, undisturbed):
        office = new_office()
        codes = fill(office, 7)
        before = office.everything()
        with pytest.raises(TornError):
            new_office(StoppingLog(office.memory, 0)).distribute(T1)
        assert office.everything() == before
        assert (office.distribute(T1), office.balances(*codes)) == undisturbed

    def test_money_that_comes_between_does_not_change_the_shares(self, new_office, undisturbed):
        office = new_office()
        codes = fill(office, 7)
        with pytest.raises(TornError):
            new_office(StoppingLog(office.memory, 2)).distribute(T1)
        office.execute(
            office.units("B6", {"103": 100}),
            office.deposit("B6", "103", 9_999, date(2010, 12, 31)),
            office.deposit("B7", "101", 5_000, date(2011, 5, 1)),
            ReverseEntry(stream="building/B7", version=3, reason="误录"),
            office.gains(3, on=date(2012, 1, 1)),
        )
        office.distribute(T1)
        credited = {name: interest for name, (_, interest) in office.balances(*codes).items() if interest}
        assert credited == {name: interest for name, (_, interest) in undisturbed[1].items()}
        assert office.account("B6", "103").unsettled[0].amount_fen == 9_999

    def test_the_next_run_finishes_it_first(self, new_office, undisturbed):
        office = new_office()
        codes = fill(office, 7)
        with pytest.raises(TornError):
            new_office(StoppingLog(office.memory, 2)).distribute(T1)
        office.execute(office.gains(500, on=date(2013, 1, 1)))
        office.distribute(T2)
        whole = new_office()
        fill(whole, 7)
        whole.distribute(T1)
        whole.execute(whole.gains(500, on=date(2013, 1, 1)))
        whole.distribute(T2)
        assert office.balances(*codes) == whole.balances(*codes)

    def test_the_same_request_finishes_it_and_repeats_its_answer(self, new_office, undisturbed):
        office = new_office()
        fill(office, 7)
        recording = Recording(actor="officer-1", key="k1", digest=b"1")
        with pytest.raises(TornError):
            new_office(StoppingLog(office.memory, 2)).distribute(T1, recording)
        done = office.distribute(T1, recording)
        again = office.distribute(T1, recording)
        assert (done.pool_fen, done.buildings, done.units) == (100_001, 7, 14)
        assert (again.pool_fen, again.buildings, again.units) == (100_001, 7, 14)
        assert sum(isinstance(event, GainsDistributed) for event in office.events(BOOK)) == 1

    def test_a_conflict_while_crediting_is_tried_again(self, new_office, undisturbed):
        office = new_office()
        codes = fill(office, 7)

        class Rival(StoppingLog):
            def append(self, changes, **kwargs):
                self.left -= 1
                if self.left == 0:
                    office.execute(office.deposit("B3", "101", 1, date(2011, 1, 1)))
                return self._log.append(changes, **kwargs)

        new_office(Rival(office.memory, 3)).distribute(T1)
        credited = {name: interest for name, (_, interest) in office.balances(*codes).items()}
        assert credited == {name: interest for name, (_, interest) in undisturbed[1].items()}

    def test_two_at_once_distribute_once(self, new_office, undisturbed):
        office = new_office()
        codes = fill(office, 7)

        class Rival(StoppingLog):
            def append(self, changes, **kwargs):
                self.left -= 1
                if self.left == 0:
                    with pytest.raises(TornError):
                        new_office(StoppingLog(office.memory, 2)).distribute(T1)
                return self._log.append(changes, **kwargs)

        done = new_office(Rival(office.memory, 1)).distribute(T1)
        assert (done, office.balances(*codes)) == undisturbed

    def test_others_on_many_buildings_are_overtaken_one_building_at_a_time(self, new_office, undisturbed):
        office = new_office()
        codes = fill(office, 7)

        class Crowd(StoppingLog):
            def append(self, changes, **kwargs):
                if len(changes) > 1:
                    raise VersionConflict
                return self._log.append(changes, **kwargs)

        done = new_office(Crowd(office.memory, 0)).distribute(T1)
        assert (done.pool_fen, done.buildings, done.units) == (100_001, 7, 14)
        assert office.balances(*codes) == undisturbed[1]

    def test_it_gives_up_when_others_never_stop(self, new_office):
        office = new_office()
        fill(office)

        class Always(StoppingLog):
            def append(self, changes, **kwargs):
                raise VersionConflict

        with pytest.raises(Busy):
            new_office(Always(office.memory, 0)).distribute(T1)


entry = st.tuples(
    st.sampled_from(["B1", "B2", "B3"]),
    st.sampled_from(["101", "102"]),
    st.integers(1, 10**9),
    st.integers(0, 1500),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(entry, min_size=1, max_size=12), st.lists(st.integers(1, 10**7), min_size=2, max_size=2))
def test_the_pool_is_conserved_to_the_fen(new_office, entries, pools):
    office = new_office()
    office.execute(*(office.units(code, AREAS) for code in ("B1", "B2", "B3")))
    start = date(2011, 1, 1)
    office.execute(
        *(
            office.deposit(code, unit, amount, start + timedelta(days=on))
            for code, unit, amount, on in entries
        ),
        office.deposit("B1", "101", 1, start),
        office.gains(pools[0], on=T1),
        office.gains(pools[1], on=T2),
    )
    for through, credited in ((T1, pools[0]), (T2, sum(pools))):
        office.distribute(through)
        assert sum(interest for _, interest in office.balances("B1", "B2", "B3").values()) == credited


@settings(max_examples=25, deadline=None)
@given(st.lists(entry, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter(new_office, entries, shuffler):
    shuffled = list(entries)
    shuffler.shuffle(shuffled)
    outcomes = []
    for order in (entries, shuffled):
        office = new_office()
        office.execute(*(office.units(code, AREAS) for code in ("B1", "B2", "B3")))
        for code, unit, amount, on in order:
            office.execute(office.deposit(code, unit, amount, date(2011, 1, 1) + timedelta(days=on)))
        office.execute(office.deposit("B1", "101", 1, date(2011, 1, 1)), office.gains(12_345, on=T2))
        office.distribute(T2)
        outcomes.append(office.balances("B1", "B2", "B3"))
    assert outcomes[0] == outcomes[1]


def test_a_deposit_recorded_late_earns_from_its_own_day_at_the_next(new_office):
    """Weights over both periods are the same, whether the deposit was recorded in time or late."""
    weights = []
    for late in (False, True):
        office = new_office()
        office.register("B1", AREAS)
        office.execute(office.deposit("B1", "101", 1_000, date(2012, 1, 1)), office.gains(1, on=T1))
        missing = office.deposit("B1", "102", 1_000, date(2012, 1, 1))
        if not late:
            office.execute(missing)
        office.distribute(T1)
        if late:
            office.execute(missing)
        office.execute(office.gains(1, on=T2))
        office.distribute(T2)
        fixed = [event for event in office.events(BOOK) if isinstance(event, GainsDistributed)]
        weights.append(sum(event.shares[0].weight for event in fixed))
    interest_of_first_period = 1 * (T2 - T1).days
    days = (T2 - date(2012, 1, 1)).days + 1
    assert weights == [2_000 * days + interest_of_first_period] * 2


def test_a_moment_of_recording_is_on_the_accruals(office):
    fill(office)
    office.moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    office.distribute(T1)
    assert office.building_events("B1")[-1].recorded_at == office.moment
