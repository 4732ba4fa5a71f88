"""Units split, merged, corrected, frozen: what the read tables show, in one batch or several, or rebuilt."""

from datetime import date

import pytest
from sqlalchemy import select

from ledger.events import MoveLine, UnitFrozen, UnitLine, UnitReleased, UnitsChanged
from projections.accounts import accounts
from projections.building_view import building_view
from projections.rebuild import check, rebuild
from projections.statement import statement_unit
from projections.summary import summary
from tests.projections.conftest import said

DAY = date(2019, 6, 30)
CHANGED = date(2020, 2, 1)


def line(unit, area=9000, fund="commodity", **facts):
    return UnitLine(unit=unit, fund=fund, usage="residential", area_dm2=area, **facts)


def split(town, unit="101", moved=(1_000, 7, 1_000), into=(("A", 400, 3, 400), ("B", 600, 4, 600))):
    principal, interest, first = moved
    town.append(
        "building/B1",
        UnitsChanged(
            reason="split",
            before=(line(unit),),
            after=tuple(line(name, 4500, owner_ref=f"p-{name}") for name, *_ in into),
            lines=(
                MoveLine(
                    unit=unit, principal_fen=-principal, interest_fen=-interest, first_deposit_fen=-first
                ),
                *(
                    MoveLine(unit=name, principal_fen=mine, interest_fen=gain, first_deposit_fen=base)
                    for name, mine, gain, base in into
                ),
            ),
            **said(CHANGED),
        ),
    )


def correct(town, unit, area, usage="residential", realty_no=None):
    after = UnitLine(unit=unit, fund="commodity", usage=usage, area_dm2=area, realty_no=realty_no)
    event = UnitsChanged(reason="area", before=(line(unit),), after=(after,), **said(CHANGED))
    town.append("building/B1", event)


def freeze(town, unit, order):
    town.append("building/B1", UnitFrozen(unit=unit, court="法院", order_no=order, **said(CHANGED)))


def release(town, unit, order):
    town.append("building/B1", UnitReleased(unit=unit, order_no=order, **said(CHANGED)))


def shown(database, *names):
    columns = [accounts.c[name] for name in ("unit", "part", *names)]
    with database.engine.connect() as connection:
        found = connection.execute(select(*columns).order_by(accounts.c.unit, accounts.c.part))
        return [tuple(row) for row in found]


@pytest.fixture(params=["one batch", "several", "rebuilt"])
def read(request, town, follower, database):
    """Follow after each step, at the end, or build from nothing; all must show the same."""

    def step():
        if request.param == "several":
            follower.catch_up()

    def end():
        follower.catch_up()
        if request.param == "rebuilt":
            rebuild(database.engine)
        assert check(database.engine).differences == ()

    step.end = end
    return step


def test_a_split_closes_one_account_and_opens_two(read, town, database):
    town.open("B1", ("101", "102"))
    town.deposit("B1", DAY, {"101": 1_000, "102": 5})
    town.interest("B1", DAY, {"101": 7})
    read()
    split(town)
    at = town.position
    read.end()

    names = ("principal_fen", "interest_fen", "first_deposit_fen", "closed", "closed_position", "owner_ref")
    assert shown(database, *names) == [
        ("101", "owner", 0, 0, 0, True, at, "p-101"),
        ("102", "owner", 5, 0, 5, False, None, "p-102"),
        ("A", "owner", 400, 3, 400, False, None, "p-A"),
        ("B", "owner", 600, 4, 600, False, None, "p-B"),
    ]


def test_a_correction_changes_facts_and_no_money(read, town, database):
    town.open("B1", ("101",))
    town.deposit("B1", DAY, {"101": 1_000})
    read()
    correct(town, "101", 9500)
    correct(town, "101", 9600, "nonresidential", "R1")
    read.end()

    assert shown(database, "area_dm2", "usage", "realty_no", "owner_ref", "principal_fen", "closed") == [
        ("101", "owner", 9600, "nonresidential", "R1", "p-101", 1_000, False)
    ]


def test_an_account_shows_the_orders_that_hold_it(read, town, database):
    town.open("B1", ("101", "102"), fund="public")
    read()
    freeze(town, "101", "执1号")
    freeze(town, "101", "执2号")
    freeze(town, "102", "执1号")
    read()
    release(town, "101", "执1号")
    freeze(town, "101", "执3号")
    release(town, "102", "执1号")
    read.end()

    assert shown(database, "frozen") == [
        ("101", "owner", "执2号；执3号"),
        ("101", "seller", None),
        ("102", "owner", None),
        ("102", "seller", None),
    ]


def test_the_statements_show_where_the_money_went(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", DAY, {"101": 1_000})
    town.interest("B1", DAY, {"101": 7})
    split(town)
    freeze(town, "A", "执1号")
    follower.catch_up()

    with database.engine.connect() as connection:
        old = statement_unit(connection, "B1", "101")
        new = statement_unit(connection, "B1", "A")
        view = building_view(connection, "B1")
    assert [(entry.kind, entry.amount, entry.balance) for entry in old.lines] == [
        ("deposit", "10.00", "10.00"),
        ("interest", "0.07", "10.07"),
        ("moved", "-10.07", "0.00"),
    ]
    assert (old.balance, old.closed, old.frozen) == ("0.00", True, None)
    assert [(entry.kind, entry.amount, entry.value_date) for entry in new.lines] == [
        ("moved", "4.03", CHANGED)
    ]
    assert (new.balance, new.closed, new.frozen) == ("4.03", False, "执1号")
    assert [(unit.unit, unit.closed, unit.frozen) for unit in view.units] == [
        ("101", True, None),
        ("A", False, "执1号"),
        ("B", False, None),
    ]
    assert view.balance == "10.07"


def test_totals_do_not_move_and_closed_units_count_until_they_close(town, follower, database):
    town.open("B1", ("101", "102"))
    town.deposit("B1", DAY, {"101": 1_000})
    town.interest("B1", DAY, {"101": 7})
    before = town.position
    split(town)
    follower.catch_up()

    with database.engine.connect() as connection:
        now = summary(connection).total
        then = summary(connection, position=before).total
    assert (then.units, now.units) == (2, 3)
    money = ("collected", "deposits", "growth", "withdrawn", "refunded", "other", "balance", "undistributed")
    assert [getattr(now, name) for name in money] == [getattr(then, name) for name in money]
