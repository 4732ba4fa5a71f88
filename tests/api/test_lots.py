"""Lots over HTTP: only of the counties the caller may see."""

from ledger.calendar import parse_date
from ledger.commands import PlaceDeposit, Recording


def place(service, county):
    command = PlaceDeposit(
        county=county, fund="commodity", lot="D1", kind="time", bank="农行", amount_fen=100_000,
        rate_bp=150, placed_on=parse_date("2026-01-05"), term_months=12,
    )  # fmt: skip
    service.application.execute([command], Recording(actor="test"))
    service.follower.catch_up()


def test_the_lots_of_the_callers_counties(service):
    for county in ("532301", "532322"):
        place(service, county)
    found = service.caller("officer").get("/v1/lots").json()
    assert [lot["book"] for lot in found["lots"]] == ["532301/commodity"]
    assert (found["open"], found["currency"], found["on"]) == ("1000.00", "CNY", "2026-11-23")
    everywhere = service.caller("auditor", ()).get("/v1/lots", within=60).json()
    assert [lot["days"] for lot in everywhere["lots"]] == [43, 43]
    assert service.caller("auditor", ()).get("/v1/lots", as_of="2026-01-04").json()["lots"] == []


def test_a_book_of_another_county_is_refused(service):
    assert service.caller("officer").get("/v1/lots", book="532322/commodity").status_code == 403
    assert service.caller("officer").get("/v1/lots", book="532301").status_code == 422
    assert service.caller("officer").get("/v1/lots", book="532301/public").json()["lots"] == []
