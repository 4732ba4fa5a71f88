"""Reconciling an account: both read models, the reversals, the days asked for."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ledger.events import BankGainsReceived, DepositCollected, DepositLine, GainLine
from projections.bank_lines import bank_lines
from projections.bank_match import bank_match
from projections.bank_moves import bank_moves
from tests.projections.conftest import said

DAY = date(2019, 6, 30)
NEXT = date(2019, 7, 1)


def rows(database, table, *columns):
    with database.engine.connect() as connection:
        wanted = select(*(table.c[name] for name in columns)).order_by(table.c.position, table.c.line)
        return [tuple(row) for row in connection.execute(wanted)]


def deposit(town, building, day, *lines):
    """Lines as (unit, amount, bank reference, account)."""
    made = tuple(
        DepositLine(unit=unit, amount_fen=amount, bank_ref=ref, account=account)
        for unit, amount, ref, account in lines
    )
    stream = f"building/{building}"
    version = town.append(stream, DepositCollected(kind="first", lines=made, **said(day)))
    for unit, amount, _, _ in lines:
        town._note(building, day, "deposit", unit, "owner", amount, 0, version, first=True)
    return version


def matched(database, account="A1", start=None, end=None):
    with database.engine.connect() as connection:
        return bank_match(connection, account, start, end)


def unmatched(found):
    return [
        (day.day, [(each.amount, each.event, each.reason) for each in day.bank],
         [(each.amount, each.event, each.reason) for each in day.ledger])
        for day in found.days
    ]  # fmt: skip


def test_the_lines_of_a_statement(town, follower, database):
    town.statement("A1", DAY, (700, "r1"), -30)
    follower.catch_up()
    assert rows(
        database, bank_lines, "account", "value_date", "bank_ref", "amount_fen", "balance_fen", "version"
    ) == [("A1", DAY, "r1", 700, None, 1), ("A1", DAY, None, -30, None, 1)]


def test_every_movement_of_the_ledger_and_its_reversal(town, follower, database):
    town.open("B1", ("101",), county="532302")
    town.opening("B1", DAY, {"101": (50, 5)})
    first = deposit(town, "B1", DAY, ("101", 700, "r1", "A1"))
    town.interest("B1", DAY, {"101": 3})
    town.income("B1", DAY, {"101": 20})
    town.refund("B1", DAY, {"101": (10, 1)})
    town.reverse("B1", first, DAY)
    gain = town.gain("532302", DAY, 9)
    town.reverse_gain("532302", gain, DAY, 9)
    town.repair(DAY, 40, "532302", "r9")
    follower.catch_up()
    columns = ("county", "kind", "account", "bank_ref", "amount_fen", "reverses_version", "reverses_line")
    assert rows(database, bank_moves, *columns) == [
        ("532302", "deposit", "A1", "r1", 700, None, None),
        ("532302", "income", None, None, 20, None, None),
        ("532302", "refund", None, None, -11, None, None),
        ("532302", "deposit", None, None, -700, first, 0),
        ("532302", "gain", "A1", "B1", 9, None, None),
        ("532302", "gain", None, None, -9, gain, 0),
        ("532302", "repair", None, "r9", -40, None, None),
    ]


def test_both_sides_are_matched_and_the_rest_is_listed_by_day(town, follower, database):
    town.open("B1", ("101", "102"))
    deposit(town, "B1", DAY, ("101", 500, "r1", "A1"), ("102", 200, "r1", "A1"))
    late = deposit(town, "B1", NEXT, ("101", 80, None, "A1"))
    town.income("B1", DAY, {"101": 28, "102": 72})
    paid = town.repair(NEXT, 40, bank_ref="r9")
    bank = town.statement("A1", DAY, (700, "r1"), 100, 1)
    more = town.statement("A1", NEXT, (-41, "r9"))
    follower.catch_up()
    found = matched(database)
    assert (found.start, found.end, found.lines, found.matched) == (DAY, NEXT, 4, 2)
    assert unmatched(found) == [
        (DAY, [("0.01", bank, "missing")], []),
        (
            NEXT,
            [("-0.41", more, "amount-differs")],
            [("0.80", f"building/B1@{late}", "missing"), ("-0.40", paid, "amount-differs")],
        ),
    ]
    assert found.position == str(town.position)


def test_a_reversed_entry_is_not_expected_and_a_new_one_takes_its_place(town, follower, database):
    town.open("B1", ("101",))
    wrong = deposit(town, "B1", DAY, ("101", 600, "r1", "A1"))
    town.reverse("B1", wrong, DAY)
    deposit(town, "B1", DAY, ("101", 500, "r1", "A1"))
    town.statement("A1", DAY, (500, "r1"))
    follower.catch_up()
    assert unmatched(matched(database)) == []


def test_a_line_that_was_taken_back_is_not_the_banks(town, follower, database):
    stated = town.statement("A1", DAY, 5, 6)
    town.reverse_statement(stated, DAY, 0, 5)
    follower.catch_up()
    columns = ("account", "amount_fen", "version", "reverses_version", "reverses_line")
    assert rows(database, bank_lines, *columns) == [
        ("A1", 5, 1, None, None),
        ("A1", 6, 1, None, None),
        ("A1", -5, 2, 1, 0),
    ]
    found = matched(database)
    assert (found.lines, unmatched(found)) == (1, [(DAY, [("0.06", stated, "missing")], [])])


def test_days_asked_for_list_less_but_match_across_their_border(town, follower, database):
    town.open("B1", ("101",))
    on_the_last = deposit(town, "B1", DAY, ("101", 5, "r1", "A1"), ("101", 6, "r2", "A1"))
    town.statement("A1", NEXT, (5, "r1"), 7)
    follower.catch_up()
    event = f"building/B1@{on_the_last}"
    june = matched(database, start=DAY, end=DAY)
    assert (june.lines, june.matched) == (0, 0)
    assert unmatched(june) == [(DAY, [], [("0.06", event, "missing")])]
    july = matched(database)
    assert (july.start, july.end, july.lines, july.matched) == (NEXT, NEXT, 2, 1)
    assert unmatched(july) == [(NEXT, [("0.07", "bank/A1@1", "missing")], [])]


def test_an_entry_of_another_account_is_not_asked_for(town, follower, database):
    town.open("B1", ("101",))
    deposit(town, "B1", DAY, ("101", 5, None, "A1"), ("101", 6, None, "A2"))
    town.repair(DAY, 7, bank_ref="r7")
    town.statement("A1", DAY, 5)
    town.statement("A2", DAY, 6, (-7, "r7"))
    follower.catch_up()
    assert unmatched(matched(database, "A1")) == unmatched(matched(database, "A2")) == []


def test_an_account_without_statements_is_unknown(town, follower, database):
    town.statement("A1", DAY, 5)
    follower.catch_up()
    assert matched(database, "A9") is None


@pytest.mark.slow
def test_many_days_match_in_no_time(town, follower, database):
    """Ten years of gains, each on the statement a day late with its reference."""
    for number in range(0, 3650, 10):
        day = date(2010, 1, 1) + timedelta(days=number)
        line = GainLine(category="demand", amount_fen=number + 1, account="A1", bank_ref=f"r{number}")
        town.append("book/532301/commodity", BankGainsReceived(lines=(line,), **said(day)))
        town.statement("A1", day + timedelta(days=1), (number + 1, f"r{number}"))
    follower.catch_up()
    found = matched(database)
    assert (found.lines, found.matched, found.days) == (365, 365, ())
