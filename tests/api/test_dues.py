"""What is due over HTTP: lists by page and county, and the sums of one fund kind."""

import pytest

from tests.api.service import ELSEWHERE, HERE, deposit

DUE = "7841.25"


def test_the_dues_of_a_building(service):
    officer = service.caller()
    officer.post("/v1/deposits", deposit(amount="7841.24"))
    service.follower.catch_up()
    found = officer.get(f"/v1/buildings/{HERE}/dues").json()
    assert found["currency"] == "CNY"
    assert [(due["unit"], due["due"], due["missing"]) for due in found["units"]] == [
        ("0101", DUE, "0.01"),
        ("0102", DUE, DUE),
    ]
    one = officer.get(f"/v1/buildings/{HERE}/dues", unit="0102", as_of="2020-01-01").json()
    assert [(due["unit"], due["on"]) for due in one["units"]] == [("0102", "2020-01-01")]


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        (f"/v1/buildings/{ELSEWHERE}/dues", {}, 403, "county-forbidden"),
        ("/v1/buildings/99/dues", {}, 404, "building-unknown"),
        (f"/v1/buildings/{HERE}/dues", {"unit": "9"}, 404, "unit-unknown"),
        ("/v1/arrears", {"county": "532322"}, 403, "county-forbidden"),
        ("/v1/arrears", {"after": "x"}, 422, "cursor-invalid"),
        ("/v1/dunning", {"limit": "0"}, 422, "request-invalid"),
        ("/v1/sellers", {"limit": "1001"}, 422, "request-invalid"),
        ("/v1/receipts/A", {}, 403, "county-forbidden"),
    ],
)
def test_what_cannot_be_asked(service, path, parameters, status, code):
    answer = service.caller().get(path, **parameters)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_arrears_of_the_callers_counties_by_page(service):
    mine = service.caller()
    first = mine.get("/v1/arrears", limit=1).json()
    assert [due["building"] for due in first["units"]] == [HERE]
    rest = mine.get("/v1/arrears", after=first["next"]).json()
    assert [(due["building"], due["unit"]) for due in rest["units"]] == [(HERE, "0102")]
    assert rest["next"] is None
    everywhere = service.caller("auditor", ()).get("/v1/arrears").json()
    assert [due["building"] for due in everywhere["units"]] == [HERE, HERE, ELSEWHERE, ELSEWHERE]


@pytest.mark.parametrize("path", ["/v1/dunning", "/v1/sellers"])
def test_lists_of_nobody(service, path):
    assert service.caller().get(path).json()["units"] == []


def test_receipts_are_no_single_countys(service):
    answer = service.caller("auditor", ()).get("/v1/receipts/A")
    assert (answer.status_code, answer.json()["code"]) == (404, "receipts-unknown")


def test_a_summary_of_one_fund_kind(service):
    officer = service.caller()
    officer.post("/v1/deposits", deposit())
    service.follower.catch_up()
    public = officer.get("/v1/summary", fund="public").json()
    assert (public["fund"], public["total"]["collected"], public["total"]["units"]) == ("public", "0.00", 0)
    commodity = officer.get("/v1/summary", fund="commodity").json()
    assert (commodity["total"]["collected"], commodity["total"]["units"]) == (DUE, 2)
    assert "fund" not in officer.get("/v1/summary").json()
    assert officer.get("/v1/summary", fund="other").status_code == 422
