"""A repair project over HTTP: its progress, for those who may see its county."""

from datetime import date, timedelta

import pytest

from api import tokens
from audit.verify import verify
from ledger.commands import ProposeRepair, Recording
from tests.api.service import HERE, Caller


@pytest.fixture
def proposed(service):
    command = ProposeRepair(
        county="532301",
        project="W2025-001",
        applied_on=date(2025, 3, 1),
        buildings=(HERE,),
        object="屋面",
        content="屋面防水层翻修",
        budget_fen=20_000_00,
    )
    service.application.execute([command], Recording(actor="经办岗"))
    return service


def test_the_progress_of_a_project(proposed):
    answer = proposed.caller("auditor").get("/v1/repairs/532301/W2025-001")
    assert answer.status_code == 200
    found = answer.json()
    assert found["position"] == str(proposed.feed.horizon())
    assert (found["budget"], found["paid"], found["currency"]) == ("20000.00", "0.00", "CNY")
    assert (found["object"], found["vote"], found["next"]) == ("屋面", None, "表决")
    assert [(step["name"], step["on"], step["actor"]) for step in found["steps"]] == [
        ("申请", "2025-03-01", "经办岗")
    ]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/repairs/532301/W2025-002", 404, "project-unknown"),
        ("/v1/repairs/532322/W2025-001", 403, "county-forbidden"),
        ("/v1/repairs/999999/W2025-001", 422, "county-unknown"),
        ("/v1/repairs/532301/a@b", 422, "code-invalid"),
    ],
)
def test_what_is_not_there_or_not_for_the_caller(proposed, path, status, code):
    answer = proposed.caller("officer").get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def holder(service, name, role):
    """Somebody with a token of their own: duties are told apart by the names of tokens."""
    with service.engine.begin() as connection:
        token = tokens.issue(
            connection,
            name,
            role,
            ("532301",),
            issued_at=service.now - timedelta(days=1),
            expires_at=service.now + timedelta(days=1),
        )
    return Caller(service.app, token)


def test_the_whole_procedure_by_forms(service):
    officer, reviewer, leader = (
        holder(service, name, role)
        for name, role in (("经办岗", "officer"), ("复核岗", "reviewer"), ("审批岗", "reviewer"))
    )
    project = {"county": "532301", "project": "W2025-001"}
    ballots = [{"building": HERE, "unit": unit, "choice": "agree"} for unit in ("0101", "0102")]
    steps = (
        (officer, "propose-repair", {"applied_on": "2025-03-01", "buildings": [HERE], "object": "roof",
                                     "content": "屋面防水层翻修", "budget": "20000.00", "handler": "张三"}),
        (officer, "count-vote", {"voted_on": "2025-03-10", "ballots": ballots, "total_area": "209.10"}),
        (officer, "post-notice", {"noticed_on": "2025-03-12", "place": "小区公告栏"}),
        (reviewer, "review-repair", {"reviewed_on": "2025-03-15", "passed": True, "reviewer": "李四"}),
        (leader, "approve-repair", {"approved_on": "2025-03-19", "approved": "18000.00", "approver": "王五"}),
        (officer, "start-works", {"started_on": "2025-03-25"}),
    )  # fmt: skip
    for caller, name, said in steps:
        answer = caller.post(f"/v1/commands/{name}", {**project, **said})
        assert answer.status_code == 201, answer.json()
    refusal = {"refused_on": "2025-03-26", "stage": "approval", "reason": "方案不可行"}
    late = leader.post("/v1/commands/refuse-repair", {**project, **refusal})
    assert (late.status_code, late.json()["code"]) == (422, "step-late")
    found = officer.get("/v1/repairs/532301/W2025-001").json()
    assert (found["approved"], found["next"], found["vote"]["passed"]) == ("18000.00", "验收", True)
    assert (found["vote"]["total_area_dm2"], found["vote"]["total_persons"]) == (20910, 2)
    assert [step["actor"] for step in found["steps"]] == ["经办岗"] * 3 + ["复核岗", "审批岗", "经办岗"]
    assert "张三" not in service.log()
    service.follower.catch_up()
    assert verify(service.feed, service.engine).problems == ()
