"""The totals: by their definitions, at every cut, equal to what a plain list of entries adds up to."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import text

from ledger import policy
from ledger.errors import InputError
from ledger.money import yuan
from projections.known_at import position_at, resolve
from projections.summary import summary
from tests.projections.conftest import grow

DAY = date(2019, 6, 30)


def expected(town, county=None, as_of=None, position=None):
    """The totals as a dictionary, computed from the town's notes."""
    known = [
        fact
        for fact in town.facts
        if (county is None or fact.county == county)
        and (as_of is None or fact.day <= as_of)
        and (position is None or fact.position <= position)
    ]

    def total(kinds, of=lambda fact: fact.amount):
        return sum(of(fact) for fact in known if fact.kind in kinds)

    deposits = total({"deposit"}) + total({"opening"}, lambda fact: fact.principal)
    growth = total({"gain"}) + total({"opening"}, lambda fact: fact.interest)
    withdrawn, refunded = -total({"withdrawal"}), -total({"refund"})
    other = total({"income", "other-income"}) - total({"other-expense"})
    balance = deposits + growth + other - withdrawn - refunded
    on_units = total({"opening", "deposit", "interest", "income", "withdrawal", "refund"})
    stood = [
        (at, code, estate, building)
        for at, code, estate, building in town.opened
        if (county is None or code == county) and (position is None or at <= position)
    ]
    units = [
        unit
        for at, code, building, unit, _ in town.units
        if (county is None or code == county) and (position is None or at <= position)
    ]
    return {
        "collected": yuan(deposits + growth),
        "deposits": yuan(deposits),
        "growth": yuan(growth),
        "withdrawn": yuan(withdrawn),
        "refunded": yuan(refunded),
        "other": yuan(other),
        "balance": yuan(balance),
        "undistributed": yuan(balance - on_units),
        "estates": len({(code, estate) for _, code, estate, _ in stood}),
        "buildings": len(stood),
        "units": len(units),
    }


def ask(database, **cuts):
    with database.engine.connect() as connection:
        return summary(connection, **cuts)


def as_dict(totals):
    return {name: getattr(totals, name) for name in expected_names(totals)}


def expected_names(totals):
    return [name for name in totals.__struct_fields__ if name not in {"code", "name"}]


def test_the_totals_of_a_small_ledger(town, follower, database):
    town.open("B1", ("101", "102"), fund="public")
    town.open("B2", ("101",), county="532322", estate="E2")
    town.deposit("B1", DAY, {"101": 10_000, "102": 20_000})
    town.deposit("B1", DAY, {"101": 5_000}, part="seller")
    town.gain("532301", DAY, 700)
    town.interest("B1", DAY, {"101": 300})
    town.withdraw("B1", DAY, {"101": (1_000, 300)})
    wrong = town.deposit("B2", DAY, {"101": 99})
    town.reverse("B2", wrong, DAY)
    follower.catch_up()

    answer = ask(database)

    assert as_dict(answer.total) == {
        "collected": "357.00", "deposits": "350.00", "growth": "7.00", "withdrawn": "13.00",
        "refunded": "0.00", "other": "0.00", "balance": "344.00", "undistributed": "4.00",
        "estates": 2, "buildings": 2, "units": 3,
    }  # fmt: skip
    assert [(county.code, county.name, county.collected) for county in answer.counties] == [
        ("532301", policy.load().county("532301").name, "357.00"),
        ("532322", policy.load().county("532322").name, "0.00"),
    ]
    assert (answer.position, answer.known_at, answer.as_of) == (str(town.position), None, None)


def test_opening_balances_are_deposits_and_growth_and_income_is_other(town, follower, database):
    town.open("B1", ("101", "102"), fund="public")
    town.opening("B1", DAY, {"101": (10_000, 250)})
    town.opening("B1", DAY, {"101": (5_000, 50)}, part="seller")
    town.income("B1", DAY, {"101": 70, "102": 30})
    wrong = town.opening("B1", DAY, {"102": (9, 9)})
    town.reverse("B1", wrong, DAY)
    town.reverse("B1", town.income("B1", DAY, {"101": 1}), DAY)
    follower.catch_up()

    assert as_dict(ask(database).total) == {
        "collected": "153.00", "deposits": "150.00", "growth": "3.00", "withdrawn": "0.00",
        "refunded": "0.00", "other": "1.00", "balance": "154.00", "undistributed": "0.00",
        "estates": 1, "buildings": 1, "units": 2,
    }  # fmt: skip


def test_an_empty_ledger_has_totals_of_zero(follower, database):
    follower.catch_up()

    answer = ask(database)

    assert (answer.position, answer.total.collected, answer.counties) == ("0", "0.00", ())


@pytest.mark.parametrize("seed", range(6))
def test_a_random_history_adds_up_at_every_cut(town, follower, database, seed):
    random = Random(seed)
    grow(town, random, 60)
    follower.catch_up()
    positions = sorted({fact.position for fact in town.facts})

    for _ in range(12):
        county = random.choice((None, "532301", "532302"))
        as_of = random.choice((None, date(random.randint(2011, 2020), random.randint(1, 12), 28)))
        position = random.choice((None, random.choice(positions), random.choice(positions) - 1))
        answer = ask(database, county=county, as_of=as_of, position=position)
        assert as_dict(answer.total) == expected(town, county, as_of, position)
        for each in answer.counties:
            assert as_dict(each) == expected(town, each.code, as_of, position)


def test_what_was_known_stays_what_was_known(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", DAY, {"101": 100})
    follower.catch_up()
    before = ask(database)
    town.deposit("B1", DAY - timedelta(days=400), {"101": 55})
    town.open("B2", ("101",))
    follower.catch_up()

    again = ask(database, position=int(before.position))

    assert again.total == before.total
    assert again.known_at == again.position == before.position
    assert ask(database).total.deposits == "1.55"


def test_a_position_that_is_not_reached_answers_what_is(town, follower, database):
    town.open("B1", ("101",))
    follower.catch_up()

    assert ask(database, position=town.position + 1000).position == str(town.position)


def test_a_former_code_of_a_county_means_the_county(town, follower, database):
    town.open("B1", ("101",), county="532302")
    follower.catch_up()

    assert ask(database, county="532331").total.buildings == 1


def test_a_moment_means_the_last_checkpoint_written_by_then(database):
    heads = text("insert into seal.heads values (:size, :position, 'x', 'x', :sealed_at)")
    moment = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    with database.engine.begin() as connection:
        for size, position, minute in ((1, 500, 0), (2, 900, 5)):
            values = {"size": size, "position": position, "sealed_at": moment + timedelta(minutes=minute)}
            connection.execute(heads, values)
        assert position_at(connection, moment - timedelta(seconds=1)) == 0
        assert position_at(connection, moment) == 500
        assert position_at(connection, moment + timedelta(minutes=9)) == 900
        assert resolve(connection, "2026-11-23T16:03:00") == 500
        assert resolve(connection, "2026-11-23T08:06:00Z") == 900
        assert resolve(connection, "700") == 700
        with pytest.raises(InputError, match="known-at-invalid"):
            resolve(connection, "昨天")
