"""The yearly publication pack over HTTP: a page a browser may show, a workbook, and who may see them."""

import base64
import re
from io import BytesIO
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from ledger.calendar import parse_date
from ledger.commands import IssuePublication, Recording
from tests.api.service import deposit

ESTATE = "/v1/publications/532301/commodity/532301001/2019"
BOOK = "/v1/publications/532301/commodity/2019"


@pytest.fixture
def officer(service):
    caller = service.caller()
    caller.post("/v1/deposits", deposit())
    service.follower.catch_up()
    return caller


def publish(service):
    command = IssuePublication(
        county="532301", fund="commodity", year=2019, published_on=parse_date("2020-03-31")
    )
    done = service.application.execute([command], Recording(actor="test"))
    service.follower.catch_up()
    return done


def test_a_page_for_the_estate_and_one_for_the_book(service, officer):
    assert "未公布草稿" in officer.get(ESTATE).text
    done = publish(service)
    for path in (ESTATE, BOOK):
        answer = officer.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "未公布草稿" not in answer.text
        assert "7,841.25" in answer.text
        assert done.events[0] in answer.text
    before = officer.get(ESTATE, known_at=done.position - 1)
    assert "未公布草稿" in before.text


def test_a_browser_may_apply_the_style_sheet_of_the_page_and_nothing_else(service, officer):
    answer = officer.get(ESTATE)
    [policy] = answer.headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("; frame-ancestors 'none'")
    [digest] = re.findall(r"style-src 'sha256-([^']+)'", policy)
    assert len(base64.b64decode(digest)) == 32
    assert answer.headers["cache-control"] == "no-store"
    assert officer.get("/v1/summary").headers.get_list("content-security-policy") == [
        "default-src 'none'; frame-ancestors 'none'"
    ]


def test_a_workbook_to_take_away(service, officer):
    publish(service)
    for path, name in ((ESTATE, "-532301001"), (BOOK, "")):
        answer = officer.get(f"{path}/workbook")
        assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
        called = unquote(answer.headers["content-disposition"])
        assert called == f"attachment; filename*=UTF-8''年度公布-532301-commodity{name}-2019.xlsx"
        assert load_workbook(BytesIO(answer.content)).sheetnames == ["汇总", "列支项目", "分幢", "分户"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/publications/532322/commodity/2019", 403, "county-forbidden"),
        ("/v1/publications/532322/commodity/532322001/2019/workbook", 403, "county-forbidden"),
        ("/v1/publications/532301/commodity/E9/2019", 404, "estate-unknown"),
        ("/v1/publications/532301/public/532301001/2019", 404, "units-missing"),
        ("/v1/publications/532301/other/2019", 422, "book-invalid"),
        ("/v1/publications/532301/commodity/2027", 422, "year-invalid"),
        ("/v1/publications/532301/commodity/nineteen", 422, "request-invalid"),
        ("/v1/publications/999999/commodity/2019", 422, "county-unknown"),
    ],
)
def test_what_is_refused(service, officer, path, status, code):
    answer = officer.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_figures_that_are_not_those_published_are_a_problem(service, officer):
    publish(service)
    from sqlalchemy import text

    with service.engine.begin() as connection:
        connection.execute(text("update read.postings set principal_fen = principal_fen + 1"))
    answer = officer.get(ESTATE)
    assert (answer.status_code, answer.json()["code"]) == (500, "publication-differs")
