"""A repair project over HTTP: its progress, for those who may see its county."""

from datetime import date

import pytest

from ledger.commands import ProposeRepair, Recording
from tests.api.service import HERE


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
