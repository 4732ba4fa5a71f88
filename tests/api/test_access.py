"""Nothing answers without a token, and a token answers only for its role and counties."""

from datetime import timedelta

import pytest

from api import tokens
from api.security import HEADERS
from tests.api.service import ELSEWHERE, HERE, Caller, deposit

PATHS = (
    "/v1/summary",
    f"/v1/buildings/{HERE}",
    f"/v1/buildings/{HERE}/units/0101",
    "/v1/health",
    "/v1/openapi.json",
    "/docs",
    "/nowhere",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer x", "Basic Og==", "fund_x"])
def test_nothing_answers_without_a_token(service, path, authorization):
    headers = {} if authorization is None else {"authorization": authorization}
    answer = Caller(service.app, None).send("GET", path, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_body_is_not_read_without_a_token(service):
    answer = Caller(service.app, None).send("POST", "/v1/deposits", content=b"{")
    assert answer.status_code == 401


def test_an_expired_token_and_a_revoked_one_answer_no_more(service):
    caller = service.caller("finance", days=1)
    assert caller.get("/v1/health").status_code == 200
    service.now += timedelta(days=1)
    assert caller.get("/v1/health").status_code == 401
    service.now -= timedelta(days=1)
    assert caller.get("/v1/health").status_code == 200
    with service.engine.begin() as connection:
        assert tokens.revoke(connection, "finance岗", service.now) == 1
    assert caller.get("/v1/health").status_code == 401


def test_the_token_itself_is_stored_nowhere(service):
    with service.engine.begin() as connection:
        token = tokens.issue(
            connection, "x", "admin", (), issued_at=service.now, expires_at=service.now + timedelta(days=1)
        )
        stored = repr(connection.execute(tokens.tokens.select()).all())
    assert token.startswith("fund_")
    assert len(token) > 40
    assert token not in stored


def test_every_answer_has_strict_headers(service):
    caller = service.caller("auditor", ())
    for answer in (
        caller.get("/v1/summary"),
        caller.get("/nowhere"),
        caller.get("/v1/summary", as_of="x"),
        caller.post("/v1/deposits", {}),
        Caller(service.app, None).get("/v1/summary"),
    ):
        for name, value in HEADERS:
            assert answer.headers.get_list(name.decode()) == [value.decode()], (answer.status_code, name)


@pytest.mark.parametrize("role", ["reviewer", "auditor", "finance", "admin"])
def test_only_an_officer_records(service, role):
    before = service.topics()
    answer = service.caller(role, ()).post("/v1/deposits", deposit())
    assert (answer.status_code, answer.json()["code"]) == (403, "role-forbidden")
    assert service.topics() == before


def test_an_officer_records_in_its_own_counties_only(service):
    before = service.topics()
    answer = service.caller("officer", ["532301"]).post("/v1/deposits", deposit(ELSEWHERE))
    assert (answer.status_code, answer.json()["code"]) == (403, "county-forbidden")
    assert service.topics() == before


def test_a_reader_sees_its_own_counties_only(service):
    bound = service.caller("finance", ["532322"])
    assert [county["code"] for county in bound.get("/v1/summary").json()["counties"]] == ["532322"]
    assert bound.get("/v1/summary").json()["total"]["units"] == 2
    assert bound.get("/v1/summary", county="532301").status_code == 403
    assert bound.get(f"/v1/buildings/{HERE}").status_code == 403
    assert bound.get(f"/v1/buildings/{HERE}/units/0101").status_code == 403
    assert bound.get(f"/v1/buildings/{ELSEWHERE}").status_code == 200


def test_a_token_of_several_counties_sees_all_of_them_and_a_token_of_none_the_prefecture(service):
    several = service.caller("finance", ["532322", "532301", "532302"]).get("/v1/summary").json()
    everything = service.caller("admin", ()).get("/v1/summary").json()
    assert [county["code"] for county in several["counties"]] == ["532301", "532322"]
    assert several == everything
