"""Views over HTTP: pages and workbooks, only of the counties the caller may see."""

import json
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import api.routes.views
from tests.api.service import ELSEWHERE, HERE, deposit


@pytest.fixture
def paid(service):
    """Two deposits in the caller's county and one in another."""
    everywhere = service.caller("officer", ())
    everywhere.post("/v1/deposits", deposit())
    everywhere.post("/v1/deposits", {**deposit(amount="58.75", receipt="2"), "value_date": "2020-01-01"})
    everywhere.post("/v1/deposits", deposit(ELSEWHERE, amount="1.00", receipt="3"))
    service.follower.catch_up()
    return service


def test_the_catalogue_names_columns_and_filters(service):
    found = {view["name"]: view for view in service.caller().get("/v1/views").json()["views"]}
    entries = found["entries"]
    assert entries["title"] == "分户账明细"
    assert entries["columns"][0] == {"name": "county", "title": "区县", "kind": "county", "total": False}
    assert [each["name"] for each in entries["filters"] if each["required"]] == ["building"]


def test_a_page_and_the_next(paid):
    officer = paid.caller()
    path, where = "/v1/views/entries", [f"building:{HERE}"]
    first = officer.get(path, where=where, limit=1).json()
    assert (first["count"], first["totals"]["amount"], first["currency"]) == (2, "7900.00", "CNY")
    assert [row["amount"] for row in first["rows"]] == ["7841.25"]
    officer.post("/v1/deposits", {**deposit(amount="9.00", receipt="9"), "value_date": "2019-01-01"})
    paid.follower.catch_up()
    second = officer.get(path, where=where, limit=1, cursor=first["next"]).json()
    assert [row["amount"] for row in second["rows"]] == ["58.75"]
    assert (second["position"], second["next"]) == (first["position"], None)
    again = officer.get(path, where=where, known_at=first["position"]).json()
    assert [row["balance"] for row in again["rows"]] == ["7841.25", "7900.00"]


def test_nobody_sees_another_county(paid):
    officer = paid.caller()
    assert [row["county"] for row in officer.get("/v1/views/books").json()["rows"]] == ["532301"]
    assert officer.get("/v1/views/entries", where=[f"building:{ELSEWHERE}"]).json()["rows"] == []
    assert officer.get("/v1/views/books", county="532322").json()["code"] == "county-forbidden"
    assert len(paid.caller("auditor", ()).get("/v1/views/books").json()["rows"]) == 2


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        ("gold", {}, 404, "view-unknown"),
        ("gold/workbook", {}, 404, "view-unknown"),
        ("entries", {}, 422, "filter-missing"),
        ("entries/workbook", {}, 422, "filter-missing"),
        ("entries", {"where": ["building"]}, 422, "filter-invalid"),
        ("entries", {"where": ["building:1", "building:2"]}, 422, "filter-invalid"),
        ("entries", {"where": ["building:1", "colour:red"]}, 422, "filter-unknown"),
        ("books", {"cursor": "x"}, 422, "cursor-invalid"),
        ("books", {"limit": 0}, 422, "request-invalid"),
        ("books", {"limit": 1001}, 422, "request-invalid"),
        ("books", {"known_at": "never"}, 422, "known-at-invalid"),
        ("books", {"as_of": "2019-02-30"}, 422, "request-invalid"),
    ],
)
def test_what_cannot_be_read_is_refused(service, path, parameters, status, code):
    answer = service.caller().get(f"/v1/views/{path}", **parameters)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_workbook_is_a_file_of_all_rows(paid):
    answer = paid.caller().get("/v1/views/entries/workbook", where=[f"building:{HERE}"], as_of="2019-12-31")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert answer.headers["content-disposition"].startswith('attachment; filename="entries.xlsx"')
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert [sheet["A1"].value, sheet["K4"].value, sheet["A5"].value] == ["分户账明细", 7841.25, "合计"]


@pytest.mark.parametrize("range_", ["bytes=0-9", "bytes=", "lines=1", "bytes=9999999-"])
def test_nothing_of_a_workbook_stays_behind(paid, range_, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    answer = paid.caller().send("GET", "/v1/views/books/workbook", headers={"range": range_})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert list(tmp_path.iterdir()) == []


def test_only_so_many_workbooks_are_made_at_once(paid):
    caller = paid.caller()
    with api.routes.views._MAKING, api.routes.views._MAKING:
        answer = caller.get("/v1/views/books/workbook")
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert caller.get("/v1/views/books/workbook").status_code == 200
    for _ in range(3):  # what is refused gives its place back
        assert caller.get("/v1/views/entries/workbook").json()["code"] == "filter-missing"
    assert caller.get("/v1/views/books/workbook").status_code == 200


def test_the_description_of_the_service_names_the_views(service):
    paths = service.caller().get("/v1/openapi.json").json()["paths"]
    workbook = paths["/v1/views/{name}/workbook"]["get"]["responses"]["200"]["content"]
    assert [kind.split(".")[-1] for kind in workbook] == ["sheet"]
    assert "where" in [each["name"] for each in paths["/v1/views/{name}"]["get"]["parameters"]]


@pytest.mark.slow
def test_whatever_is_asked_is_answered(paid):
    reader = paid.caller("auditor", ())
    cursor = reader.get("/v1/views/accounts", limit=1).json()["next"]
    told = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    keys = st.lists(st.none() | st.booleans() | st.integers() | st.text(max_size=6), max_size=4)
    forged = st.builds(
        lambda position, found: urlsafe_b64encode(json.dumps([position, told[1], found]).encode()).decode(),
        st.integers(),
        keys,
    )

    @settings(max_examples=70, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        name=st.sampled_from(["accounts", "entries", "months", "owner-statements", "low-balance"]),
        cursor=st.none() | st.text(max_size=20),
        tampered=st.none() | forged,
        where=st.lists(
            st.builds(
                "{}:{}".format,
                st.sampled_from(["building", "unit", "year", "fund", "closed", "from", "x"]),
                st.sampled_from([HERE, "2019", "0", "是", "9" * 9]) | st.text(max_size=8),
            ),
            max_size=3,
        ),
    )
    def answered(name, cursor, where, tampered):
        if tampered is not None:
            name, cursor, where = "accounts", tampered, []
        more = {} if cursor is None else {"cursor": cursor}
        answer = reader.get(f"/v1/views/{name}", where=where, **more)
        assert answer.status_code in {200, 422}
        if answer.status_code == 422:
            assert answer.json()["code"]

    answered()


def test_what_takes_the_database_too_long_is_broken_off(paid, monkeypatch):
    monkeypatch.setattr("api.office.LONGEST", "1ms")
    answer = paid.caller().get("/v1/views/trial-balance")
    assert (answer.status_code, answer.json()["code"]) == (503, "answer-too-long")
    monkeypatch.undo()
    assert paid.caller().get("/v1/views/trial-balance").status_code == 200
