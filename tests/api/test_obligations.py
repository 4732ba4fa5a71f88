"""What is owed for destroyed buildings over HTTP: of the caller's counties alone."""

from datetime import date

from ledger.commands import DestroyBuilding, Recording
from tests.api.service import HERE, deposit


def test_what_is_owed_in_the_callers_counties(service):
    service.caller().post("/v1/deposits", deposit())
    lost = DestroyBuilding(building=HERE, destroyed_on=date(2026, 1, 5), document="灭失证明")
    service.application.execute([lost], Recording(actor="clerk"))
    service.follower.catch_up()
    found = service.caller().get("/v1/obligations").json()
    assert (found["owed"], found["paid"], found["left"], found["currency"]) == (
        "7841.25",
        "0.00",
        "7841.25",
        "CNY",
    )
    (line,) = found["obligations"]
    assert (line["building"], line["unit"], line["payee"]) == (HERE, "0101", "owner")
    assert service.caller("auditor", ()).get("/v1/obligations", county="532322").json()["obligations"] == []
    elsewhere = service.caller("officer", ("532322",))
    assert elsewhere.get("/v1/obligations").json()["obligations"] == []
    assert elsewhere.get("/v1/obligations", county="532301").status_code == 403
    before = service.caller().get("/v1/obligations", as_of="2026-01-04").json()
    assert before["obligations"] == []
