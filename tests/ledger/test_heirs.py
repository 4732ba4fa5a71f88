"""Units that split or merge after a project named them: their heirs vote for them and bear their shares."""

from datetime import date

import pytest
from msgspec.structs import replace

from ledger.commands import (
    ApproveRepair,
    CountVote,
    MergeUnits,
    NewUnit,
    PayRepair,
    ProposeRepair,
    Recording,
    SplitUnit,
)
from ledger.errors import Refused
from ledger.events import Ballot, Developer, Payee, ProjectUnit, SelfRaised
from ledger.voting import Voter, voters

PROJECT = {"county": "532301", "project": "P1"}
STREAM = "repair/532301/P1"
DAY = date(2025, 3, 1)
PAID_IN = date(2012, 5, 1)
CASHIER = Recording(actor="cashier")
SPLIT = SplitUnit(
    building="B1",
    unit="101",
    into=(NewUnit(unit="101A", area_dm2=1000, owner_ref="a"), NewUnit(unit="101B", area_dm2=3000)),
    changed_on=DAY,
    document_no="D1",
)
MERGER = MergeUnits(
    building="B1",
    units=("102", "101A"),
    into=NewUnit(unit="100", area_dm2=5000, owner_ref="b"),
    changed_on=DAY,
    document_no="D2",
)
PAY = PayRepair(
    **PROJECT,
    stage="first",
    amount_fen=8_000,
    paid_on=date(2025, 4, 1),
    payee=Payee(kind="firm", name="楚雄某建筑公司", account="6222"),
    bank_ref="R1",
)


def units(*names):
    return tuple(ProjectUnit(building="B1", unit=name) for name in names)


def propose(named=(), unsold=()):
    return ProposeRepair(
        **PROJECT,
        applied_on=DAY,
        buildings=("B1",),
        object="屋面",
        content="屋面翻修",
        units=units(*named),
        developer=Developer(name="某地产公司", units=units(*unsold)) if unsold else None,
    )


@pytest.fixture
def estate(office):
    """Four units of 40 m² with 1,000.00 each."""
    office.register("B1", dict.fromkeys(("101", "102", "103", "104"), 4000))
    for unit in ("101", "102", "103", "104"):
        office.execute(office.deposit("B1", unit, 100_000, PAID_IN))
    return office


def started(office, *changes, **proposal):
    """The project was proposed and approved, then its units changed."""
    office.execute(
        propose(**proposal), ApproveRepair(**PROJECT, approved_on=DAY, approved_fen=900_000), *changes
    )


def taken(office):
    lines = office.building_events("B1")[-1].lines
    return {line.unit: line.principal_fen + line.interest_fen for line in lines}


def who(office):
    proposed = office.events(STREAM)[0]
    return voters(proposed, {"B1": office.building_events("B1")}, DAY)


@pytest.mark.parametrize("recording", [CASHIER, None], ids=["live", "history"])
def test_the_new_units_bear_the_share_of_the_old_one(estate, history, recording):
    started(estate, SPLIT, named=("101", "103"))
    estate.execute(PAY, recording=recording or history)
    assert taken(estate) == {"101A": 1_000, "101B": 3_000, "103": 4_000}


def test_a_merged_unit_bears_with_the_whole_of_its_area(estate):
    started(estate, SPLIT, MERGER, named=("101",))
    estate.execute(PAY, recording=CASHIER)
    assert taken(estate) == {"100": 5_000, "101B": 3_000}


def test_all_units_named_may_be_gone(estate):
    started(estate, SPLIT, MERGER, named=("101", "102"))
    estate.execute(PAY, recording=CASHIER)
    assert sum(taken(estate).values()) == 8_000


def test_without_names_all_open_units_bear_it(estate):
    started(estate, SPLIT, MERGER)
    estate.execute(PAY, recording=CASHIER)
    assert taken(estate).keys() == {"100", "101B", "103", "104"}


def test_the_developer_bears_the_shares_of_what_its_units_became(estate):
    started(estate, SPLIT, named=("103",), unsold=("101",))
    estate.execute(PAY, recording=CASHIER)
    assert estate.events(STREAM)[-1].developer_fen == 4_000
    assert taken(estate) == {"103": 4_000}
    assert [voter.person for voter in who(estate) if voter.unit != "103"] == [
        ("developer", "某地产公司"),
        ("developer", "某地产公司"),
    ]


def test_an_heir_without_money_raises_its_share_itself(office):
    office.register("B1", {"101": 4000, "102": 4000})
    office.execute(office.deposit("B1", "102", 100_000, PAID_IN))
    bought = tuple(replace(unit, owner_ref="a") for unit in SPLIT.into)
    started(office, replace(SPLIT, into=bought))
    office.execute(PAY, recording=CASHIER)
    assert office.events(STREAM)[-1].self_raised == (
        SelfRaised(building="B1", unit="101A", amount_fen=1_000),
        SelfRaised(building="B1", unit="101B", amount_fen=3_000),
    )


def test_heirs_vote_in_the_place_of_the_units_named(estate):
    started(estate, SPLIT, MERGER, named=("101",))
    assert who(estate) == (
        Voter("B1", "100", 5000, ("owner", "b")),
        Voter("B1", "101B", 3000, ("unit", "B1", "101B")),
    )
    cast = (Ballot(building="B1", unit="100", choice="agree"),)
    estate.execute(CountVote(**PROJECT, voted_on=DAY, ballots=cast))
    vote = estate.events(STREAM)[-1]
    assert (vote.total_area_dm2, vote.total_households) == (8000, 2)
    assert (vote.agreed_area_dm2, vote.agreed_households) == (5000, 1)


def test_a_closed_unit_casts_no_ballot(estate, history):
    started(estate, SPLIT)
    before = estate.everything()
    cast = (Ballot(building="B1", unit="101", choice="agree"),)
    with pytest.raises(Refused) as caught:
        estate.execute(CountVote(**PROJECT, voted_on=DAY, ballots=cast), recording=history)
    assert [found.code for found in caught.value.refusals] == ["unit-closed"]
    assert estate.everything() == before
