"""The statement of a unit: the order of its lines, the running balance, and its cuts."""

from datetime import date
from random import Random

import pytest

from ledger.money import yuan
from projections.building_view import building_view
from projections.statement import statement_unit
from tests.projections.conftest import grow


def ask(database, *unit, **cuts):
    with database.engine.connect() as connection:
        return statement_unit(connection, *unit, **cuts)


def test_lines_are_ordered_by_value_date_then_money_in_first_then_position(town, follower, database):
    town.open("B1", ("101",))
    town.withdraw("B1", date(2019, 6, 30), {"101": (400, 0)})
    town.deposit("B1", date(2019, 6, 30), {"101": 300})
    town.interest("B1", date(2019, 6, 30), {"101": 5})
    town.deposit("B1", date(2015, 1, 1), {"101": 250}, kind="top-up")
    follower.catch_up()

    answer = ask(database, "B1", "101")

    assert [(line.value_date, line.kind, line.amount, line.balance, line.event) for line in answer.lines] == [
        (date(2015, 1, 1), "deposit", "2.50", "2.50", "building/B1@6"),
        (date(2019, 6, 30), "deposit", "3.00", "5.50", "building/B1@4"),
        (date(2019, 6, 30), "interest", "0.05", "5.55", "building/B1@5"),
        (date(2019, 6, 30), "withdrawal", "-4.00", "1.55", "building/B1@3"),
    ]
    assert (answer.balance, answer.principal, answer.interest) == ("1.55", "1.50", "0.05")
    assert answer.position == str(town.position)


def test_both_parts_of_a_unit_are_on_its_statement(town, follower, database):
    town.open("B1", ("101",), fund="public")
    town.deposit("B1", date(2019, 1, 1), {"101": 100})
    town.deposit("B1", date(2019, 1, 2), {"101": 40}, part="seller")
    follower.catch_up()

    answer = ask(database, "B1", "101")

    assert [(line.part, line.balance) for line in answer.lines] == [("owner", "1.00"), ("seller", "1.40")]


def test_a_statement_begins_with_its_opening_balance(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", date(2019, 1, 2), {"101": 40}, kind="top-up")
    town.income("B1", date(2019, 1, 1), {"101": 7})
    town.opening("B1", date(2018, 12, 31), {"101": (100, 5)})
    follower.catch_up()

    answer = ask(database, "B1", "101")

    assert [(line.kind, line.amount, line.balance) for line in answer.lines] == [
        ("opening", "1.05", "1.05"),
        ("income", "0.07", "1.12"),
        ("deposit", "0.40", "1.52"),
    ]
    assert (answer.principal, answer.interest) == ("1.47", "0.05")


def test_a_unit_nobody_registered_has_no_statement(town, follower, database):
    town.open("B1", ("101",))
    follower.catch_up()

    assert ask(database, "B1", "102") is None
    assert ask(database, "B1", "101", position=town.position - 1) is None
    assert ask(database, "B1", "101").lines == ()


@pytest.mark.parametrize("seed", range(3))
def test_statements_of_a_random_history_end_at_the_balance(town, follower, database, seed):
    random = Random(seed)
    grow(town, random, 50)
    follower.catch_up()
    positions = [fact.position for fact in town.facts]

    for _, _, building, unit, _ in town.units:
        as_of = random.choice((None, date(random.randint(2012, 2019), 7, 1)))
        opened = next(at for at, _, code, name, _ in town.units if (code, name) == (building, unit))
        position = random.choice((None, max(opened, random.choice(positions))))
        known = [
            fact
            for fact in town.facts
            if (fact.building, fact.unit) == (building, unit)
            and (as_of is None or fact.day <= as_of)
            and (position is None or fact.position <= position)
        ]
        answer = ask(database, building, unit, as_of=as_of, position=position)
        assert answer.balance == yuan(sum(fact.amount for fact in known))
        assert len(answer.lines) == len(known)
        assert answer.lines == () or answer.lines[-1].balance == answer.balance


def test_a_building_shows_its_facts_and_its_accounts(town, follower, database):
    town.open("B1", ("102", "101"), fund="public")
    town.deposit("B1", date(2019, 1, 1), {"102": 100})
    follower.catch_up()

    with database.engine.connect() as connection:
        answer = building_view(connection, "B1")
        unknown = building_view(connection, "B2")

    assert unknown is None
    assert (answer.estate_name, answer.storeys, answer.balance) == ("彝人古镇", 18, "1.00")
    assert [(unit.unit, unit.part, unit.balance) for unit in answer.units] == [
        ("101", "owner", "0.00"),
        ("101", "seller", "0.00"),
        ("102", "owner", "1.00"),
        ("102", "seller", "0.00"),
    ]


def test_a_building_is_cut_by_value_date_and_by_what_the_log_held(town, follower, database):
    town.open("B1", ("101", "102"))
    registered = town.position
    town.deposit("B1", date(2019, 1, 1), {"101": 1000})
    first = town.position
    town.interest("B1", date(2019, 12, 31), {"101": 7})
    town.withdraw("B1", date(2019, 6, 1), {"101": (300, 0), "102": (1, 0)})
    follower.catch_up()

    def balances(**cuts):
        with database.engine.connect() as connection:
            answer = building_view(connection, "B1", **cuts)
        return answer and (answer.principal, answer.interest, *(unit.balance for unit in answer.units))

    assert balances() == ("6.99", "0.07", "7.07", "-0.01")
    assert balances(as_of=date(2019, 6, 1)) == ("6.99", "0.00", "7.00", "-0.01")
    assert balances(as_of=date(2019, 5, 31)) == ("10.00", "0.00", "10.00", "0.00")
    assert balances(position=first) == ("10.00", "0.00", "10.00", "0.00")
    assert balances(position=first, as_of=date(2018, 12, 31)) == ("0.00", "0.00", "0.00", "0.00")
    assert balances(position=registered) == ("0.00", "0.00", "0.00", "0.00")
    assert balances(position=0) is None
