"""Two counts of one vote: the write side's and the audit's, over any owners, scope and ballots."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.replay import replay
from audit.votes import check
from ledger import policy
from ledger.application import Application
from ledger.commands import ChangeOwner, CountVote, ProposeRepair, Recording, RegisterUnits
from ledger.events import Ballot, Developer, ProjectUnit, UnitLine
from ledger.store.memory import MemoryLog

HISTORY = Recording(actor="clerk", origin="history")
PROJECT = {"county": "532301", "project": "P1"}
PLACES = [(building, unit) for building in ("B1", "B2") for unit in ("1", "2", "3")]
PERSONS = ("a", "b", "c")
DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))
BALLOTS = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(["agree", "against", "abstain"])), max_size=9
)


def registered(building, areas, owners):
    return RegisterUnits(
        building=building,
        name=building,
        county="532301",
        estate="E1",
        estate_name="E1",
        management="self",
        lift=True,
        storeys=18,
        completed_on=date(2010, 1, 1),
        units=tuple(
            UnitLine(
                unit=unit,
                fund="commodity",
                usage="residential",
                area_dm2=areas[building, unit],
                owner_ref=owners[building, unit],
            )
            for of, unit in PLACES
            if of == building
        ),
    )


def by_hand(areas, owners, charged, unsold, cast):
    """The six figures as a plain dictionary gives them."""

    def person(place):
        return "developer" if place in unsold else owners[place] or place

    def agrees(who):
        votes = [cast[place] for place in charged if place in cast and person(place) == who]
        return bool(votes) and set(votes) == {"agree"}

    present = [place for place in charged if place in cast]
    return (
        sum(areas[place] for place in charged),
        len({person(place) for place in charged}),
        sum(areas[place] for place in present),
        len({person(place) for place in present}),
        sum(areas[place] for place in present if cast[place] == "agree"),
        sum(1 for who in {person(place) for place in present} if agrees(who)),
    )


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_both_counts_and_a_plain_one_agree(data):
    draw = data.draw
    areas = {place: draw(st.integers(1, 10**6)) for place in PLACES}
    owners = {place: draw(st.sampled_from([None, *PERSONS])) for place in PLACES}
    voted_on = draw(DAYS)
    changes = draw(
        st.lists(
            st.tuples(st.sampled_from(PLACES), DAYS, st.sampled_from(PERSONS)),
            max_size=4,
            unique_by=lambda change: (change[0], change[1]),
        )
    )
    charged = draw(st.lists(st.sampled_from(PLACES), unique=True)) or PLACES
    unsold = draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=3))
    ballots = draw(BALLOTS)
    scope = PLACES if charged == PLACES else {*charged, *unsold}
    log = MemoryLog()
    application = Application(log, policy.load(), lambda: datetime(2026, 11, 23, 1, tzinfo=UTC))
    commands = [
        *(registered(building, areas, owners) for building in ("B1", "B2")),
        *(
            ChangeOwner(building=building, unit=unit, transferred_on=day, owner_ref=who)
            for (building, unit), day, who in changes
        ),
        ProposeRepair(
            **PROJECT,
            applied_on=date(2024, 1, 1),
            buildings=("B1", "B2"),
            object="屋面",
            content="屋面翻修",
            units=() if charged == PLACES else tuple(unit_of(place) for place in charged),
            developer=Developer(name="某公司", units=tuple(map(unit_of, unsold))) if unsold else None,
        ),
        CountVote(
            **PROJECT,
            voted_on=voted_on,
            ballots=tuple(Ballot(building=b, unit=u, choice=choice) for (b, u), choice in ballots),
        ),
    ]
    application.execute(commands, HISTORY)
    changed = sorted((change for change in changes if change[1] <= voted_on), key=lambda change: change[1])
    owners |= {place: who for place, _, who in changed}
    voted = log.events("repair/532301/P1")[-1]
    if ballots:
        assert (
            voted.total_area_dm2,
            voted.total_households,
            voted.present_area_dm2,
            voted.present_households,
            voted.agreed_area_dm2,
            voted.agreed_households,
        ) == by_hand(areas, owners, scope, set(unsold), dict(ballots))
    else:
        assert voted.total_area_dm2 is None
    assert list(check(replay(log))) == []


def unit_of(place):
    return ProjectUnit(building=place[0], unit=place[1])


@pytest.mark.parametrize("figure", ["total_area_dm2", "present_households", "agreed_area_dm2"])
def test_a_figure_that_was_typed_is_found(figure):
    log = MemoryLog()
    application = Application(log, policy.load(), lambda: datetime(2026, 11, 23, 1, tzinfo=UTC))
    application.execute(
        [
            registered("B1", dict.fromkeys(PLACES, 100), dict.fromkeys(PLACES)),
            ProposeRepair(
                **PROJECT,
                applied_on=date(2024, 1, 1),
                buildings=("B1",),
                object="屋面",
                content="屋面翻修",
            ),
            CountVote(
                **PROJECT,
                voted_on=date(2024, 2, 1),
                ballots=(Ballot(building="B1", unit="1", choice="agree"),),
                **{figure: 77},
            ),
        ],
        HISTORY,
    )
    assert [found.kind for found in check(replay(log))] == ["vote-wrong"]
