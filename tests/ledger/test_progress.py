"""What the progress of a project says after every step."""

from datetime import date

import pytest

from ledger import policy
from ledger.commands import (
    ApproveRepair,
    CountVote,
    DeclareEmergency,
    PostNotice,
    ProposeRepair,
    Recording,
    RecordRepair,
    RefuseRepair,
    RepairPayment,
    ReverseEntry,
    ReviewRepair,
    StartWorks,
)
from ledger.events import Ballot
from ledger.progress import progress

P1 = {"county": "532301", "project": "P1"}
PROPOSE = ProposeRepair(
    **P1,
    applied_on=date(2025, 3, 1),
    buildings=("B1",),
    object="roof",
    content="屋面防水层翻修",
    budget_fen=200_000,
)
DECLARE = DeclareEmergency(**P1, declared_on=date(2025, 3, 2), ground="leak", note="顶层漏水")
NOTICE = PostNotice(**P1, noticed_on=date(2025, 3, 12), place="公告栏")
REVIEW = ReviewRepair(**P1, reviewed_on=date(2025, 3, 15), passed=True, opinion="资料齐全")
BACK = ReviewRepair(**P1, reviewed_on=date(2025, 3, 14), passed=False)
APPROVE = ApproveRepair(**P1, approved_on=date(2025, 3, 19), approved_fen=180_000)
START = StartWorks(**P1, started_on=date(2025, 3, 25))
REFUSE = RefuseRepair(**P1, refused_on=date(2025, 3, 26), stage="approval", reason="方案不可行")


def vote(*units):
    ballots = tuple(Ballot(building="B1", unit=unit, choice="agree") for unit in units)
    return CountVote(**P1, voted_on=date(2025, 3, 10), ballots=ballots)


@pytest.fixture
def estate(office):
    office.register("B1", {"101": 8931, "102": 10247, "103": 12005})
    return office


def shown(office, position=7):
    return progress(office.application.project("532301", "P1"), policy.load(), position)


def test_nothing_is_known_of_a_project_that_was_never_proposed(estate):
    assert shown(estate) is None


def test_what_comes_next_after_every_step(estate):
    told = []
    for command in (PROPOSE, vote("101"), vote("101", "102", "103"), NOTICE, BACK, REVIEW, APPROVE, START):
        estate.execute(command)
        told.append(shown(estate).next)
    assert told == [
        "表决",
        "表决没有通过，重新表决",
        "公示",
        "复核",
        "复核没有通过，补正后重新复核",
        "公示期满（2025-03-19 起）批准",
        "开工",
        "验收",
    ]


def test_what_comes_next_in_an_emergency(estate):
    told = []
    for command in (PROPOSE, DECLARE, REVIEW, APPROVE, START, NOTICE):
        estate.execute(command)
        told.append(shown(estate).next)
    assert told == ["表决", "复核", "批准", "开工", "验收，补事后公示", "验收"]


def test_a_refused_project_has_ended(estate):
    estate.execute(PROPOSE)
    estate.execute(REFUSE)
    assert shown(estate).next == "已不予批准，程序终止"


def test_the_steps_with_their_days_figures_and_words(estate):
    for command, who in (
        (PROPOSE, "officer"),
        (DECLARE, "officer"),
        (REVIEW, "reviewer"),
        (APPROVE, "leader"),
        (NOTICE, "officer"),
    ):
        estate.execute(command, recording=Recording(actor=who, origin="history"))
    found = shown(estate, 42)
    assert (found.position, found.estate, found.buildings, found.units) == ("42", "E1", ("B1",), None)
    assert (found.object, found.budget, found.approved, found.paid) == ("屋面", "2000.00", "1800.00", "0.00")
    assert (found.emergency, found.ground, found.vote) == (True, "屋面、外墙渗漏", None)
    assert [(each.name, str(each.on), each.actor, each.amount, each.note) for each in found.steps] == [
        ("申请", "2025-03-01", "officer", "2000.00", None),
        ("应急认定", "2025-03-02", "officer", None, "顶层漏水"),
        ("复核", "2025-03-15", "reviewer", None, "通过，资料齐全"),
        ("批准", "2025-03-19", "leader", "1800.00", None),
        ("公示", "2025-03-12", "officer", None, "公告栏"),
    ]
    assert found.steps[1].event == "repair/532301/P1@2"


def test_the_vote_and_why_it_did_not_pass(estate):
    estate.execute(PROPOSE)
    estate.execute(vote("101", "102"))
    found = shown(estate).vote
    assert (found.total_area_dm2, found.present_area_dm2, found.ballots) == (31183, 19178, 2)
    assert (found.total_persons, found.present_persons, found.agreed_persons) == (3, 2, 2)
    assert not found.passed
    assert found.reason == (
        "面积没有达到比例：应参与 311.83 平方米，参与 191.78 平方米，同意 191.78 平方米"
        "（民法典第278条：三分之二以上参与，参与者过半数同意）"
    )
    estate.execute(vote("102", "103"))
    assert (shown(estate).vote.passed, shown(estate).vote.reason) == (True, None)


def test_a_project_of_a_register_and_a_former_county_code(estate):
    estate.execute(
        RecordRepair(
            **P1,
            estate="",
            buildings=("B1",),
            object="屋面",
            content="屋面防水",
            emergency=True,
            payments=(RepairPayment(stage="final", amount_fen=300, paid_on=date(2016, 3, 10)),),
        )
    )
    found = shown(estate)
    assert (found.paid, found.ground, found.next) == ("3.00", None, "复核")
    assert [each.name for each in found.steps] == ["申请", "付款"]
    assert estate.application.project("532331", "P1") == []
    estate.execute(ReverseEntry(stream="repair/532301/P1", version=2, reason="录入错误"))
    found = shown(estate)
    assert found.paid == "0.00"
    assert [(each.name, each.amount, each.note) for each in found.steps[1:]] == [
        ("付款", "3.00", None),
        ("付款冲正", "-3.00", "录入错误"),
    ]
