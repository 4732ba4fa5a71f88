"""Registers over HTTP: only of the counties the caller may see."""

from io import BytesIO

import openpyxl
import pytest

from tests.api.service import ELSEWHERE, HERE, deposit


@pytest.fixture
def paid(service):
    """A deposit in the caller's county and one in another, on one bank account each."""
    everywhere = service.caller("officer", ())
    everywhere.post("/v1/deposits", deposit())
    everywhere.post("/v1/deposits", deposit(ELSEWHERE, amount="1.00", receipt="3"))
    service.follower.catch_up()
    return service


def rows(caller, name, **asked):
    return caller.get(f"/v1/views/{name}", **asked).json()["rows"]


def test_a_register_has_the_rows_of_the_callers_counties(paid):
    officer, auditor = paid.caller(), paid.caller("auditor", ())
    assert [row["building"] for row in rows(officer, "deposits")] == [HERE]
    assert {row["building"] for row in rows(auditor, "deposits")} == {HERE, ELSEWHERE}
    assert rows(officer, "deposits", where=[f"building:{ELSEWHERE}"]) == []
    mine, all_ = (
        {row["item"]: row["money"] for row in rows(caller, "survey")} for caller in (officer, auditor)
    )
    assert (mine["累计交存"], all_["累计交存"]) == ("7841.25", "7842.25")


def test_receipts_are_for_who_sees_all_counties(paid):
    refused = paid.caller().get("/v1/views/receipts")
    assert (refused.status_code, refused.json()["code"]) == (422, "county-unsupported")
    assert rows(paid.caller("auditor", ()), "receipts") == []


def test_an_account_is_asked_by_its_number(paid):
    missing = paid.caller().get("/v1/views/bank-reconciliation")
    assert (missing.status_code, missing.json()["code"]) == (422, "filter-missing")
    assert rows(paid.caller(), "bank-reconciliation", where=["account:nobody"]) == []


def test_a_register_comes_as_a_workbook(paid):
    found = paid.caller().get("/v1/views/arrears/workbook")
    sheet = openpyxl.load_workbook(BytesIO(found.content)).worksheets[0]
    assert sheet["A1"].value == "欠交名册"
    assert "arrears.xlsx" in found.headers["content-disposition"]
