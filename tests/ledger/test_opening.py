"""Opening balances (期初): once an account, before everything else, and what a reversal gives back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commands import OpenBalance, Recording, ReverseEntry
from ledger.errors import Refusal, Refused
from ledger.events import BalanceOpened, CommandRefused, EntryReversed, OpeningLine, ReversalLine

UNTIL = date(2018, 12, 31)
LATER = date(2019, 6, 30)
AREAS = {"101": 8931, "102": 10247}
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])


def opening(*lines, code="B1", on=UNTIL, basis="移交清册"):
    return OpenBalance(building=code, value_date=on, basis=basis, lines=lines)


def line(unit, principal_fen=0, interest_fen=0, part="owner"):
    return OpeningLine(unit=unit, part=part, principal_fen=principal_fen, interest_fen=interest_fen)


def reversal(version, lines=None):
    return ReverseEntry(stream="building/B1", version=version, reason="误录", lines=lines)


def refused(office, *commands, recording=HISTORY):
    """Code, field, line; the log grows by one refusal when live, and by nothing when history."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    added = office.everything()[len(before) :]
    assert office.everything()[: len(before)] == before
    kept = [event for stream, _, _ in added for event in office.events(stream)]
    assert [type(event) for event in kept] == [CommandRefused] * (recording.origin == "live")
    return [(found.code, found.field, found.line) for found in caught.value.refusals]


@pytest.fixture
def b1(office):
    office.register("B1", AREAS)
    return office


@BOTH
def test_accounts_hold_what_they_brought(b1, recording):
    lines = (line("101", 830_583, 1_234), line("102", interest_fen=7))
    done = b1.execute(opening(*lines), recording=recording)
    assert done.events == ("building/B1@3",)
    event = b1.building_events("B1")[-1]
    assert isinstance(event, BalanceOpened)
    assert (event.value_date, event.basis, event.lines) == (UNTIL, "移交清册", lines)
    assert event.origin == recording.origin
    assert b1.balances("B1") == {("B1", "101"): (830_583, 1_234), ("B1", "102"): (0, 7)}


def test_the_selling_unit_brings_its_own_part(office):
    office.register("B1", {"101": 100}, "public")
    office.execute(opening(line("101", 5), line("101", 7, 1, part="seller")))
    assert office.balances("B1") == {("B1", "101"): (5, 0), ("B1", "101/seller"): (7, 1)}


@BOTH
def test_an_account_is_opened_with_a_balance_once(b1, recording):
    b1.execute(opening(line("101", 5)))
    again = ("opening-twice", "unit", 1)
    assert refused(b1, opening(line("102", 1), line("101", 5)), recording=recording) == [again]
    assert refused(b1, opening(line("102", 1), line("102", 1)), recording=recording) == [again]
    assert refused(b1, opening(line("102", 1)), opening(line("102", 2), on=LATER), recording=recording) == [
        ("opening-twice", "unit", 0)
    ]


def test_live_an_account_with_entries_is_opened_too_late(b1):
    b1.execute(b1.deposit("B1", "101", 100, LATER))
    late = opening(line("102", 1), line("101", 5))
    assert refused(b1, late, recording=LIVE) == [("opening-late", "unit", 1)]
    (refusal,) = b1.application.judge([late], LIVE)
    assert refusal == Refusal(
        "opening-late", "户“101”业主部分已有分录，不能再记期初余额", "unit", 1, "财会〔2020〕7号（新旧衔接）"
    )


def test_history_is_recorded_in_any_order(b1):
    b1.execute(b1.deposit("B1", "101", 100, LATER))
    b1.execute(opening(line("101", 5)))
    assert b1.balances("B1")["B1", "101"] == (105, 0)


def test_an_account_settled_down_to_nothing_has_entries_all_the_same(b1):
    """100 in, 100 out by reversal, but the interest it earned stands."""
    b1.execute(b1.deposit("B1", "101", 100, date(2012, 1, 1)), b1.gains(9, on=date(2012, 12, 21)))
    b1.distribute(date(2012, 12, 31))
    b1.execute(reversal(3))
    assert b1.account("B1", "101").balance_fen == 9
    assert refused(b1, opening(line("101", 5)), recording=LIVE) == [("opening-late", "unit", 0)]


def test_what_was_only_reversed_is_no_entry(b1):
    b1.execute(b1.deposit("B1", "101", 100, LATER))
    b1.execute(reversal(3))
    b1.execute(opening(line("101", 5)), recording=LIVE)
    assert b1.balances("B1")["B1", "101"] == (5, 0)


@BOTH
def test_a_wrong_opening_balance_is_reversed_and_made_right(b1, recording):
    b1.execute(opening(line("101", 500, 20), line("102", 7)))
    b1.execute(reversal(3, (0,)), recording=recording)
    event = b1.building_events("B1")[-1]
    assert isinstance(event, EntryReversed)
    assert event.value_date == UNTIL
    assert event.lines == (
        ReversalLine(line=0, unit="101", kind="opening", principal_fen=-500, interest_fen=-20),
    )
    assert refused(b1, reversal(3, (0,))) == [("already-reversed", "lines", 0)]
    b1.execute(opening(line("101", 50, 20)), recording=recording)
    assert b1.balances("B1") == {("B1", "101"): (50, 20), ("B1", "102"): (7, 0)}
    assert refused(b1, opening(line("101", 5)), recording=recording) == [("opening-twice", "unit", 0)]


@BOTH
def test_every_refusal_is_told(b1, recording):
    command = opening(
        line("101"),
        line("102", -1, 5),
        line("103", 5, -2),
        line("101", 10**14, part="seller"),
        line("102", 1, 10**14),
        on=date(2026, 11, 24),
    )
    assert refused(b1, command, recording=recording) == [
        ("date-future", "value_date", None),
        ("amount-not-positive", "principal_fen", 0),
        ("amount-negative", "principal_fen", 1),
        ("amount-negative", "interest_fen", 2),
        ("unit-unknown", "unit", 2),
        ("amount-too-large", "principal_fen", 3),
        ("part-unknown", "part", 3),
        ("amount-too-large", "interest_fen", 4),
        ("opening-twice", "unit", 4),
    ]


@BOTH
def test_an_unknown_building_and_no_lines(office, recording):
    assert refused(office, opening(), recording=recording) == [
        ("lines-missing", "lines", None),
        ("building-unknown", "building", None),
    ]


def test_a_negative_amount_says_which(b1):
    (refusal,) = b1.application.judge([opening(line("101", 5, -2))], HISTORY)
    assert refusal.message == "期初利息 -0.02 不能为负数"


def test_a_kept_refusal_names_the_command_and_the_building(b1):
    b1.execute(opening(line("101", 5)))
    with pytest.raises(Refused):
        b1.execute(opening(line("101", 5)), recording=LIVE)
    (event,) = b1.events(b1.everything()[-1][0])
    assert (event.command, event.subject, event.codes) == ("open-balance", "B1", ("opening-twice",))


def test_an_opening_balance_weighs_from_its_day_on(b1):
    """101: 1,000 from 31 December (counted) to 10 January (not): 10 days; 102: 2,000 from 5 January: 5."""
    b1.execute(
        opening(line("101", 900, 100)),
        opening(line("102", 2_000), on=date(2019, 1, 5)),
        b1.gains(200, on=date(2019, 1, 2)),
    )
    b1.distribute(date(2019, 1, 9))
    assert b1.balances("B1") == {("B1", "101"): (900, 200), ("B1", "102"): (2_000, 100)}


balances = st.dictionaries(
    st.sampled_from(["101", "102", "103", "104"]),
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).filter(any),
    min_size=1,
)


@given(balances, st.randoms(use_true_random=False))
def test_any_order_of_lines_and_commands_opens_the_same_balances(new_office, held, shuffler):
    office = new_office()
    office.register("B1", dict.fromkeys(["101", "102", "103", "104"], 100))
    lines = [line(unit, *amounts) for unit, amounts in held.items()]
    shuffler.shuffle(lines)
    cut = shuffler.randrange(len(lines))
    office.execute(*(opening(*some) for some in (lines[:cut], lines[cut:]) if some))
    assert {unit: amounts for (_, unit), amounts in office.balances("B1").items() if any(amounts)} == held


class Rival:
    """A log on which another officer is faster once."""

    def __init__(self, log, act):
        self._log = log
        self._act = [act]

    def append(self, *args, **kwargs):
        while self._act:
            self._act.pop()()
        return self._log.append(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._log, name)


@BOTH
def test_of_two_officers_at_the_same_moment_one_opens_the_account(new_office, recording):
    office = new_office()
    office.register("B1", AREAS)
    ours = new_office(Rival(office.memory, lambda: office.execute(opening(line("101", 5)))))
    with pytest.raises(Refused) as caught:
        ours.execute(opening(line("101", 5)), recording=recording)
    assert [found.code for found in caught.value.refusals] == ["opening-twice"]
    assert office.balances("B1")["B1", "101"] == (5, 0)
