"""Periods (会计期间): a closed month stays as it was; what comes later says which month it means."""

from collections import defaultdict
from datetime import date
from random import Random

import pytest

from audit import periods as witness
from audit.replay import replay
from ledger.calendar import parse_period
from ledger.events import (
    BuildingDestroyed,
    ObligationLine,
    ObligationPaid,
    ObligationPaymentLine,
    PeriodClosed,
)
from ledger.money import yuan
from ledger.store.feed import Feed
from projections.periods import period_view
from tests.projections.conftest import grow, said

OCT, NOV = date(2019, 10, 15), date(2019, 11, 15)


def close(town, period, county="532301", fund="commodity"):
    ends = parse_period(period).last
    kind = parse_period(period).kind
    town.append(f"book/{county}/{fund}", PeriodClosed(period=period, kind=kind, ends=ends, **said(ends)))
    return town.position


def view(database, period, position=None, county="532301", fund="commodity"):
    with database.engine.connect() as connection:
        return period_view(connection, county, fund, parse_period(period), position)


def lines(found):
    return [(line.on, line.kind, line.entries, line.principal, line.interest) for line in found]


@pytest.fixture
def closed(town, follower):
    """October with a deposit and a gain, closed; then entries for October and for November."""
    town.open("B1", ("101",))
    town.deposit("B1", OCT, {"101": 1000})
    town.gain("532301", OCT, 32)
    place = close(town, "2019-10")
    town.deposit("B1", OCT, {"101": 7})
    town.deposit("B1", NOV, {"101": 500})
    town.gain("532301", OCT, 5)
    follower.catch_up()
    return place


def test_an_open_period_holds_all_that_came(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", OCT, {"101": 1000})
    follower.catch_up()
    found = view(database, "2019-10")
    assert (found.closed, found.fixed, found.opening, found.closing) == (None, False, "0.00", "10.00")
    assert lines(found.lines) == [("units", "deposit", 1, "10.00", "0.00")]


def test_later_entries_of_a_closed_month_are_corrections_of_the_open_one(closed, database):
    october = view(database, "2019-10")
    assert (october.closed, october.closed_at, october.fixed) == (
        "book/532301/commodity@2",
        str(closed),
        True,
    )
    assert lines(october.lines) == [
        ("units", "deposit", 1, "10.00", "0.00"),
        ("book", "gain", 1, "0.32", "0.00"),
    ]
    assert (october.corrections, october.opening, october.closing) == ((), "0.00", "10.00")

    november = view(database, "2019-11")
    assert lines(november.lines) == [("units", "deposit", 1, "5.00", "0.00")]
    assert [(each.period, lines(each.lines)) for each in november.corrections] == [
        ("2019-10", [("units", "deposit", 1, "0.07", "0.00"), ("book", "gain", 1, "0.05", "0.00")])
    ]
    assert (november.fixed, november.opening, november.closing) == (False, "10.00", "15.07")


def test_a_year_holds_its_own_late_entries_and_the_next_one_those_that_came_after(
    closed, town, follower, database
):
    close(town, "2019-11")
    close(town, "2019-12")
    close(town, "2019")
    town.deposit("B1", OCT, {"101": 3})
    follower.catch_up()
    year = view(database, "2019")
    assert year.closed == "book/532301/commodity@6"
    assert lines(year.lines)[0] == ("units", "deposit", 3, "15.07", "0.00")
    assert year.corrections == ()
    following = view(database, "2020")
    assert [each.period for each in following.corrections] == ["2019-10"]
    assert (following.opening, following.closing) == (year.closing, "15.10")


def test_before_its_closing_was_known_a_period_was_open(closed, database):
    found = view(database, "2019-10", position=closed - 1)
    assert (found.closed, found.fixed, found.closing) == (None, False, "10.00")


def test_a_reversal_of_a_closed_month_is_a_correction(closed, town, follower, database):
    town.reverse("B1", 3, OCT)
    follower.catch_up()
    (correction,) = view(database, "2019-11").corrections
    assert ("units", "deposit", 2, "-9.93", "0.00") in lines(correction.lines)


def test_a_period_holds_what_is_laid_out_and_what_is_owed(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", OCT, {"101": 1000})
    town.lot("532301", OCT, 900)
    lost = ObligationLine(
        unit="101", part="owner", principal_fen=1000, interest_fen=0, payee="owner", payee_ref="p1"
    )
    town.append("building/B1", BuildingDestroyed(destroyed_on=OCT, lines=(lost,), **said(OCT)))
    close(town, "2019-10")
    paid = ObligationPaymentLine(
        line=0, unit="101", part="owner", amount_fen=400, payee="owner", payee_ref="p1"
    )
    town.append("building/B1", ObligationPaid(obligation=4, lines=(paid,), **said(OCT)))
    follower.catch_up()
    october = view(database, "2019-10")
    assert lines(october.lines) == [
        ("units", "deposit", 1, "10.00", "0.00"),
        ("units", "refund", 1, "-10.00", "0.00"),
        ("book", "gain", 1, "0.07", "0.00"),
        ("lots", "lot-ended", 1, "-9.00", "0.00"),
        ("lots", "lot-placed", 1, "9.01", "0.00"),
        ("owed", "arisen", 1, "10.00", "0.00"),
    ]
    assert october.closing == "0.00"
    (correction,) = view(database, "2019-11").corrections
    assert lines(correction.lines) == [("owed", "paid", 1, "-4.00", "0.00")]
    sums = witness.sums(replay(Feed(database.engine))).select("on", "kind", "principal_fen").rows()
    assert {row for row in sums if row[0] in ("lots", "owed")} == {
        ("lots", "lot-ended", -900),
        ("lots", "lot-placed", 901),
        ("owed", "arisen", 1000),
        ("owed", "paid", -400),
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_both_witnesses_and_a_plain_model_say_the_same_of_a_random_history(town, follower, database, seed):
    """Entries and closings in any order: every entry is in one period, and printed periods never change."""
    random = Random(seed)
    months = [f"{year}-{month:02}" for year in range(2012, 2020) for month in range(1, 13)]
    open_from, printed, boundary = {}, {}, {}
    open_building = town.open
    for phase in range(12):
        town.open = lambda code, *facts, phase=phase: open_building(f"{phase}-{code}", *facts)
        grow(town, random, 10)
        county = random.choice(("532301", "532302"))
        start = open_from.get(county, random.randrange(40))
        stop = min(len(months), start + random.randrange(1, 12))
        for month in months[start:stop]:
            boundary[close(town, month, county)] = county, month
        open_from[county] = stop
        follower.catch_up()
        for month in months[start:stop]:
            printed[county, month] = content(view(database, month, county=county))
    town.open = open_building
    grow(town, random, 20)
    follower.catch_up()

    replayed = replay(Feed(database.engine))
    by_witness = {}
    for row in witness.sums(replayed).iter_rows(named=True):
        period, meant = f"{row['period']:%Y-%m}", f"{row['month']:%Y-%m}"
        key = row["county"], row["fund"], period, meant, row["on"], row["kind"]
        by_witness[key] = row["entries"], row["principal_fen"], row["interest_fen"]
    of_facts = {key: found for key, found in by_witness.items() if key[4] in ("units", "book")}
    assert of_facts == plainly(town, boundary, replayed)
    assert {key[4:] for key in by_witness} >= {("lots", "lot-placed"), ("lots", "lot-ended")}
    by_query = {}
    for county in ("532301", "532302", "532322"):
        for fund in ("commodity", "public"):
            for month in months:
                found = view(database, month, county=county, fund=fund)
                for meant, some in [(month, found.lines), *((c.period, c.lines) for c in found.corrections)]:
                    for line in some:
                        key = county, fund, month, meant, line.on, line.kind
                        by_query[key] = (line.entries, line.principal, line.interest)
    assert by_query == {
        key: (count, yuan(principal), yuan(interest))
        for key, (count, principal, interest) in by_witness.items()
    }
    for (county, month), before in printed.items():
        assert content(view(database, month, county=county)) == before


def content(found):
    return found.opening, found.lines, found.corrections, found.closing, found.closed_at


def plainly(town, boundary, replayed):
    """Entries sorted into periods by a loop over the log: what a person would do."""
    fund_of = {
        (building, unit): fund
        for building, unit, fund in replayed.units.select("building", "unit", "fund").iter_rows()
    }
    sums = defaultdict(lambda: [0, 0, 0])
    opened = {}
    events = sorted(
        [*((fact.position, fact) for fact in town.facts), *((at, None) for at in boundary)],
        key=lambda e: e[0],
    )
    for position, fact in events:
        if fact is None:
            county, month = boundary[position]
            year, number = map(int, month.split("-"))
            opened[county] = f"{year + number // 12}-{number % 12 + 1:02}"
            continue
        fund = "commodity" if fact.unit is None else fund_of[fact.building, fact.unit]
        meant = f"{fact.day:%Y-%m}"
        first_open = opened.get(fact.county, "") if fund == "commodity" else ""
        on = "book" if fact.unit is None else "units"
        key = fact.county, fund, max(meant, first_open), meant, on, fact.kind
        found = sums[key]
        found[0] += 1
        found[1] += fact.principal
        found[2] += fact.interest
    return {key: tuple(found) for key, found in sums.items()}
