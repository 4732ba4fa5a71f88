"""Live commands over HTTP: every form has a route, rights are asked, names stay out of the log."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from ledger.forms import FORMS
from tests.api.service import ELSEWHERE, HERE, deposit
from tests.api.test_fuzz import ANYTHING

PAPER = {"name": "法院裁定.pdf", "sha256": "0" * 64}


def opening(building=HERE):
    lines = [{"unit": "0101", "principal": "7841.25", "interest": "10.00"}]
    return {"building": building, "value_date": "2019-12-31", "basis": "移交表", "lines": lines}


def test_a_command_is_recorded_with_its_papers(service):
    body = {**opening(), "evidence": [PAPER]}
    answer = service.caller().post("/v1/commands/open-balance", body)
    assert answer.status_code == 201
    assert answer.json() == {"position": str(service.feed.horizon()), "events": [f"building/{HERE}@3"]}
    [row] = [row for row in service.feed.rows(0, 100) if row.topic == "balance-opened"]
    recorded = json.loads(row.data)
    assert recorded["evidence"] == [PAPER]
    assert (recorded["actor"], recorded["origin"]) == ("officer岗", "live")
    assert recorded["lines"] == [{"unit": "0101", "principal_fen": 784125, "interest_fen": 1000}]


def test_an_owner_is_named_by_a_ref(service):
    body = {
        "building": HERE,
        "unit": "0101",
        "transferred_on": "2026-01-05",
        "owner": {"name": "李四", "id_number": "532301199001010011", "phone": "13800000000"},
    }
    assert service.caller().post("/v1/commands/change-owner", body).status_code == 201
    assert "李四" not in service.log()
    assert "532301199001010011" not in service.log()
    assert service.topics()[-1] == "owner-changed"
    again = service.caller().post("/v1/commands/change-owner", body)
    assert again.json()["code"] == "owner-same"
    assert again.json()["errors"][0]["field"] == "owner"


def test_a_repeated_request_records_once(service):
    officer, key = service.caller(), {"Idempotency-Key": "k1"}
    first = officer.post("/v1/commands/open-balance", opening(), **key)
    again = officer.post("/v1/commands/open-balance", opening(), **key)
    assert (first.json(), first.status_code) == (again.json(), again.status_code)
    assert service.topics().count("balance-opened") == 1


def test_a_refused_command_leaves_its_refusal(service):
    officer = service.caller()
    officer.post("/v1/deposits", deposit())
    before = service.topics()
    answer = officer.post("/v1/commands/open-balance", opening())
    assert answer.status_code == 422
    assert answer.json()["code"] == "opening-late"
    assert service.topics() == [*before, "command-refused"]


@pytest.mark.parametrize(
    ("role", "counties", "body", "code"),
    [
        ("auditor", ("532301",), opening(), "role-forbidden"),
        ("officer", ("532301",), opening(ELSEWHERE), "county-forbidden"),
        ("officer", ("532301",), opening("53239999999"), "county-forbidden"),
    ],
)
def test_who_may_not(service, role, counties, body, code):
    before = service.topics()
    answer = service.caller(role, counties).post("/v1/commands/open-balance", body)
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert service.topics() == before


def test_no_building_of_another_county_slips_in_behind_one_of_ones_own(service):
    body = {
        "buildings": [HERE, ELSEWHERE],
        "noticed_on": "2026-01-01",
        "handed_on": "2026-01-05",
        "assembly": "鹿城小区业主大会",
    }
    before = service.topics()
    answer = service.caller("officer", ("532301",)).post("/v1/commands/hand-over", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "county-forbidden")
    assert service.topics() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**opening(), "basis": "业主13800000001来电"}, "basis"),
        ({**opening(), "evidence": [{**PAPER, "name": "532301198001010011.jpg"}]}, "evidence.0.name"),
    ],
)
def test_numbers_of_persons_do_not_enter_by_words(service, body, field):
    before = service.topics()
    answer = service.caller().post("/v1/commands/open-balance", body)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["field"], fault["message"]) == (
        field,
        "文字含有身份证件号码或手机号码，个人信息不能记入账本",
    )
    assert service.topics() == before


def test_what_is_malformed_is_told_in_chinese_with_its_place(service):
    body = {**opening(), "lines": [{"unit": "0101", "principal": 5}], "paper": 1}
    answer = service.caller().post("/v1/commands/open-balance", body)
    assert answer.status_code == 422
    assert [(fault["field"], fault["message"]) for fault in answer.json()["errors"]] == [
        ("lines.0.principal", "金额应为文本，如 12345.60"),
        ("paper", "没有这一项"),
    ]


def test_every_form_is_in_the_document(service):
    paths = service.caller().get("/v1/openapi.json").json()["paths"]
    assert {f"/v1/commands/{name}" for name in FORMS} <= paths.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_any_body_is_answered(service, name):
    officer = service.caller("officer", ())

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=ANYTHING)
    def answered(body):
        answer = officer.send(
            "POST",
            f"/v1/commands/{name}",
            content=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        assert answer.status_code in {400, 403, 422}
        assert answer.headers["content-type"] == "application/problem+json"

    before = service.topics()
    answered()
    assert service.topics() == before
