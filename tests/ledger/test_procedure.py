"""The procedure of a repair, live: each step in its order, each rule refused, and the same as history."""

from datetime import date, timedelta

import msgspec
import pytest

from ledger.commands import (
    ApproveRepair,
    ChangeOwner,
    CountVote,
    DeclareEmergency,
    PostNotice,
    ProposeRepair,
    Recording,
    RefuseRepair,
    ReviewRepair,
    StartWorks,
)
from ledger.errors import Refused
from ledger.events import (
    Ballot,
    BuildingRead,
    CommandRefused,
    Developer,
    EmergencyDeclared,
    NoticePosted,
    ProjectUnit,
    RepairApproved,
    RepairProposed,
    RepairRefused,
    RepairReviewed,
    RepairStarted,
    VoteCounted,
)

STREAM = "repair/532301/P1"
OFFICER, REVIEWER, LEADER = (Recording(actor=name) for name in ("officer", "reviewer", "leader"))
P1 = {"county": "532301", "project": "P1"}
PROPOSE = ProposeRepair(
    **P1,
    applied_on=date(2025, 3, 1),
    buildings=("B1",),
    object="屋面",
    content="屋面防水层翻修",
    budget_fen=200_000,
    handler_ref="h1",
)
ALL = ("101", "102", "103")


def ballots(*units: str, choice: str = "agree", building: str = "B1") -> tuple[Ballot, ...]:
    return tuple(Ballot(building=building, unit=unit, choice=choice) for unit in units)


VOTE = CountVote(**P1, voted_on=date(2025, 3, 10), ballots=ballots(*ALL))
NOTICE = PostNotice(**P1, noticed_on=date(2025, 3, 12), place="小区公告栏")
REVIEW = ReviewRepair(**P1, reviewed_on=date(2025, 3, 15), passed=True, opinion="资料齐全", reviewer_ref="r1")
APPROVE = ApproveRepair(**P1, approved_on=date(2025, 3, 19), approved_fen=180_000, approver_ref="a1")
REFUSE = RefuseRepair(**P1, refused_on=date(2025, 3, 19), stage="approval", reason="方案不可行")
START = StartWorks(**P1, started_on=date(2025, 3, 25))
DECLARE = DeclareEmergency(**P1, declared_on=date(2025, 3, 2), ground="leak", note="顶层漏水")
STEPS = ((PROPOSE, OFFICER), (VOTE, OFFICER), (NOTICE, OFFICER), (REVIEW, REVIEWER), (APPROVE, LEADER))
URGENT = msgspec.structs.replace(PROPOSE, emergency=True, ground="leak")


def changed(command, **facts):
    return msgspec.structs.replace(command, **facts)


@pytest.fixture
def estate(office):
    """A building of three units, completed 2010."""
    office.register("B1", {"101": 8931, "102": 10247, "103": 12005})
    return office


def take(office, *steps):
    for command, who in steps:
        office.execute(command, recording=who)


def refused(office, command, who=OFFICER):
    """Codes and fields a live command is refused for; the log grows by one refusal and nothing else."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(command, recording=who)
    after = office.everything()
    assert [row for row in after if not row[0].startswith("refusal/")] == [
        row for row in before if not row[0].startswith("refusal/")
    ]
    (trace,) = [row for row in after if row not in before]
    (event,) = office.events(trace[0])
    assert isinstance(event, CommandRefused)
    assert event.codes == tuple(found.code for found in caught.value.refusals)
    assert all(found.basis for found in caught.value.refusals)
    return [(found.code, found.field) for found in caught.value.refusals]


def recorded(office, command):
    """The same as history is recorded: the one event it adds."""
    before = len(office.everything())
    office.execute(command)
    assert len(office.everything()) == before + 1
    return office.events(STREAM)[-1]


def test_the_whole_way_to_the_works(estate):
    take(estate, *STEPS, (START, OFFICER))
    proposed, voted, noticed, reviewed, approved, started = estate.events(STREAM)
    assert isinstance(proposed, RepairProposed)
    assert (proposed.estate, proposed.object_code, proposed.liable) == ("E1", "roof", "none")
    assert isinstance(voted, VoteCounted)
    assert (voted.total_area_dm2, voted.total_households) == (31183, 3)
    assert (voted.agreed_area_dm2, voted.agreed_households) == (31183, 3)
    assert voted.read == (BuildingRead(building="B1", version=2),)
    assert isinstance(noticed, NoticePosted)
    assert (noticed.place, noticed.after_the_fact) == ("小区公告栏", False)
    assert isinstance(reviewed, RepairReviewed)
    assert isinstance(approved, RepairApproved)
    assert (approved.amount_fen, approved.approver_ref, approved.actor) == (180_000, "a1", "leader")
    assert isinstance(started, RepairStarted)
    assert [event.origin for event in estate.events(STREAM)] == ["live"] * 6


def test_an_emergency_goes_straight_to_the_review_and_is_made_public_after_the_fact(estate):
    approve = changed(APPROVE, approved_on=date(2025, 3, 2))
    take(
        estate,
        (URGENT, OFFICER),
        (changed(REVIEW, reviewed_on=date(2025, 3, 1)), REVIEWER),
        (approve, LEADER),
        (changed(START, started_on=date(2025, 3, 2)), OFFICER),
        (NOTICE, OFFICER),
    )
    assert estate.events(STREAM)[0].ground == "leak"
    assert estate.events(STREAM)[-1].after_the_fact


def test_an_ordinary_project_becomes_an_emergency(estate):
    take(estate, (PROPOSE, OFFICER), (DECLARE, OFFICER), (REVIEW, REVIEWER), (APPROVE, LEADER))
    assert isinstance(estate.events(STREAM)[1], EmergencyDeclared)
    assert refused(estate, DECLARE) == [("step-late", "project"), ("emergency-already", "project")]


def test_a_review_that_handed_back_is_followed_by_one_that_passes(estate):
    take(estate, *STEPS[:3], (changed(REVIEW, passed=False), REVIEWER))
    assert refused(estate, APPROVE, LEADER) == [("review-failed", "project")]
    take(estate, (REVIEW, REVIEWER), (APPROVE, LEADER))


def test_a_vote_that_failed_is_held_again(estate):
    against = changed(VOTE, ballots=ballots("101", "102", "103", choice="abstain"))
    take(estate, (PROPOSE, OFFICER), (against, OFFICER))
    assert refused(estate, NOTICE) == [("vote-failed", "project")]
    take(estate, (VOTE, OFFICER), (NOTICE, OFFICER))


# The order of the steps


@pytest.mark.parametrize(
    ("done", "command", "who", "code"),
    [
        (0, START, OFFICER, "project-unknown"),
        (1, NOTICE, OFFICER, "step-missing"),
        (1, REVIEW, REVIEWER, "step-missing"),
        (2, REVIEW, REVIEWER, "step-missing"),
        (3, APPROVE, LEADER, "step-missing"),
        (4, START, OFFICER, "step-missing"),
        (3, VOTE, OFFICER, "step-late"),
        (3, NOTICE, OFFICER, "step-late"),
        (5, APPROVE, LEADER, "step-late"),
        (5, REVIEW, REVIEWER, "step-late"),
        (5, REFUSE, LEADER, "step-late"),
        (5, DECLARE, OFFICER, "step-late"),
        (1, changed(VOTE, voted_on=date(2025, 2, 28)), OFFICER, "step-early"),
        (2, changed(NOTICE, noticed_on=date(2025, 3, 9)), OFFICER, "step-early"),
        (3, changed(REVIEW, reviewed_on=date(2025, 3, 11)), REVIEWER, "step-early"),
        (5, changed(START, started_on=date(2025, 3, 18)), OFFICER, "step-early"),
    ],
)
def test_steps_out_of_order_are_refused(estate, done, command, who, code):
    take(estate, *STEPS[:done])
    if code == "project-unknown":
        with pytest.raises(Refused) as caught:
            estate.execute(command)
        assert [found.code for found in caught.value.refusals] == ["project-unknown"]
        return
    codes = [found for found, _ in refused(estate, command, who)]
    assert code in codes
    recorded(estate, command)


def test_a_passed_vote_is_not_held_again(estate):
    take(estate, *STEPS[:2])
    assert refused(estate, VOTE) == [("vote-passed", "voted_on")]


@pytest.mark.parametrize("command", [VOTE, NOTICE, REVIEW, APPROVE, REFUSE, START, DECLARE])
def test_a_refused_project_takes_no_more_steps(estate, command):
    take(estate, *STEPS[:4], (REFUSE, LEADER))
    assert isinstance(estate.events(STREAM)[-1], RepairRefused)
    assert ("project-refused", "project") in refused(estate, command, Recording(actor="other"))
    recorded(estate, command)


# The vote


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"ballots": ()}, [("ballots-missing", "ballots")]),
        ({"ballots": ballots("101", *ALL)}, [("ballot-twice", "ballots")]),
        ({"agreed_area_dm2": 31184}, [("vote-differs", "agreed_area_dm2")]),
        ({"present_households": 2, "total_households": 3}, [("vote-differs", "present_households")]),
    ],
)
def test_ballots_the_ledger_does_not_count_so(estate, facts, found):
    take(estate, (PROPOSE, OFFICER))
    assert refused(estate, changed(VOTE, **facts)) == found
    recorded(estate, changed(VOTE, **facts))


def test_a_ballot_of_a_unit_that_is_not_charged(estate):
    units = tuple(ProjectUnit(building="B1", unit=unit) for unit in ("101", "102"))
    take(estate, (changed(PROPOSE, units=units), OFFICER))
    assert refused(estate, VOTE) == [("ballot-outside", "ballots")]
    voted = recorded(estate, VOTE)
    assert (voted.total_area_dm2, voted.present_households) == (19178, 2)


def test_a_ballot_of_a_unit_that_nobody_knows_is_no_history_either(estate):
    take(estate, (PROPOSE, OFFICER))
    with pytest.raises(Refused) as caught:
        estate.execute(changed(VOTE, ballots=ballots("999")))
    assert [found.code for found in caught.value.refusals] == ["unit-unknown"]


def test_historys_own_figures_stand(estate):
    take(estate, (PROPOSE, OFFICER))
    voted = recorded(estate, changed(VOTE, agreed_households=2))
    assert (voted.agreed_households, voted.agreed_area_dm2) == (2, 31183)


@pytest.mark.parametrize(
    ("on", "agreeing", "others", "passed"),
    [
        # Before 2021 two thirds of all: 20789 of 31183 dm² and 2 of 3 persons.
        (date(2020, 12, 31), ("102", "103"), (), True),
        (date(2020, 12, 31), ("101", "102"), ("103",), False),
        # Since then two thirds take part, and more than half of them agree.
        (date(2021, 1, 1), ("102", "103"), (), True),
        (date(2021, 1, 1), ("101", "102"), (), False),
        (date(2021, 1, 1), ("101", "102"), ("103",), True),
        (date(2021, 1, 1), ("103",), ("101", "102"), False),
    ],
)
def test_the_thresholds_are_those_of_the_day_of_the_vote(estate, on, agreeing, others, passed):
    propose = changed(PROPOSE, applied_on=date(2020, 12, 1))
    vote = changed(VOTE, voted_on=on, ballots=(*ballots(*agreeing), *ballots(*others, choice="against")))
    take(estate, (propose, OFFICER), (vote, OFFICER))
    if passed:
        take(estate, (NOTICE, OFFICER))
    else:
        assert refused(estate, NOTICE) == [("vote-failed", "project")]
        recorded(estate, NOTICE)


def owned(office, **owners):
    """Building B2 whose units change hands in 2024."""
    office.register("B2", {unit.strip("u"): 10_000 for unit in owners})
    for unit, owner in owners.items():
        if owner is not None:
            command = ChangeOwner(
                building="B2", unit=unit.strip("u"), transferred_on=date(2024, 5, 1), owner_ref=owner
            )
            office.execute(command)


def test_a_person_with_several_units_counts_once_and_agrees_with_all_of_them(office):
    owned(office, u101="a", u102="a", u103="b", u104=None, u105=None)
    take(office, (changed(PROPOSE, buildings=("B2",)), OFFICER))
    cast = (
        *ballots("101", "103", "104", building="B2"),
        *ballots("102", choice="against", building="B2"),
    )
    voted = recorded(office, changed(VOTE, ballots=cast))
    # Persons a, b, and the unknown owners of 104 and 105; a voted both ways.
    assert (voted.total_households, voted.present_households, voted.agreed_households) == (4, 3, 2)
    assert (voted.total_area_dm2, voted.present_area_dm2, voted.agreed_area_dm2) == (50_000, 40_000, 30_000)


def test_the_owner_of_the_day_of_the_vote_counts(office):
    owned(office, u101="a", u102="b")
    office.execute(ChangeOwner(building="B2", unit="102", transferred_on=date(2025, 3, 11), owner_ref="a"))
    take(office, (changed(PROPOSE, buildings=("B2",)), OFFICER))
    cast = ballots("101", "102", building="B2")
    assert recorded(office, changed(VOTE, ballots=cast)).total_households == 2
    assert recorded(office, changed(VOTE, voted_on=date(2025, 3, 11), ballots=cast)).total_households == 1


def test_the_unsold_units_of_a_developer_are_one_person(estate):
    unsold = tuple(ProjectUnit(building="B1", unit=unit) for unit in ("101", "102"))
    take(estate, (changed(PROPOSE, developer=Developer(name="某地产公司", units=unsold)), OFFICER))
    take(estate, (VOTE, OFFICER))
    assert estate.events(STREAM)[-1].total_households == 2


# What may be proposed


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"object": "户内地板"}, "object-unlisted", "object"),
        ({"budget_fen": None}, "budget-missing", "budget_fen"),
        ({"liable": "builder"}, "liable-elsewhere", "liable"),
        ({"liable": "supplier"}, "liable-elsewhere", "liable"),
        ({"liable": "damage"}, "liable-elsewhere", "liable"),
        ({"liable": "manager"}, "liable-elsewhere", "liable"),
        ({"applied_on": date(2015, 6, 29)}, "warranty-runs", "applied_on"),
        ({"object": "structure"}, "warranty-runs", "applied_on"),
        ({"emergency": True}, "ground-missing", "ground"),
        ({"emergency": True, "ground": "hurry"}, "ground-unlisted", "ground"),
        ({"buildings": ("B1", "B3")}, "estates-several", "buildings"),
        ({"developer": Developer(name=" ", units=())}, "developer-missing", "developer"),
    ],
)
def test_what_the_rules_do_not_let_be_proposed(estate, facts, code, field):
    estate.execute(changed(estate.units("B3", {"1": 100}), estate="E2"))
    command = changed(PROPOSE, **facts)
    assert refused(estate, command) == [(code, field)]
    assert isinstance(recorded(estate, command), RepairProposed)


def test_four_exclusions_name_their_item(estate):
    for number, liable in zip("一二三四", ("builder", "supplier", "damage", "manager"), strict=True):
        with pytest.raises(Refused) as caught:
            estate.execute(changed(PROPOSE, liable=liable), recording=OFFICER)
        assert caught.value.refusals[0].basis == f"165号令第25条第（{number}）项"


def test_on_the_day_the_warranty_of_the_part_ends_it_is_over(estate):
    estate.execute(changed(PROPOSE, applied_on=date(2015, 6, 30)), recording=OFFICER)


def test_the_warranty_of_the_building_counts_as_well(office):
    until = changed(office.units("B1", {"101": 100}), warranty_until=date(2025, 3, 2))
    office.execute(until)
    assert refused(office, PROPOSE) == [("warranty-runs", "applied_on")]
    office.execute(changed(PROPOSE, applied_on=date(2025, 3, 2)), recording=OFFICER)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"buildings": ("B9",)}, [("units-missing", "buildings"), ("building-unknown", "buildings")]),
        ({"buildings": ()}, [("buildings-missing", "buildings")]),
        ({"county": "532302"}, [("building-contradicts", "buildings")]),
        ({"units": (ProjectUnit(building="B1", unit="9"),)}, [("unit-unknown", "units")]),
        ({"units": (ProjectUnit(building="B9", unit="101"),)}, [("unit-unknown", "units")]),
        (
            {"developer": Developer(name="甲", units=(ProjectUnit(building="B1", unit="9"),))},
            [("unit-unknown", "developer")],
        ),
        ({"ground": "leak"}, [("ground-contradicts", "ground")]),
        ({"object": " "}, [("object-missing", "object")]),
        ({"content": ""}, [("content-missing", "content")]),
        ({"project": "P/1"}, [("code-invalid", "project")]),
        ({"budget_fen": 0}, [("amount-not-positive", "budget_fen")]),
        ({"applied_on": date(2026, 11, 24)}, [("date-future", "applied_on")]),
    ],
)
def test_what_no_ledger_takes(estate, facts, found):
    before = estate.everything()
    with pytest.raises(Refused) as caught:
        estate.execute(changed(PROPOSE, **facts))
    assert [(each.code, each.field) for each in caught.value.refusals] == found
    assert estate.everything() == before


def test_a_project_is_proposed_once(estate):
    take(estate, (PROPOSE, OFFICER))
    with pytest.raises(Refused) as caught:
        estate.execute(PROPOSE)
    assert [found.code for found in caught.value.refusals] == ["project-exists"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (changed(REFUSE, reason=" "), "reason-missing"),
        (changed(APPROVE, approved_fen=0), "amount-not-positive"),
        (changed(DECLARE, ground=""), "ground-missing"),
        (changed(REVIEW, reviewed_on=date(2026, 11, 24)), "date-future"),
        (changed(START, started_on=date(1949, 9, 30)), "date-invalid"),
    ],
)
def test_steps_no_ledger_takes(estate, command, code):
    take(estate, (PROPOSE, OFFICER))
    before = estate.everything()
    with pytest.raises(Refused) as caught:
        estate.execute(command)
    assert [found.code for found in caught.value.refusals] == [code]
    assert estate.everything() == before


# Notice, amount, duties


@pytest.mark.parametrize(("days", "allowed"), [(6, False), (7, True)])
def test_the_notice_is_up_for_its_days_before_the_approval(estate, days, allowed):
    take(estate, *STEPS[:4])
    command = changed(APPROVE, approved_on=NOTICE.noticed_on + timedelta(days))
    if not allowed:
        assert refused(estate, command, LEADER) == [("notice-short", "approved_on")]
        recorded(estate, command)
    else:
        take(estate, (command, LEADER))


def test_no_more_is_approved_than_was_estimated(estate):
    take(estate, *STEPS[:4])
    over = changed(APPROVE, approved_fen=200_001)
    assert refused(estate, over, LEADER) == [("approval-exceeds", "approved_fen")]
    recorded(estate, over)


@pytest.mark.parametrize(
    ("done", "command", "who", "field"),
    [
        (3, REVIEW, OFFICER, "project"),
        (3, changed(REVIEW, reviewer_ref="h1"), REVIEWER, "reviewer_ref"),
        (4, APPROVE, OFFICER, "project"),
        (4, APPROVE, REVIEWER, "project"),
        (4, changed(APPROVE, approver_ref="h1"), LEADER, "approver_ref"),
        (4, changed(APPROVE, approver_ref="r1"), LEADER, "approver_ref"),
        (4, REFUSE, OFFICER, "project"),
        (4, REFUSE, REVIEWER, "project"),
    ],
)
def test_who_proposes_reviews_and_approves_are_three(estate, done, command, who, field):
    take(estate, *STEPS[:done])
    assert refused(estate, command, who) == [("duties-joined", field)]
    recorded(estate, command)


def test_the_reviewer_may_turn_down_at_the_review(estate):
    take(estate, *STEPS[:4], (changed(REFUSE, stage="review"), REVIEWER))


def test_an_emergency_ground_must_be_listed(estate):
    take(estate, (PROPOSE, OFFICER))
    assert refused(estate, changed(DECLARE, ground="hurry")) == [("ground-unlisted", "ground")]
    recorded(estate, changed(DECLARE, ground="hurry"))
