"""A book settled at listed rates (定率计息): each day once, torn or not, in turn with distributions."""

from datetime import date
from importlib import resources

import pytest

from audit.findings import run
from audit.replay import replay
from ledger import policy
from ledger.application import Application
from ledger.commands import AccrueRates, Recording, Refund, RefundDeposit, ReverseEntry
from ledger.errors import InputError, Refused
from ledger.events import BuildingCredit, CommandRefused, GainsDistributed, InterestAccrued, RatesAccrued

BOOK = "book/532301/commodity"
S1 = date(2024, 6, 30)
S2 = date(2025, 6, 30)
HISTORY = Recording(actor="officer-1", origin="history")
AREAS = {"101": 12_000, "102": 12_000}


def accrue(office, on, recording=HISTORY, application=None, **other):
    asked = {"county": "532301", "fund": "commodity", "bank": "PBOC"} | other
    return (application or office.application).accrue(AccrueRates(settled_on=on, **asked), recording)


def refused(office, on, recording=HISTORY, application=None, **other):
    """The codes of a refusal; history leaves no trace, a live one exactly one event."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        accrue(office, on, recording, application, **other)
    after = office.everything()
    assert after[: len(before)] == before
    new = [office.events(row[0])[-1] for row in after[len(before) :]]
    codes = [found.code for found in caught.value.refusals]
    if recording.origin == "history":
        assert new == []
    else:
        (kept,) = new
        assert isinstance(kept, CommandRefused)
        assert (kept.command, kept.subject, list(kept.codes)) == ("accrue-rates", "532301/commodity", codes)
    return codes


@pytest.fixture
def lift_flat(office):
    """A flat of 120 m² at 93 yuan, deposited on 2023-09-15."""
    office.execute(office.units("B1", AREAS), office.units("B2", AREAS))
    office.execute(office.deposit("B1", "101", 1_116_000, date(2023, 9, 15)))
    return office


class TestTheWorkedExample:
    def test_to_the_fen(self, lift_flat):
        first = accrue(lift_flat, S1)
        assert lift_flat.account("B1", "101").balance_fen == 1_119_136
        second = accrue(lift_flat, S2)
        assert lift_flat.account("B1", "101").balance_fen == 1_135_923
        assert (first.terms.total_fen, second.terms.total_fen) == (3_136, 16_787)
        assert (first.buildings, first.units, second.buildings, second.units) == (1, 1, 1, 1)

    def test_one_book_event_fixes_everything(self, lift_flat):
        lift_flat.execute(
            lift_flat.gains(5_000, on=date(2024, 6, 21)), lift_flat.gains(1, on=date(2024, 7, 1))
        )
        done = accrue(lift_flat, S1)
        fixed = lift_flat.events(BOOK)[-1]
        assert isinstance(fixed, RatesAccrued)
        assert done.terms == fixed
        assert (fixed.settled_on, fixed.previous, fixed.value_date, fixed.boundary) == (S1, None, S1, S1)
        assert (fixed.bank, fixed.this_year.percent, fixed.carried.percent) == ("PBOC", "0.35", "1.50")
        assert (fixed.waiting_fen, fixed.total_fen, done.difference_fen) == (5_000, 3_136, 1_864)
        assert fixed.shares == (
            BuildingCredit(building="B1", version=3, credit_fen=3_136),
            BuildingCredit(building="B2", version=2, credit_fen=0),
        )
        accrued = lift_flat.building_events("B1")[-1]
        assert isinstance(accrued, InterestAccrued)
        assert (accrued.distribution, accrued.boundary, accrued.value_date) == (f"{BOOK}@4", S1, S1)
        assert [(line.unit, line.interest_fen) for line in accrued.lines] == [("101", 3_136)]
        assert lift_flat.building_events("B2")[-1].lines == ()

    def test_rates_are_those_of_the_day_bank_and_products(self, lift_flat):
        done = accrue(lift_flat, date(2023, 12, 22), bank="STATE", this_year="3m", carried="1y")
        assert (done.terms.this_year.percent, done.terms.carried.percent) == ("1.15", "1.45")
        assert done.terms.demand.percent == "0.20"

    def test_two_officers_with_a_worked_paper_get_the_same_fen(self, lift_flat):
        """The example of ADR 31: 11,191.36 carried over, 5,000.00 in, 12,000.00 out."""
        accrue(lift_flat, S1)
        lift_flat.execute(lift_flat.deposit("B1", "101", 500_000, date(2024, 9, 1), kind="top-up"))
        lift_flat.execute(refund("B1", "101", 1_200_000, date(2025, 1, 1)))
        accrue(lift_flat, S2)
        # 11,191.36 × 185 × 0.35 % ÷ 360 + 808.64 × 122 × 0.35 % ÷ 360 + 4,191.36 × 302 × 0.35 % ÷ 360
        assert lift_flat.building_events("B1")[-1].lines[0].interest_fen == 3_339


def refund(code, unit, fen, on):
    line = Refund(unit=unit, amount_fen=fen)
    return RefundDeposit(building=code, reason="overpaid", refunded_on=on, lines=(line,))


class TestRefusals:
    @pytest.mark.parametrize("recording", [HISTORY, Recording(actor="officer-1")])
    class TestLiveAndHistory:
        """What no ledger may take: it would contradict itself, or nobody could recompute it."""

        def test_a_day_is_settled_once(self, lift_flat, recording):
            accrue(lift_flat, S1)
            assert refused(lift_flat, S1, recording) == ["boundary-not-later"]
            assert refused(lift_flat, date(2024, 1, 1), recording) == ["boundary-not-later"]

        def test_one_method_a_span(self, lift_flat, recording):
            lift_flat.execute(lift_flat.gains(100, on=date(2024, 6, 21)))
            lift_flat.distribute(S1)
            assert refused(lift_flat, S1, recording) == ["method-mixed"]
            assert refused(lift_flat, date(2024, 7, 1), recording) == ["method-mixed"]

        def test_the_future(self, lift_flat, recording):
            assert refused(lift_flat, date(2026, 11, 24), recording) == ["date-future"]
            assert refused(lift_flat, date.max, recording) == ["date-future"]

        @pytest.mark.parametrize(
            ("on", "other"),
            [
                (date(1998, 3, 24), {}),
                (S1, {"bank": "农商行"}),
                (S1, {"bank": "STATE", "carried": "6m"}),
                (date(2022, 9, 14), {"bank": "STATE"}),
            ],
        )
        def test_a_rate_that_is_not_on_record(self, lift_flat, recording, on, other):
            assert refused(lift_flat, on, recording, **other) == ["rate-unknown"]

        def test_not_a_fen_of_interest(self, lift_flat, recording):
            assert refused(lift_flat, date(2023, 9, 15), recording) == ["interest-none"]

    def test_a_distribution_after_rates_of_the_same_days(self, lift_flat):
        lift_flat.execute(lift_flat.gains(100_000, on=date(2024, 6, 21)))
        accrue(lift_flat, S1)
        with pytest.raises(Refused, match="method-mixed"):
            lift_flat.distribute(date(2024, 6, 29))
        assert lift_flat.distribute(S1).pool_fen == 100_000 - 3_136

    def test_a_county_elsewhere(self, lift_flat):
        with pytest.raises(InputError, match="county-unknown"):
            accrue(lift_flat, S1, county="530102")

    def test_no_more_than_the_gains_where_the_policy_says_so(self, lift_flat):
        strict = Application(lift_flat.log, without_excess(), lambda: lift_flat.moment)
        live = Recording(actor="officer-1")
        lift_flat.execute(lift_flat.gains(3_135, on=date(2024, 6, 21)))
        assert refused(lift_flat, S1, live, strict) == ["gains-exceeded"]
        lift_flat.execute(lift_flat.gains(1, on=S1))
        assert accrue(lift_flat, S1, live, strict).difference_fen == 0

    def test_history_credited_what_it_credited_and_the_audit_says_so(self, lift_flat):
        strict = Application(lift_flat.log, without_excess(), lambda: lift_flat.moment)
        lift_flat.execute(lift_flat.gains(3_000, on=S1))
        assert accrue(lift_flat, S1, HISTORY, strict).difference_fen == -136
        replayed = replay(lift_flat.memory)
        (found,) = (found for found in run(replayed, without_excess()) if found.rule == "C23")
        assert (found.county, found.amount, found.events) == ("532301", "1.36", (f"{BOOK}@3",))
        assert "超出 1.36 元" in found.message
        assert [found for found in run(replayed, policy.load()) if found.rule == "C23"] == []

    def test_what_the_gains_paid_for_is_no_finding(self, lift_flat):
        lift_flat.execute(lift_flat.gains(3_136, on=S1))
        accrue(lift_flat, S1)
        assert [
            found for found in run(replay(lift_flat.memory), without_excess()) if found.rule == "C23"
        ] == []

    def test_by_the_policy_as_it_is_a_gap_is_shown_and_not_refused(self, lift_flat):
        assert accrue(lift_flat, S1, Recording(actor="officer-1")).difference_fen == -3_136


def without_excess():
    """The policy with the office's own switch turned: no more than the gains that wait."""
    files = {
        entry.name.removesuffix(".toml"): entry.read_bytes()
        for entry in resources.files("ledger.policy").iterdir()
        if entry.name.endswith(".toml")
    }
    changed = files["rates"].replace(b"may_exceed_gains = true", b"may_exceed_gains = false")
    return policy.read(files | {"rates": changed})


class TestInTurn:
    def test_rates_go_on_from_the_boundary_of_a_pool(self, lift_flat):
        lift_flat.execute(lift_flat.gains(200_000, on=date(2024, 6, 21)))
        lift_flat.distribute(date(2024, 6, 29))
        done = accrue(lift_flat, S2)
        assert done.terms.previous == S1
        assert done.terms.total_fen == 19_740  # 13,160.00 × 1.50 %

    def test_a_pool_goes_on_from_the_boundary_of_rates_with_what_is_left(self, lift_flat):
        accrue(lift_flat, S1)
        lift_flat.execute(lift_flat.gains(3_000, on=date(2024, 9, 21)))
        with pytest.raises(Refused, match="pool-empty"):
            lift_flat.distribute(date(2024, 12, 31))
        lift_flat.execute(lift_flat.gains(1_136, on=date(2024, 12, 21)))
        done = lift_flat.distribute(date(2024, 12, 31))
        fixed = lift_flat.events(BOOK)[-1]
        assert isinstance(fixed, GainsDistributed)
        assert (done.pool_fen, fixed.previous) == (1_000, S1)
        assert fixed.shares[0].weight == 1_119_136 * 185

    def test_both_parts_of_public_housing_earn(self, office):
        office.register("P1", {"101": 5_000}, "public")
        day = date(2023, 6, 30)
        office.execute(
            office.deposit("P1", "101", 1_000_000, day),
            office.deposit("P1", "101", 3_000_000, day, part="seller"),
        )
        accrue(office, S1, fund="public")
        assert {name: interest for name, (_, interest) in office.balances("P1").items()} == {
            ("P1", "101"): 3_558,
            ("P1", "101/seller"): 10_675,
        }

    def test_an_entry_and_its_reversal_after_the_settlement_take_back_what_it_earned(self, lift_flat):
        done = lift_flat.execute(lift_flat.deposit("B1", "102", 1_116_000, date(2023, 9, 15)))
        accrue(lift_flat, S1)
        stream, _, version = done.events[-1].rpartition("@")
        lift_flat.execute(ReverseEntry(stream=stream, version=int(version), reason="误录"))
        accrue(lift_flat, S2)
        wrongly = lift_flat.account("B1", "102")
        assert (wrongly.principal_fen, wrongly.interest_fen) == (0, 3_136)
        assert lift_flat.account("B1", "101").balance_fen == 1_135_923


class StoppedError(Exception):
    """The machine stopped."""


class Stopping:
    """A log that stops for good after some appends."""

    def __init__(self, log, appends):
        self._log = log
        self.left = appends

    def append(self, *args, **kwargs):
        if self.left == 0:
            raise StoppedError
        self.left -= 1
        return self._log.append(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._log, name)


class TestTorn:
    @pytest.fixture(autouse=True)
    def small_appends(self, monkeypatch):
        monkeypatch.setattr("ledger.settling.BUILDINGS_PER_APPEND", 1)

    @pytest.fixture
    def torn(self, office, new_office):
        def make(appends, recording=HISTORY):
            codes = [f"B{number}" for number in range(1, 5)]
            office.execute(*(office.units(code, AREAS) for code in codes))
            office.execute(*(office.deposit(code, "101", 1_116_000, date(2023, 9, 15)) for code in codes))
            with pytest.raises(StoppedError):
                accrue(new_office(Stopping(office.memory, appends)), S1, recording)
            return office

        return make

    @pytest.mark.parametrize("appends", [1, 2, 4])
    def test_asking_again_finishes_it(self, torn, appends):
        office = torn(appends)
        office.execute(office.deposit("B4", "101", 5, date(2024, 1, 1)))
        done = accrue(office, S1)
        assert (done.terms.total_fen, done.buildings, done.units) == (4 * 3_136, 4, 4)
        assert {interest for _, interest in office.balances("B1", "B2", "B3", "B4").values()} == {0, 3_136}
        assert sum(isinstance(event, RatesAccrued) for event in office.events(BOOK)) == 1

    def test_the_next_settlement_finishes_it_whatever_its_method(self, torn):
        office = torn(2)
        office.execute(office.gains(100_000, on=date(2024, 9, 21)))
        office.distribute(date(2024, 12, 31))
        kinds = [event.distribution for event in office.building_events("B4")[3:]]
        assert kinds == [f"{BOOK}@2", f"{BOOK}@4"]

    def test_the_same_request_repeats_its_answer(self, torn):
        once = Recording(actor="officer-1", key="k1", digest=b"1")
        office = torn(2, once)
        done = accrue(office, S1, once)
        again = accrue(office, S1, once)
        assert (done.terms, done.units) == (again.terms, again.units)
        assert sum(isinstance(event, RatesAccrued) for event in office.events(BOOK)) == 1


def test_every_event_bears_the_version_of_the_policy_it_was_decided_under(lift_flat):
    """Also those of refusals, of history and of live commands, of books and of buildings."""
    strict = Application(lift_flat.log, without_excess(), lambda: lift_flat.moment)
    before = len(lift_flat.everything())
    live = Recording(actor="officer-1")
    with pytest.raises(Refused):
        accrue(lift_flat, S1, live, strict)
    strict.execute([lift_flat.gains(9_000, on=date(2024, 6, 21))], HISTORY)
    accrue(lift_flat, S1, live, strict)
    stored = lift_flat.everything()
    versions = [lift_flat.events(stream)[version - 1].policy for stream, version, _ in stored]
    assert set(versions[:before]) == {policy.load().version}
    assert set(versions[before:]) == {without_excess().version}
    assert {stream.partition("/")[0] for stream, _, _ in stored[before:]} == {"refusal", "book", "building"}
