"""Given events, when followed, then balances: accounts, postings and book entries hold what was written."""

from datetime import date

import pytest
from sqlalchemy import select

from projections.accounts import accounts
from projections.batch import ProjectionStopped
from projections.book_entries import book_entries
from projections.buildings import buildings
from projections.postings import postings

DAY = date(2019, 6, 30)


def rows(database, table, *columns):
    with database.engine.connect() as connection:
        found = connection.execute(select(*(table.c[name] for name in columns)).order_by(*table.primary_key))
        return [tuple(row) for row in found]


def balances(database):
    return rows(
        database, accounts, "building", "unit", "part", "principal_fen", "interest_fen", "first_deposit_fen"
    )


def test_a_registered_unit_has_an_account_of_zero(town, follower, database):
    town.open("B1", ("101", "102"))

    assert follower.catch_up() == town.position
    assert balances(database) == [("B1", "101", "owner", 0, 0, 0), ("B1", "102", "owner", 0, 0, 0)]
    assert rows(database, buildings, "building", "county", "estate", "storeys", "position") == [
        ("B1", "532301", "E1", 18, town.opened[0][0])
    ]
    assert rows(database, accounts, "owner_ref", "area_dm2", "usage", "position") == [
        ("p-101", 9000, "residential", town.position),
        ("p-102", 9000, "residential", town.position),
    ]


def test_a_unit_of_sold_public_housing_has_two_parts(town, follower, database):
    town.open("B1", ("101",), fund="public")
    town.deposit("B1", DAY, {"101": 500}, part="seller")

    follower.catch_up()

    assert balances(database) == [("B1", "101", "owner", 0, 0, 0), ("B1", "101", "seller", 500, 0, 500)]


def test_money_moves_between_batches_as_within_one(town, follower, database):
    town.open("B1", ("101", "102"))
    town.deposit("B1", DAY, {"101": 1_000, "102": 2_000})
    follower.catch_up()
    town.deposit("B1", DAY, {"101": 50}, kind="top-up")
    town.interest("B1", DAY, {"101": 7, "102": 9})
    town.withdraw("B1", DAY, {"101": (300, 7), "102": (2_100, 0)})

    follower.catch_up()

    assert balances(database) == [
        ("B1", "101", "owner", 750, 0, 1_000),
        ("B1", "102", "owner", -100, 9, 2_000),
    ]
    assert rows(database, postings, "unit", "kind", "principal_fen", "interest_fen", "version") == [
        ("101", "deposit", 1_000, 0, 3),
        ("102", "deposit", 2_000, 0, 3),
        ("101", "deposit", 50, 0, 4),
        ("101", "interest", 0, 7, 5),
        ("102", "interest", 0, 9, 5),
        ("101", "withdrawal", -300, -7, 6),
        ("102", "withdrawal", -2_100, 0, 6),
    ]


def test_openings_and_incomes_are_balances_and_no_first_deposits(town, follower, database):
    town.open("B1", ("101", "102"))
    first = town.opening("B1", DAY, {"101": (1_000, 20), "102": (0, 5)})
    town.income("B1", DAY, {"101": 3})
    follower.catch_up()
    town.reverse("B1", first, DAY)
    town.opening("B1", DAY, {"101": (900, 20)})

    follower.catch_up()

    assert balances(database) == [("B1", "101", "owner", 903, 20, 0), ("B1", "102", "owner", 0, 0, 0)]
    columns = ("unit", "kind", "principal_fen", "interest_fen", "version", "reversal")
    assert rows(database, postings, *columns) == [
        ("101", "opening", 1_000, 20, 3, False),
        ("102", "opening", 0, 5, 3, False),
        ("101", "income", 3, 0, 4, False),
        ("101", "opening", -1_000, -20, 5, True),
        ("102", "opening", 0, -5, 5, True),
        ("101", "opening", 900, 20, 6, False),
    ]


def test_a_reversed_first_deposit_is_no_first_deposit_any_more(town, follower, database):
    town.open("B1", ("101",))
    first = town.deposit("B1", DAY, {"101": 1_000})
    later = town.deposit("B1", DAY, {"101": 30}, kind="top-up")
    follower.catch_up()
    town.reverse("B1", first, DAY)
    town.reverse("B1", later, DAY)

    follower.catch_up()

    assert balances(database) == [("B1", "101", "owner", 0, 0, 0)]
    reversals = [row for row in rows(database, postings, "kind", "principal_fen", "reversal") if row[2]]
    assert reversals == [("deposit", -1_000, True), ("deposit", -30, True)]


def test_money_given_back_is_no_first_deposit_any_more_unless_that_is_reversed(town, follower, database):
    town.open("B1", ("101", "102"))
    town.deposit("B1", DAY, {"101": 1_000, "102": 2_000})
    follower.catch_up()
    given = town.refund("B1", DAY, {"101": (400, 3), "102": (2_000, 0)})
    town.refund("B1", DAY, {"102": (5, 0)}, kind=None)
    follower.catch_up()
    assert balances(database) == [("B1", "101", "owner", 600, -3, 600), ("B1", "102", "owner", -5, 0, 0)]

    town.reverse("B1", given, DAY)
    follower.catch_up()

    assert balances(database) == [
        ("B1", "101", "owner", 1_000, 0, 1_000),
        ("B1", "102", "owner", 1_995, 0, 2_000),
    ]
    assert rows(database, postings, "unit", "kind", "principal_fen", "interest_fen", "reversal")[2:] == [
        ("101", "refund", -400, -3, False),
        ("102", "refund", -2_000, 0, False),
        ("102", "refund", -5, 0, False),
        ("101", "refund", 400, 3, True),
        ("102", "refund", 2_000, 0, True),
    ]


@pytest.mark.parametrize("apart", [True, False], ids=["in later batches", "in one batch"])
def test_the_last_owner_recorded_is_on_every_part_of_the_account(town, follower, database, apart):
    town.open("B1", ("101", "102"), fund="public")
    if apart:
        follower.catch_up()
    town.change_owner("B1", date(2019, 6, 30), "101", "q1")
    if apart:
        follower.catch_up()
    town.change_owner("B1", date(2015, 6, 30), "101", "q2")

    follower.catch_up()

    assert rows(database, accounts, "unit", "part", "owner_ref", "principal_fen") == [
        ("101", "owner", "q2", 0),
        ("101", "seller", "q2", 0),
        ("102", "owner", "p-102", 0),
        ("102", "seller", "p-102", 0),
    ]


def test_gains_belong_to_the_book_and_to_no_unit(town, follower, database):
    version = town.gain("532301", DAY, 100, 250)
    town.reverse_gain("532301", version, DAY, 100)

    follower.catch_up()

    columns = ("line", "county", "fund", "kind", "category", "account", "amount_fen", "version", "reversal")
    assert rows(database, book_entries, *columns) == [
        (0, "532301", "commodity", "gain", "demand", "A1", 100, 1, False),
        (1, "532301", "commodity", "gain", "demand", "A1", 250, 1, False),
        (0, "532301", "commodity", "gain", "demand", None, -100, 2, True),
    ]
    assert rows(database, postings, "unit") == []


@pytest.mark.parametrize("unit", ["999", "0101"])
def test_money_of_an_unknown_account_stops_the_models_and_names_the_position(town, follower, database, unit):
    town.open("B1", ("101",))
    opened = follower.catch_up()
    town.deposit("B1", DAY, {unit: 100})

    with pytest.raises(ProjectionStopped) as stopped:
        follower.catch_up()

    assert stopped.value.position == town.position > opened
    assert balances(database) == [("B1", "101", "owner", 0, 0, 0)]
