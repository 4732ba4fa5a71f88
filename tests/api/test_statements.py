"""Statements over HTTP: as the command line gives them, within the counties of the token."""

from io import BytesIO

import openpyxl

from ledger.calendar import parse_date
from ledger.commands import PlaceDeposit, Recording


def place(service):
    command = PlaceDeposit(
        county="532301", fund="commodity", lot="D1", kind="time", bank="农行", amount_fen=100_000,
        rate_bp=150, placed_on=parse_date("2026-01-05"), term_months=12,
    )  # fmt: skip
    service.application.execute([command], Recording(actor="test"))
    service.follower.catch_up()


def test_a_book_a_county_and_the_prefecture(service):
    place(service)
    own = service.caller("finance")
    for path in ("books/532301/commodity/statements/2026", "counties/532301/statements/2026-01"):
        found = own.get(f"/v1/{path}")
        assert found.status_code == 200
        assert (found.json()["balanced"], found.json()["currency"]) == (True, "CNY")
    everywhere = service.caller("auditor", ()).get("/v1/statements/2026").json()
    assert (everywhere["scope"], everywhere["period"]) == ("prefecture", "2026")


def test_only_the_counties_of_the_token(service):
    own = service.caller("finance")
    assert own.get("/v1/counties/532322/statements/2026").status_code == 403
    assert own.get("/v1/books/532322/commodity/statements/2026").status_code == 403
    assert own.get("/v1/statements/2026").status_code == 403
    assert own.get("/v1/statements/2026/workbook").status_code == 403


def test_what_cannot_be_read_is_refused(service):
    own = service.caller("finance")
    answer = own.get("/v1/books/532301/commodity/statements/2026-13")
    assert (answer.status_code, answer.json()["code"]) == (422, "period-invalid")
    answer = own.get("/v1/books/532301/gold/statements/2026")
    assert (answer.status_code, answer.json()["code"]) == (422, "book-invalid")


def test_a_workbook_is_a_file(service):
    place(service)
    everywhere = service.caller("auditor", ())
    for path, scope in (
        ("books/532301/commodity/", "532301-commodity"),
        ("counties/532301/", "532301"),
        ("", "prefecture"),
    ):
        answer = everywhere.get(f"/v1/{path}statements/2026/workbook")
        assert answer.status_code == 200
        assert f"statements-{scope}-2026.xlsx" in answer.headers["content-disposition"]
        assert len(openpyxl.load_workbook(BytesIO(answer.content)).sheetnames) == 4
