"""The procedure as history against the rules: what a live command is refused for, the audit finds."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.findings import run
from audit.replay import replay
from audit.verify import consistency
from ledger import policy
from ledger.application import Application
from ledger.commands import (
    ApproveRepair,
    CountVote,
    DeclareEmergency,
    PostNotice,
    ProposeRepair,
    ReceiveGains,
    Recording,
    RefuseRepair,
    RegisterUnits,
    ReviewRepair,
    StartWorks,
)
from ledger.errors import Refused
from ledger.events import Ballot, GainLine, ProjectUnit, UnitLine
from ledger.store.memory import MemoryLog

HISTORY = Recording(actor="clerk", origin="history")
P1 = {"county": "532301", "project": "P1"}
UNITS = {"101": 8931, "102": 10247, "103": 12005}


def ballots(*units, choice="agree"):
    return tuple(Ballot(building="B1", unit=unit, choice=choice) for unit in units)


STEPS = {
    "proposed": ProposeRepair(
        **P1,
        applied_on=date(2025, 3, 1),
        buildings=("B1",),
        object="屋面",
        content="屋面防水层翻修",
        budget_fen=200_000,
        handler_ref="h1",
    ),
    "vote": CountVote(**P1, voted_on=date(2025, 3, 10), ballots=ballots(*UNITS)),
    "notice": PostNotice(**P1, noticed_on=date(2025, 3, 12)),
    "review": ReviewRepair(**P1, reviewed_on=date(2025, 3, 15), passed=True, reviewer_ref="r1"),
    "approval": ApproveRepair(**P1, approved_on=date(2025, 3, 19), approved_fen=180_000, approver_ref="a1"),
    "start": StartWorks(**P1, started_on=date(2025, 3, 25)),
}
REFUSED = RefuseRepair(**P1, refused_on=date(2025, 3, 18), stage="approval", reason="方案不可行")


class Desk:
    """An office that takes commands in memory."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.clock = datetime(2026, 11, 23, 1, tzinfo=UTC)
        self.application = Application(self.log, policy.load(), lambda: self.clock)
        self.building("B1", UNITS, "E1")
        gains = (GainLine(category="demand", amount_fen=1),)
        self.take(ReceiveGains(county="532301", fund="commodity", value_date=date(2025, 6, 1), lines=gains))

    def building(self, code, areas, estate, owners=None):
        self.take(
            RegisterUnits(
                building=code,
                name=code,
                county="532301",
                estate=estate,
                estate_name=estate,
                management="self",
                lift=True,
                storeys=18,
                completed_on=date(2024, 5, 1) if code == "B2" else date(2010, 6, 30),
                units=tuple(
                    UnitLine(
                        unit=unit,
                        fund="commodity",
                        usage="residential",
                        area_dm2=area,
                        owner_ref=(owners or {}).get(unit),
                    )
                    for unit, area in areas.items()
                ),
            )
        )

    def take(self, *commands, recording=HISTORY):
        for command in commands:
            self.application.execute([command], recording)

    def found(self):
        """Rules, amounts and versions of evidence of every finding about a project."""
        return [
            (each.rule, each.amount, tuple(int(event.rpartition("@")[2]) for event in each.events))
            for each in run(replay(self.log), policy.load())
            if each.project
        ]

    def problems(self):
        return [(each.kind, each.message) for each in consistency(replay(self.log))]


@pytest.fixture
def desk():
    return Desk()


def project(*, without=(), **changes):
    """The steps of a project in order, with facts of some of them changed."""
    return [
        msgspec.structs.replace(command, **changes.get(name, {}))
        for name, command in STEPS.items()
        if name not in without
    ]


def test_a_project_in_order_has_no_findings(desk):
    desk.take(*project())
    assert desk.found() == []
    assert desk.problems() == []


LIVE = {"review": "reviewer", "approval": "leader"}


def test_a_live_project_in_order_has_none_either(desk):
    for name, command in STEPS.items():
        desk.take(command, recording=Recording(actor=LIVE.get(name, "officer")))
    assert desk.found() == []
    assert desk.problems() == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        # I22 ground, I23 object, I24 warranty of the part and of the building, I25 exclusions
        ({"proposed": {"emergency": True, "ground": "hurry"}}, [("I22", "1800.00", (1,))]),
        ({"proposed": {"object": "户内地板"}}, [("I23", "1800.00", (1,))]),
        ({"proposed": {"object": "structure"}}, [("I24", "1800.00", (1,))]),
        ({"proposed": {"liable": "builder"}}, [("I25", "1800.00", (1,))]),
        ({"proposed": {"liable": "supplier"}}, [("I25", "1800.00", (1,))]),
        ({"proposed": {"liable": "damage"}}, [("I25", "1800.00", (1,))]),
        ({"proposed": {"liable": "manager"}}, [("I25", "1800.00", (1,))]),
        # I26 order of days
        ({"review": {"reviewed_on": date(2025, 3, 11)}}, [("I26", "1800.00", (3, 4))]),
        ({"start": {"started_on": date(2025, 3, 18)}}, [("I26", "1800.00", (5, 6))]),
        # I27 papers
        ({"proposed": {"budget_fen": None}}, [("I27", "1800.00", (1, 5, 6))]),
        ({"without": ("review",)}, [("I27", "1800.00", (1, 4, 5))]),
        ({"without": ("review", "approval")}, [("I27", "2000.00", (1, 4))]),
        # I28 notice
        ({"approval": {"approved_on": date(2025, 3, 18)}}, [("I28", "1800.00", (3, 5))]),
        ({"without": ("notice",)}, [("I28", "1800.00", (4,))]),
        # I29 consent
        ({"without": ("vote",)}, [("I29", "1800.00", (3, 4))]),
        ({"vote": {"ballots": ballots("101")}}, [("I29", "1800.00", (2, 4, 5))]),
        ({"review": {"passed": False}}, [("I29", "1800.00", (2, 4, 5))]),
        # I30 amount
        ({"approval": {"approved_fen": 200_001}}, [("I30", "0.01", (1, 5))]),
        # I51 duties
        ({"review": {"reviewer_ref": "h1"}}, [("I51", "1800.00", (1, 4))]),
        ({"approval": {"approver_ref": "h1"}}, [("I51", "1800.00", (1, 5))]),
        ({"approval": {"approver_ref": "r1"}}, [("I51", "1800.00", (4, 5))]),
        # I19 ballots
        ({"vote": {"ballots": ballots("101", *UNITS)}}, [("I19", "1800.00", (1, 2))]),
    ],
)
def test_what_history_did_against_the_rules_is_found(desk, changes, found):
    desk.take(*project(**changes))
    assert desk.found() == found
    assert desk.problems() == []


def test_steps_after_a_refusal(desk):
    *before, approval, start = project()
    desk.take(*before, REFUSED, approval, start)
    assert desk.found() == [("I29", "1800.00", (2, 4, 5, 6))]


def test_a_declared_emergency_needs_neither_vote_nor_notice(desk):
    proposed, *others = project(without=("vote", "notice"))
    desk.take(proposed, DeclareEmergency(**P1, declared_on=date(2025, 3, 2), ground="leak"), *others)
    assert desk.found() == []


def test_a_declared_ground_that_nobody_knows(desk):
    proposed, *others = project(without=("vote", "notice"))
    desk.take(proposed, DeclareEmergency(**P1, declared_on=date(2025, 3, 2), ground="hurry"), *others)
    assert desk.found() == [("I22", "1800.00", (1, 2))]


def test_a_project_over_two_estates(desk):
    desk.building("B3", {"101": 100}, "E2")
    desk.take(*project(proposed={"buildings": ("B1", "B3")}))
    assert desk.found() == [("I42", "1800.00", (1,))]


def test_ballots_of_units_that_are_not_charged(desk):
    units = tuple(ProjectUnit(building="B1", unit=unit) for unit in ("101", "102"))
    desk.take(*project(proposed={"units": units}))
    assert desk.found() == [("I19", "1800.00", (1, 2))]
    assert desk.problems() == []


def test_the_warranty_of_a_part_runs_from_completion(desk):
    desk.building("B2", {"1": 100}, "E1")
    desk.take(*project(proposed={"buildings": ("B2",)}, vote={"ballots": ()}))
    assert ("I24", "1800.00", (1,)) in desk.found()


def test_figures_that_are_not_what_the_ballots_come_to(desk):
    desk.take(*project(vote={"agreed_households": 2, "total_area_dm2": 31182}))
    assert desk.problems() == [
        ("vote-wrong", "表决结果与表决票不符：应参与面积应为 31183，记为 31182；同意人数应为 3，记为 2")
    ]


FIRST = date(2025, 3, 1)
PEOPLE = ("ann", "bob", "cat")
TRIES = st.tuples(
    st.sampled_from(["next"] * 8 + [*STEPS, "refused", "declared"]),
    st.integers(0, 25),
    st.sampled_from(PEOPLE),
    st.sampled_from([None, *PEOPLE]),
    st.booleans(),
    st.lists(
        st.tuples(st.sampled_from([*UNITS]), st.sampled_from(["agree", "against", "abstain"])), max_size=4
    ),
)


def attempt(step, days, person, good, cast):
    """One step on some day, by some person on paper, done well or not."""
    on = FIRST + timedelta(days)
    match step:
        case "proposed":
            facts = {
                "applied_on": on,
                "handler_ref": person,
                "emergency": not good,
                "ground": None if good else "leak",
            }
        case "vote":
            chosen = tuple(Ballot(building="B1", unit=unit, choice=choice) for unit, choice in cast)
            facts = {"voted_on": on, "ballots": STEPS["vote"].ballots if good else chosen}
        case "notice":
            facts = {"noticed_on": on}
        case "review":
            facts = {"reviewed_on": on, "passed": good, "reviewer_ref": person}
        case "approval":
            facts = {"approved_on": on, "approver_ref": person, "approved_fen": 200_000 + (not good)}
        case "start":
            facts = {"started_on": on}
        case "refused":
            return msgspec.structs.replace(REFUSED, refused_on=on)
        case _:
            return DeclareEmergency(**P1, declared_on=on, ground="leak" if good else "hurry")
    return msgspec.structs.replace(STEPS[step], **facts)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(tries=st.lists(TRIES, min_size=4, max_size=20))
def test_whatever_the_rules_let_through_the_audit_has_nothing_against(tries):
    desk = Desk()
    left = list(STEPS)
    for step, days, actor, person, good, cast in tries:
        if step == "next":
            step = left[0] if left else "start"
            command, actor = STEPS[step], LIVE.get(step, "officer")
        else:
            command = attempt(step, days, person, good, cast)
        try:
            desk.take(command, recording=Recording(actor=actor))
        except Refused:
            continue
        if step in left:
            left.remove(step)
    assert desk.found() == []
    assert desk.problems() == []
