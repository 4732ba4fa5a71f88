"""Lists of units: facts, owners and freezes as known at a position and as of a day; low balances."""

from datetime import date

import pytest

from ledger import policy
from ledger.events import (
    BuildingDestroyed,
    CustodyLine,
    CustodyTransferredOut,
    ExemptionLifted,
    ObligationLine,
    UnitExempted,
    UnitFrozen,
    UnitLine,
    UnitReleased,
    UnitsChanged,
)
from projections.dunning import dunning
from projections.views import view_named
from projections.views.paging import page
from projections.views.showing import answer
from projections.views.view import ask
from tests.projections.conftest import said
from tests.projections.test_unit_changes import CHANGED, correct, split

DAY = date(2012, 6, 30)
TODAY = date(2026, 11, 23)


@pytest.fixture
def shown(follower, database):
    def asked(name, **cuts):
        follower.catch_up()
        with database.engine.connect() as connection:
            view = view_named(name)
            question = ask(connection, view, today=TODAY, **cuts)
            return answer(page(connection, view, question))

    return asked


def column(found, name):
    return [row[name] for row in found.rows]


def test_the_owner_is_the_last_recorded_among_those_of_the_day(town, shown):
    town.open("B1", ("101",))
    town.change_owner("B1", date(2016, 1, 1), "101", "late")
    known = town.position
    town.change_owner("B1", date(2014, 1, 1), "101", "early")
    assert column(shown("accounts"), "owner") == ["early"]
    assert column(shown("accounts", position=known), "owner") == ["late"]
    assert column(shown("accounts", as_of=date(2015, 12, 31)), "owner") == ["early"]
    assert column(shown("accounts", position=known, as_of=date(2015, 12, 31)), "owner") == ["p-101"]
    assert column(shown("owner-statements", filters={"year": "2013"}), "owner") == ["p-101"]


def test_corrections_count_from_when_they_were_recorded(town, shown):
    town.open("B1", ("101", "102"))
    before = town.position
    correct(town, "101", 8000, "nonresidential", "R1")
    once = town.position
    correct(town, "101", 7000)
    found = shown("accounts")
    assert (column(found, "area"), found.totals["balance"]) == (["70.00", "90.00"], "0.00")
    assert column(found, "realty_no") == [None, None]
    found = shown("accounts", position=once)
    assert (column(found, "area"), column(found, "usage")) == (
        ["80.00", "90.00"],
        ["nonresidential", "residential"],
    )
    assert column(found, "realty_no") == ["R1", None]
    assert column(shown("accounts", position=before, as_of=CHANGED), "area") == ["90.00", "90.00"]
    assert column(shown("buildings", position=once), "area") == ["170.00"]


def test_a_split_unit_is_closed_and_its_heirs_hold_its_money(town, shown):
    town.open("B1", ("101",))
    town.deposit("B1", DAY, {"101": 1_000})
    town.interest("B1", date(2018, 1, 1), {"101": 7})
    before = town.position
    split(town)
    found = shown("accounts", filters={"closed": "否"})
    assert [(row["unit"], row["balance"], row["first_deposit"]) for row in found.rows] == [
        ("A", "4.03", "4.00"),
        ("B", "6.04", "6.00"),
    ]
    assert column(shown("accounts"), "closed") == [True, False, False]
    known = shown("accounts", position=before)
    assert [(row["unit"], row["balance"], row["closed"]) for row in known.rows] == [("101", "10.07", False)]
    moved = shown("owner-statements", filters={"year": str(CHANGED.year)})
    assert [(row["unit"], row["opening"], row["moved"], row["closing"]) for row in moved.rows] == [
        ("101", "10.07", "-10.07", "0.00"),
        ("A", "0.00", "4.03", "4.03"),
        ("B", "0.00", "6.04", "6.04"),
    ]
    later = shown("owner-statements", filters={"year": str(CHANGED.year + 1)})
    assert column(later, "unit") == ["A", "B"]
    [building] = shown("buildings").rows
    assert (building["units"], building["balance"], building["deposits"]) == (2, "10.07", "10.00")


def test_freezes_are_those_of_the_day_that_were_known(town, shown):
    town.open("B1", ("101",), fund="public")

    def order(kind, day, number, **own):
        town.append("building/B1", kind(unit="101", order_no=number, **own, **said(day)))
        return town.position

    order(UnitFrozen, date(2015, 1, 1), "执1", court="法院")
    both = order(UnitFrozen, date(2016, 1, 1), "执2", court="法院")
    order(UnitReleased, date(2017, 1, 1), "执1")
    assert column(shown("accounts"), "frozen") == ["执2", None]
    assert column(shown("accounts", position=both), "frozen") == ["执1；执2", None]
    assert column(shown("accounts", as_of=date(2015, 6, 1)), "frozen") == ["执1", None]
    assert column(shown("accounts", as_of=date(2014, 6, 1)), "frozen") == [None, None]


def test_the_first_deposit_is_what_stands_of_it(town, shown):
    town.open("B1", ("101",))
    town.reverse("B1", town.deposit("B1", date(2011, 1, 1), {"101": 5}), date(2011, 1, 1))
    town.deposit("B1", date(2012, 1, 1), {"101": 700})
    town.deposit("B1", date(2010, 1, 1), {"101": 50}, kind="top-up")
    [row] = shown("accounts").rows
    assert (row["first_deposit"], row["first_on"], row["principal"]) == ("7.00", "2012-01-01", "7.50")


def test_low_balances_are_those_that_are_dunned(town, shown, database):
    town.open("B1", ("101", "102", "103", "104"))
    town.open("B2", ("101",))
    for building, unit in (("B1", "101"), ("B1", "102"), ("B1", "103"), ("B2", "101")):
        town.deposit(building, DAY, {unit: 1_001})
    for building, units in (("B1", ("101", "102", "103")), ("B2", ("101",))):
        town.withdraw(building, date(2020, 1, 1), dict.fromkeys(units, (701, 0)))
    town.income("B1", date(2020, 1, 2), {"102": 1})
    town.append("building/B1", UnitExempted(unit="103", reason="其他", **said(date(2020, 1, 3))))
    exempt = town.position
    line = ObligationLine(unit="101", principal_fen=300, interest_fen=0, payee="owner")
    gone = BuildingDestroyed(destroyed_on=date(2021, 1, 1), lines=(line,), **said(date(2021, 1, 1)))
    town.append("building/B2", gone)
    handed = CustodyTransferredOut(
        assembly="业主大会", lines=(CustodyLine(unit="101", principal_fen=300),), **said(date(2023, 1, 1))
    )
    town.append("building/B1", ExemptionLifted(unit="103", reason="复核", **said(date(2022, 1, 1))))

    kept = town.position
    town.append("building/B1", handed)

    def units(**cuts):
        return [(row["building"], row["unit"]) for row in shown("low-balance", **cuts).rows]

    assert units() == [("B1", "103")]
    assert units(position=kept) == [("B1", "101"), ("B1", "103")]
    assert units(position=exempt) == [("B1", "101"), ("B2", "101")]
    assert units(as_of=date(2021, 12, 31)) == [("B1", "101")]
    assert units(as_of=date(2019, 12, 31)) == []
    [row, _] = shown("low-balance", position=kept).rows
    assert {name: row[name] for name in ("percent", "floor", "balance", "share", "missing")} == {
        "percent": "30.00", "floor": "3.01", "balance": "3.00", "share": "29.97", "missing": "0.01",
    }  # fmt: skip
    for as_of in (None, date(2020, 12, 31), date(2021, 12, 31)):
        with database.engine.connect() as connection:
            told = dunning(connection, policy.load(), as_of=as_of, today=TODAY).units
        assert [(each.building, each.unit) for each in told] == units(as_of=as_of)


def test_a_mixed_building_has_a_row_for_each_fund_kind(town, shown):
    town.open("B1", ("101",))
    public = UnitLine(unit="201", fund="public", usage="residential", area_dm2=5_000)
    town.append("building/B1", UnitsChanged(reason="other", before=(), after=(public,), **said(DAY)))
    rows = shown("buildings").rows
    assert [(row["fund"], row["units"], row["area"]) for row in rows] == [
        ("commodity", 1, "90.00"),
        ("public", 1, "50.00"),
    ]
    estates = shown("estates", filters={"fund": "已售公有住房"}).rows
    assert [(row["estate"], row["buildings"], row["units"]) for row in estates] == [("E1", 1, 1)]


def test_series_end_where_the_balance_stands(town, shown):
    town.open("B1", ("101",))
    town.deposit("B1", date(2018, 2, 1), {"101": 1_000})
    town.gain("532301", date(2018, 12, 21), 70)
    town.interest("B1", date(2019, 1, 5), {"101": 50})
    town.withdraw("B1", date(2019, 1, 6), {"101": (300, 20)})
    months = shown("months")
    assert [(row["period"], row["collected"], row["withdrawn"], row["balance"]) for row in months.rows] == [
        ("2018-02", "10.00", "0.00", "10.00"),
        ("2018-12", "0.70", "0.00", "10.70"),
        ("2019-01", "0.00", "3.20", "7.50"),
    ]
    assert column(months, "undistributed") == ["0.00", "0.70", "0.20"]
    only = shown("months", filters={"from": "2019-01"})
    assert (column(only, "balance"), only.totals["withdrawn"]) == (["7.50"], "3.20")
    assert column(shown("years"), "balance") == ["10.70", "7.50"]
    assert shown("prefecture").totals["balance"] == "7.50"
