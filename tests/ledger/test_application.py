"""The application: one append or nothing, every refusal told, refusals kept, conflicts decided again."""

import threading
import time
from datetime import UTC, date, datetime

import msgspec
import pytest

from ledger.commands import DistributeGains, Recording, ReverseEntry, StartDemonstration
from ledger.errors import Busy, IdempotencyConflict, Refused
from ledger.events import (
    BankGainsReceived,
    BuildingsEntered,
    CommandRefused,
    DepositCollected,
    DepositLine,
    EntryReversed,
    Evidence,
    GainReversalLine,
    GainsReversed,
    ReversalLine,
)
from ledger.log import Claim, VersionConflict

PAID = date(2012, 5, 1)
AREAS = {"101": 8931, "102": 10247}


def codes(caught):
    return [(found.command, found.code, found.line) for found in caught.value.refusals]


class TestOneAppend:
    def test_units_open_the_building_and_enter_the_book(self, office):
        done = office.register("B1", AREAS)
        assert done.events == ("building/B1@1", "building/B1@2", "book/532301/commodity@1")
        (entered,) = office.events("book/532301/commodity")
        assert isinstance(entered, BuildingsEntered)
        assert (entered.buildings, entered.value_date) == (("B1",), date(2026, 11, 23))

    def test_one_entry_for_all_buildings_of_a_batch(self, office):
        office.execute(
            office.units("B2", AREAS), office.units("B1", AREAS), office.units("B3", AREAS, "public")
        )
        assert [event.buildings for event in office.events("book/532301/commodity")] == [("B1", "B2")]
        assert [event.buildings for event in office.events("book/532301/public")] == [("B3",)]

    def test_a_building_enters_a_book_once(self, office):
        office.register("B1", AREAS)
        office.register("B1", {"103": 100})
        assert len(office.events("book/532301/commodity")) == 1
        mixed = office.units("B1", {"201": 100}, "public")
        office.execute(mixed)
        assert [event.buildings for event in office.events("book/532301/public")] == [("B1",)]

    def test_what_is_on_record_adds_nothing(self, office):
        office.register("B1", AREAS)
        before = office.everything()
        done = office.register("B1", AREAS)
        assert (done.position, done.events) == (0, ())
        assert office.everything() == before

    def test_a_command_sees_what_those_before_it_did(self, office):
        office.execute(office.units("B1", AREAS), office.deposit("B1", "101", 100, PAID))
        assert office.balances("B1") == {("B1", "101"): (100, 0), ("B1", "102"): (0, 0)}

    def test_one_refusal_refuses_the_whole_batch(self, office):
        office.register("B1", AREAS)
        before = office.everything()
        with pytest.raises(Refused) as caught:
            office.execute(
                office.deposit("B1", "101", 100, PAID),
                office.deposit("B1", "999", 100, PAID),
                office.deposit("B9", "101", 100, PAID),
                office.gains(0, on=PAID),
                office.units("B2", {"101": 0}),
                office.units("B3", AREAS, county="530102"),
            )
        assert codes(caught) == [
            (1, "unit-unknown", 0),
            (2, "building-unknown", None),
            (3, "amount-not-positive", 0),
            (4, "area-invalid", 0),
            (5, "county-unknown", None),
        ]
        assert office.everything() == before

    def test_the_former_code_of_a_county_is_kept_as_todays(self, office):
        office.register("B1", AREAS, county="532331")
        office.execute(office.gains(5, on=PAID, county="532331"))
        assert office.application.buildings(["B1"])["B1"].facts.county == "532302"
        assert len(office.events("book/532302/commodity")) == 2
        assert office.events("book/532331/commodity") == []

    def test_the_stamp_is_on_every_event(self, office):
        papers = (Evidence(name="a.xlsx", sha256="00" * 32),)
        recording = Recording(actor="o7", origin="history", evidence=papers, import_id="imp-1")
        office.application.execute([office.units("B1", AREAS)], recording)
        for stream in ("building/B1", "book/532301/commodity"):
            for event in office.events(stream):
                assert event.actor == "o7"
                assert event.origin == "history"
                assert event.evidence == papers
                assert event.import_id == "imp-1"
                assert event.recorded_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
                assert event.policy.startswith("2026-")

    def test_judging_appends_nothing_and_tells_the_same(self, office, live):
        office.register("B1", AREAS)
        before = office.everything()
        commands = [office.deposit("B1", "101", 1, PAID), office.deposit("B1", "999", 0, PAID)]
        found = office.application.judge(commands, live)
        assert [(refusal.command, refusal.code) for refusal in found] == [
            (1, "amount-not-positive"),
            (1, "unit-unknown"),
        ]
        assert office.application.judge(commands[:1], live) == ()
        assert office.everything() == before

    def test_unknown_buildings_are_absent_from_the_view(self, office):
        office.register("B1", AREAS)
        assert set(office.application.buildings(["B1", "B2"])) == {"B1"}

    def test_a_distribution_is_no_part_of_a_batch(self, office):
        command = DistributeGains(county="532301", fund="commodity", through=PAID)
        with pytest.raises(TypeError, match="DistributeGains"):
            office.execute(command)


class TestDays:
    @pytest.mark.parametrize("recording", ["live", "history"])
    def test_tomorrow_in_shanghai_is_the_future(self, office, request, recording):
        office.register("B1", AREAS)
        office.moment = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
        with pytest.raises(Refused) as caught:
            office.execute(
                office.deposit("B1", "101", 1, date(2026, 11, 24)),
                office.gains(1, on=date(2026, 11, 24)),
                recording=request.getfixturevalue(recording),
            )
        assert codes(caught) == [(0, "date-future", None), (1, "date-future", None)]
        office.moment = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
        office.execute(office.deposit("B1", "101", 1, date(2026, 11, 24)))


class TestReceipts:
    def test_live_a_receipt_stands_for_one_deposit(self, office, live):
        office.register("B1", AREAS)
        office.execute(office.deposit("B1", "101", 1, PAID, "00000001"), recording=live)
        with pytest.raises(Refused) as caught:
            office.execute(
                office.deposit("B1", "101", 1, PAID, "00000002"),
                office.deposit("B1", "102", 1, PAID, "00000001"),
                recording=live,
            )
        assert codes(caught) == [(1, "receipt-used", 0)]

    def test_within_a_batch_the_later_line_is_refused(self, office, live):
        office.register("B1", AREAS)
        twice = msgspec.structs.replace(
            office.deposit("B1", "101", 1, PAID),
            lines=(
                DepositLine(unit="101", amount_fen=1, receipt_no="7"),
                DepositLine(unit="102", amount_fen=1, receipt_no="7"),
            ),
        )
        with pytest.raises(Refused) as caught:
            office.execute(twice, office.deposit("B1", "101", 1, PAID, "7"), recording=live)
        assert codes(caught) == [(0, "receipt-used", 1), (1, "receipt-used", 0)]

    def test_also_where_the_building_opens_in_the_same_batch(self, office, live):
        office.register("B1", AREAS)
        office.execute(office.deposit("B1", "101", 1, PAID, "7"), recording=live)
        with pytest.raises(Refused) as caught:
            office.execute(
                office.units("B2", AREAS), office.deposit("B2", "101", 1, PAID, "7"), recording=live
            )
        assert codes(caught) == [(1, "receipt-used", 0)]

    def test_another_county_has_its_own_receipts(self, office, live):
        office.register("B1", AREAS)
        office.register("B2", AREAS, county="532302")
        office.execute(office.deposit("B1", "101", 1, PAID, "7"), recording=live)
        office.execute(office.deposit("B2", "101", 1, PAID, "7"), recording=live)
        assert office.balances("B1", "B2")["B2", "101"] == (1, 0)

    def test_history_is_recorded_with_the_same_receipt_twice_and_noted(self, office, live):
        office.register("B1", AREAS)
        office.execute(office.deposit("B1", "101", 1, PAID, "7"), office.deposit("B1", "102", 2, PAID, "7"))
        assert office.memory.taken([Claim("receipt/532301", "7", strict=True)])
        with pytest.raises(Refused) as caught:
            office.execute(office.deposit("B1", "101", 3, PAID, "7"), recording=live)
        assert codes(caught) == [(0, "receipt-used", 0)]
        office.execute(office.deposit("B1", "101", 3, PAID, "7"))
        assert office.balances("B1") == {("B1", "101"): (4, 0), ("B1", "102"): (2, 0)}

    def test_two_at_the_same_moment_and_one_wins(self, new_office, live):
        """The other writer takes the receipt after we looked: the append refuses, and we look again."""
        office = new_office()
        office.register("B1", AREAS)
        office.register("B2", AREAS)
        rival = Interfering(office.memory, lambda: None)
        ours = new_office(rival)
        rival.interfere = lambda: office.execute(office.deposit("B2", "101", 1, PAID, "7"), recording=live)
        with pytest.raises(Refused) as caught:
            ours.execute(ours.deposit("B1", "101", 1, PAID, "7"), recording=live)
        assert codes(caught) == [(0, "receipt-used", 0)]
        assert office.balances("B1", "B2")["B1", "101"] == (0, 0)


class TestRefusalsKept:
    def test_a_refused_live_command_leaves_one_event(self, office, live):
        office.register("B1", AREAS)
        before = office.everything()
        with pytest.raises(Refused):
            office.execute(
                office.deposit("B1", "101", 0, PAID), office.deposit("B1", "9", 1, PAID), recording=live
            )
        (added,) = office.everything()[len(before) :]
        assert added[0].startswith("refusal/")
        (event,) = office.events(added[0])
        assert isinstance(event, CommandRefused)
        assert (event.command, event.subject) == ("collect-deposit", "B1")
        assert event.codes == ("amount-not-positive", "unit-unknown")
        assert event.messages == ("金额 0.00 应大于零", "楼幢“B1”没有登记户“9”")
        assert event.value_date == date(2026, 11, 23)

    @pytest.mark.parametrize(
        "recording",
        [Recording(actor="o", refusals_kept=False), Recording(actor="o", origin="history")],
    )
    def test_registers_and_history_add_nothing(self, office, recording):
        with pytest.raises(Refused):
            office.execute(office.deposit("B1", "101", 1, PAID), recording=recording)
        assert office.everything() == []

    def test_a_refused_request_may_be_sent_again(self, office):
        recording = Recording(actor="o", key="k1", digest=b"1")
        for _ in range(2):
            with pytest.raises(Refused):
                office.execute(office.deposit("B1", "101", 1, PAID), recording=recording)
        assert [stream.partition("/")[0] for stream, _, _ in office.everything()] == ["refusal"]
        office.register("B1", AREAS)
        done = office.execute(office.deposit("B1", "101", 1, PAID), recording=recording)
        assert not done.repeated
        assert office.balances("B1")["B1", "101"] == (1, 0)


class TestRequests:
    def test_the_same_request_again_changes_nothing(self, office):
        office.register("B1", AREAS)
        recording = Recording(actor="o", key="k1", digest=b"1")
        first = office.execute(office.deposit("B1", "101", 1, PAID), recording=recording)
        before = office.everything()
        again = office.execute(office.deposit("B1", "101", 1, PAID), recording=recording)
        assert again == msgspec.convert(
            {"position": first.position, "events": first.events, "repeated": True}, type(first)
        )
        assert office.everything() == before

    def test_the_same_key_with_another_request_is_a_conflict(self, office):
        office.register("B1", AREAS)
        office.execute(
            office.deposit("B1", "101", 1, PAID), recording=Recording(actor="o", key="k1", digest=b"1")
        )
        before = office.everything()
        with pytest.raises(IdempotencyConflict):
            office.execute(
                office.deposit("B1", "101", 2, PAID), recording=Recording(actor="o", key="k1", digest=b"2")
            )
        assert office.everything() == before

    def test_rows_are_known_after_the_import_that_brought_them(self, office):
        recording = Recording(actor="o", origin="history", import_id="imp-1")
        office.application.execute([office.units("B1", AREAS)], recording, rows=[b"r1", b"r2"])
        assert office.application.known_rows([b"r1", b"r3"]) == {b"r1"}


class Interfering:
    """A log on which another writer is faster, some times or always."""

    def __init__(self, log, interfere, times=1):
        self._log = log
        self.interfere = interfere
        self.times = times

    def append(self, *args, **kwargs):
        if self.times:
            self.times -= 1
            self.interfere()
        return self._log.append(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._log, name)


class TestConflicts:
    def test_a_conflict_is_decided_again_on_fresh_state(self, new_office):
        office = new_office()
        office.register("B1", AREAS)
        log = Interfering(office.memory, lambda: office.execute(office.deposit("B1", "101", 10, PAID)), 3)
        new_office(log).execute(office.deposit("B1", "101", 1, PAID))
        assert office.balances("B1")["B1", "101"] == (31, 0)

    def test_two_that_open_the_same_building(self, new_office):
        office = new_office()
        log = Interfering(office.memory, lambda: office.register("B1", AREAS))
        done = new_office(log).register("B1", AREAS)
        assert done.events == ()
        assert len(office.events("building/B1")) == 2

    def test_after_eight_tries_it_is_busy(self, new_office):
        office = new_office()
        office.register("B1", AREAS)
        tries = []

        def always():
            tries.append(1)
            raise VersionConflict

        ours = new_office(Interfering(office.memory, always, 100))
        before = office.everything()
        with pytest.raises(Busy):
            ours.execute(office.deposit("B1", "101", 1, PAID))
        assert len(tries) == 8
        assert office.everything() == before

    @pytest.mark.slow
    def test_eight_writers_on_one_building_lose_nothing(self, office):
        office.register("B1", AREAS)

        def work():
            for _ in range(20):
                while True:
                    try:
                        office.execute(office.deposit("B1", "101", 1, PAID))
                        break
                    except Busy:
                        continue

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert office.balances("B1")["B1", "101"] == (160, 0)


class TestReversals:
    @pytest.fixture
    def paid(self, office):
        """A deposit of two lines at version 3 of B1, and gains of two lines at version 2 of the book."""
        office.register("B1", AREAS)
        command = msgspec.structs.replace(
            office.deposit("B1", "101", 1, PAID),
            lines=(DepositLine(unit="101", amount_fen=100), DepositLine(unit="102", amount_fen=200)),
        )
        office.execute(command, office.gains(70, 30, on=PAID))
        return office

    @staticmethod
    def reverse(stream="building/B1", version=3, lines=None, reason="误录"):
        return ReverseEntry(stream=stream, version=version, reason=reason, lines=lines)

    def refused(self, office, *commands):
        before = office.everything()
        with pytest.raises(Refused) as caught:
            office.execute(*commands)
        assert office.everything() == before
        return [(found.code, found.line) for found in caught.value.refusals]

    def test_the_opposite_entry_with_the_original_day(self, paid):
        paid.execute(self.reverse(lines=(1,)))
        event = paid.building_events("B1")[-1]
        assert isinstance(event, EntryReversed)
        assert (event.version, event.reason, event.value_date) == (3, "误录", PAID)
        assert event.lines == (ReversalLine(line=1, unit="102", kind="deposit", principal_fen=-200),)
        assert paid.balances("B1") == {("B1", "101"): (100, 0), ("B1", "102"): (0, 0)}

    def test_a_gain(self, paid):
        paid.execute(self.reverse("book/532301/commodity", 2))
        event = paid.events("book/532301/commodity")[-1]
        assert isinstance(event, GainsReversed)
        assert event.lines == (
            GainReversalLine(line=0, category="demand", amount_fen=-70),
            GainReversalLine(line=1, category="demand", amount_fen=-30),
        )
        with pytest.raises(Refused) as caught:
            paid.distribute(date(2012, 12, 31))
        assert [found.code for found in caught.value.refusals] == ["pool-empty"]

    def test_a_line_is_reversed_once(self, paid):
        paid.execute(self.reverse(lines=(0,)))
        assert self.refused(paid, self.reverse(lines=(0,))) == [("already-reversed", 0)]
        assert self.refused(paid, self.reverse()) == [("already-reversed", 0)]
        assert self.refused(paid, self.reverse(lines=(1, 1))) == [("already-reversed", 1)]
        assert self.refused(paid, self.reverse(lines=(1,)), self.reverse(lines=(1,))) == [
            ("already-reversed", 0)
        ]
        paid.execute(self.reverse(lines=(1,)))
        assert self.refused(paid, self.reverse()) == [("already-reversed", 0), ("already-reversed", 1)]
        assert paid.balances("B1") == {("B1", "101"): (0, 0), ("B1", "102"): (0, 0)}

    def test_a_gain_is_reversed_once(self, paid):
        paid.execute(self.reverse("book/532301/commodity", 2, (0,)))
        paid.execute(self.reverse("book/532301/commodity", 2, (1,)))
        assert self.refused(paid, self.reverse("book/532301/commodity", 2)) == [
            ("already-reversed", 0),
            ("already-reversed", 1),
        ]

    @pytest.mark.parametrize(
        ("stream", "version", "lines", "code"),
        [
            ("building/B1", 4, None, "entry-unknown"),
            ("building/B1", 0, None, "entry-unknown"),
            ("building/B9", 1, None, "entry-unknown"),
            ("building/B1", 2, None, "not-reversible"),
            ("book/532301/commodity", 1, None, "not-reversible"),
            ("repair/532301/P1", 1, None, "entry-unknown"),
            ("building/B1", 3, (), "lines-missing"),
        ],
    )
    def test_what_cannot_be_reversed(self, paid, stream, version, lines, code):
        assert self.refused(paid, self.reverse(stream, version, lines)) == [(code, None)]

    def test_lines_it_does_not_have_and_no_reason(self, paid):
        assert self.refused(paid, self.reverse(lines=(0, 2, -1), reason=" ")) == [
            ("reason-missing", None),
            ("line-unknown", 1),
            ("line-unknown", 2),
        ]

    def test_interest_is_not_reversed(self, paid):
        paid.distribute(date(2012, 12, 31))
        assert self.refused(paid, self.reverse(version=4)) == [("not-reversible", None)]

    def test_a_reversal_is_not_reversed(self, paid):
        paid.execute(self.reverse())
        assert self.refused(paid, self.reverse(version=4)) == [("not-reversible", None)]

    def test_after_a_reversal_the_weights_are_as_if_nothing_had_been(self, paid, new_office):
        other = new_office()
        other.register("B1", AREAS)
        other.execute(other.deposit("B1", "101", 100, PAID), other.gains(70, 30, on=PAID))
        paid.execute(self.reverse(lines=(1,)))
        for office in (paid, other):
            office.distribute(date(2012, 12, 31))
        assert (
            paid.balances("B1") == other.balances("B1") == {("B1", "101"): (100, 100), ("B1", "102"): (0, 0)}
        )


class TestDemonstration:
    def test_a_log_starts_it_once(self, office, live):
        office.execute(StartDemonstration(seed=1, scale="0.01"), recording=live)
        assert [event.seed for event in office.events("demonstration")] == [1]
        with pytest.raises(Refused) as caught:
            office.execute(StartDemonstration(seed=1, scale="0.01"))
        assert codes(caught) == [(0, "demonstration-started", None)]


def test_gains_are_recorded_line_by_line(office):
    office.execute(office.gains(70, 30, on=PAID))
    (event,) = office.events("book/532301/commodity")
    assert isinstance(event, BankGainsReceived)
    assert [line.amount_fen for line in event.lines] == [70, 30]


def test_a_deposit_is_one_event(office):
    office.register("B1", AREAS)
    done = office.execute(office.deposit("B1", "101", 100, PAID))
    assert done.events == ("building/B1@3",)
    assert isinstance(office.building_events("B1")[-1], DepositCollected)


@pytest.mark.slow
def test_sixty_thousand_deposits_are_decided_in_seconds(office):
    """Costs grow with the lines, not with the buildings: about 25 µs of processor time a command."""
    buildings = [f"B{number:04d}" for number in range(5_500)]
    office.execute(*(office.units(code, {f"{unit}": 100 for unit in range(20)}) for code in buildings))
    commands = [
        office.deposit(buildings[number % 5_500], str(number // 5_500), 1 + number, PAID, f"{number:08d}")
        for number in range(60_000)
    ]
    begun = time.process_time()
    assert office.application.judge(commands, Recording(actor="o", origin="history")) == ()
    assert time.process_time() - begun < 6
