"""Bank statements (对账单): recorded day by day, in the order in which their balances follow."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import bank
from ledger.commands import Recording, RecordStatement, ReverseEntry
from ledger.errors import Refused
from ledger.events import CommandRefused, StatementLine, StatementReversed

DAY = date(2019, 6, 30)
NEXT = date(2019, 7, 1)
ACCOUNT = "2413000100000001"
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])


def moved(amount_fen, balance_fen=None, **own):
    return StatementLine(
        in_fen=max(amount_fen, 0), out_fen=max(-amount_fen, 0), balance_fen=balance_fen, **own
    )


def statement(*lines, on=DAY, account=ACCOUNT):
    return RecordStatement(account=account, value_date=on, lines=lines)


def recorded(office, account=ACCOUNT):
    return [
        (event.value_date, [(line.in_fen - line.out_fen, line.balance_fen) for line in event.lines])
        for event in office.events(f"bank/{account}")
    ]


def refused(office, *commands, recording):
    """Code, field, line, command; the log grows by one refusal when live, and by nothing when history."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    added = office.everything()[len(before) :]
    assert office.everything()[: len(before)] == before
    kept = [event for stream, _, _ in added for event in office.events(stream)]
    assert [type(event) for event in kept] == [CommandRefused] * (recording.origin == "live")
    assert [event.subject for event in kept] == [ACCOUNT] * len(kept)
    return [(found.code, found.field, found.line, found.command) for found in caught.value.refusals]


@BOTH
def test_a_day_is_one_event_in_the_order_of_its_balances(office, recording):
    newest_first = statement(moved(-30, 170), moved(100, 200), moved(100, 100))
    done = office.execute(newest_first, recording=recording)
    assert done.events == (f"bank/{ACCOUNT}@1",)
    assert recorded(office) == [(DAY, [(100, 100), (100, 200), (-30, 170)])]
    (event,) = office.events(f"bank/{ACCOUNT}")
    assert event.origin == recording.origin


@BOTH
def test_days_follow_and_more_of_a_day_may_come_later(office, recording):
    office.execute(statement(moved(100, 100)), recording=recording)
    office.execute(statement(moved(50, 150)), statement(moved(-150, 0), on=NEXT), recording=recording)
    assert recorded(office) == [(DAY, [(100, 100)]), (DAY, [(50, 150)]), (NEXT, [(-150, 0)])]


BROKEN = [
    ("a line is missing", [statement(moved(100, 100), moved(50, 170))], [(1, 0)]),
    ("a day is missing", [statement(moved(100, 100)), statement(moved(50, 170), on=NEXT)], [(0, 1)]),
    ("a day before does not lead on", [statement(moved(1, 100), on=NEXT), statement(moved(9, 9))], [(0, 1)]),
    ("the same day again", [statement(moved(100, 100)), statement(moved(100, 100))], [(0, 1)]),
    ("below zero", [statement(moved(-100, -100), moved(50, 50))], [(1, 0)]),
    ("unprinted in between", [statement(moved(5, 5), moved(5), moved(5, 14))], [(2, 0)]),
]


@pytest.mark.parametrize(
    ("commands", "where"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_balances_that_do_not_follow_are_refused_live_and_recorded_as_history(office, commands, where):
    codes = refused(office, *commands, recording=LIVE)
    assert codes == [("balance-broken", "balance_fen", line, command) for line, command in where]
    office.execute(*commands, recording=HISTORY)
    assert recorded(office) == [
        (command.value_date, [(line.in_fen - line.out_fen, line.balance_fen) for line in command.lines])
        for command in commands
    ]


def test_the_refusal_names_both_balances_and_the_article(office):
    with pytest.raises(Refused) as caught:
        office.execute(statement(moved(100, 100), moved(50, 170)), recording=LIVE)
    (found,) = caught.value.refusals
    assert found.basis == "165号令第30、31条"
    assert "应为 1.50，实为 1.70" in found.message


def test_a_statement_without_balances_is_taken_as_it_is(office):
    office.execute(statement(moved(5), moved(7)), recording=LIVE)
    office.execute(statement(moved(1, 900), on=NEXT), recording=LIVE)
    assert recorded(office) == [(DAY, [(5, None), (7, None)]), (NEXT, [(1, 900)])]


def test_accounts_are_apart(office):
    office.execute(statement(moved(5, 5)), recording=LIVE)
    office.execute(statement(moved(7, 7), account="9"), recording=LIVE)
    assert (recorded(office), recorded(office, "9")) == ([(DAY, [(5, 5)])], [(DAY, [(7, 7)])])


@BOTH
def test_what_no_statement_may_say_is_refused_line_by_line(office, recording):
    bad = statement(
        StatementLine(balance_fen=5),
        StatementLine(in_fen=1, out_fen=1),
        StatementLine(in_fen=-1),
        StatementLine(out_fen=10**14),
        StatementLine(in_fen=1, balance_fen=-(10**14)),
    )
    assert refused(
        office, bad, statement(), statement(moved(1), on=date(2026, 11, 24)), recording=recording
    ) == [
        ("amount-missing", "in_fen", 0, 0),
        ("amounts-both", "out_fen", 1, 0),
        ("amount-not-positive", "in_fen", 2, 0),
        ("amount-too-large", "out_fen", 3, 0),
        ("amount-too-large", "balance_fen", 4, 0),
        ("lines-missing", "lines", None, 1),
        ("date-future", "value_date", None, 2),
    ]


AMOUNTS = st.lists(st.integers(-3, 3).filter(bool), min_size=1, max_size=12)


@given(st.lists(AMOUNTS, min_size=1, max_size=4), st.integers(-5, 5), st.randoms(use_true_random=False))
def test_any_order_of_a_days_lines_is_taken_live_and_its_balances_follow(new_office, days, opening, shuffler):
    """Small amounts make balances recur, so that a day has many walks and circles; one line comes before."""
    office, balance, commands = new_office(), opening, []
    for number, amounts in enumerate([[1], *days]):
        lines = []
        for amount in amounts:
            balance += amount
            lines.append(moved(amount, balance))
        shuffler.shuffle(lines)
        commands.append(statement(*lines, on=DAY + timedelta(days=number)))
    office.execute(*commands, recording=LIVE)
    at = None
    for command, (day, lines) in zip(commands, recorded(office), strict=True):
        assert day == command.value_date
        assert sorted(lines) == sorted(
            (line.in_fen - line.out_fen, line.balance_fen) for line in command.lines
        )
        for amount, stated in lines:
            assert at is None or stated == at + amount
            at = stated
    assert at == balance


def test_a_strange_event_is_no_bank_event(office):
    office.register("B1", {"101": 1})
    with pytest.raises(TypeError):
        bank.apply(bank.EMPTY, office.building_events("B1")[0])


def test_a_circle_with_nothing_before_it_begins_where_the_statement_says(office):
    office.execute(statement(moved(3, 8), moved(-3, 5)), statement(moved(1, 6), on=NEXT), recording=LIVE)
    assert recorded(office) == [(DAY, [(3, 8), (-3, 5)]), (NEXT, [(1, 6)])]


@BOTH
def test_a_day_that_was_not_the_banks_is_taken_back_once_and_recorded_again(office, recording):
    office.execute(
        statement(moved(100, 100)), statement(moved(7, 170), moved(-8, 162), on=NEXT), recording=HISTORY
    )
    wrong = ReverseEntry(stream=f"bank/{ACCOUNT}", version=2, reason="账号有误")
    done = office.execute(wrong, statement(moved(5, 105), on=NEXT), recording=recording)
    assert done.events == (f"bank/{ACCOUNT}@3", f"bank/{ACCOUNT}@4")
    back = office.events(f"bank/{ACCOUNT}")[2]
    assert isinstance(back, StatementReversed)
    assert (back.version, back.value_date, back.reason) == (2, NEXT, "账号有误")
    assert [(line.line, line.amount_fen) for line in back.lines] == [(0, -7), (1, 8)]
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(wrong, recording=HISTORY)
    assert [found.code for found in caught.value.refusals] == ["already-reversed"] * 2
    assert office.everything() == before


def test_a_line_that_is_taken_back_leaves_the_balance_of_the_others(office):
    office.execute(statement(moved(100, 100), moved(50, 170)), recording=HISTORY)
    office.execute(
        ReverseEntry(stream=f"bank/{ACCOUNT}", version=1, reason="重复", lines=(1,)), recording=LIVE
    )
    assert refused(office, statement(moved(1, 171), on=NEXT), recording=LIVE) == [
        ("balance-broken", "balance_fen", 0, 0)
    ]
    office.execute(statement(moved(1, 101), on=NEXT), recording=LIVE)
