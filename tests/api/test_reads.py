"""Reading over HTTP: totals, buildings, statements, cuts, and waiting for a write."""

import pytest

from api.problems import problem_of
from ledger import policy
from ledger.errors import Busy
from tests.api.service import HERE, deposit

ZERO = "0.00"


def test_totals_and_their_cuts(service):
    officer = service.caller()
    first = officer.post("/v1/deposits", deposit()).json()["position"]
    later = {**deposit(amount="58.75", receipt="2"), "value_date": "2020-01-01"}
    officer.post("/v1/deposits", later)
    service.follower.catch_up()

    now = officer.get("/v1/summary").json()
    assert now["position"] == str(service.feed.horizon())
    assert now["total"]["collected"] == "7900.00"
    assert now["counties"][0] | {"collected": ZERO, "deposits": ZERO, "balance": ZERO} == {
        "code": "532301",
        "name": "楚雄市",
        **dict.fromkeys(
            ("collected", "deposits", "growth", "withdrawn", "refunded", "other", "balance", "undistributed"),
            ZERO,
        ),
        "estates": 1,
        "buildings": 1,
        "units": 2,
    }
    assert officer.get("/v1/summary", as_of="2019-12-31").json()["total"]["balance"] == "7841.25"
    known = officer.get("/v1/summary", known_at=first).json()
    assert (known["position"], known["total"]["balance"]) == (first, "7841.25")
    assert officer.get("/v1/summary", known_at="2000-01-01").json()["total"]["units"] == 0
    assert (
        officer.get("/v1/summary", known_at=f"{service.now.year + 100}-01-01").json()["total"] == now["total"]
    )


def test_a_building_with_its_units(service):
    officer = service.caller()
    officer.post("/v1/deposits", deposit())
    service.follower.catch_up()
    found = officer.get(f"/v1/buildings/{HERE}").json()
    assert (found["building"], found["county"], found["balance"]) == (HERE, "532301", "7841.25")
    assert [(unit["unit"], unit["balance"]) for unit in found["units"]] == [
        ("0101", "7841.25"),
        ("0102", ZERO),
    ]


def test_a_building_and_a_statement_answer_as_of_a_day_and_as_known_at_a_position(service):
    officer = service.caller()
    first = officer.post("/v1/deposits", deposit()).json()["position"]
    officer.post("/v1/deposits", {**deposit(amount="58.75", receipt="2"), "value_date": "2020-01-01"})
    service.follower.catch_up()
    for path in (f"/v1/buildings/{HERE}", f"/v1/buildings/{HERE}/units/0101"):
        assert officer.get(path).json()["balance"] == "7900.00"
        before = officer.get(path, as_of="2019-12-31").json()
        assert (before["as_of"], before["balance"]) == ("2019-12-31", "7841.25")
        known = officer.get(path, known_at=first).json()
        assert (known["position"], known["balance"]) == (first, "7841.25")
        assert officer.get(path, known_at="0").status_code == 404


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/buildings/53230199999", "building-unknown"),
        ("/v1/buildings/53230199999/units/0101", "building-unknown"),
        (f"/v1/buildings/{HERE}/units/9999", "unit-unknown"),
        ("/v1/nothing", "not-found"),
    ],
)
def test_what_is_not_there(service, path, code):
    answer = service.caller("auditor", ()).get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("as_of", "2019-02-30", "request-invalid"),
        ("county", "999999", "request-invalid"),
        ("known_at", "yesterday", "known-at-invalid"),
        ("known_at", "9" * 41, "request-invalid"),
        ("min_position", "-1", "request-invalid"),
        ("min_position", "9" * 19, "request-invalid"),
    ],
)
def test_parameters_that_cannot_be_read(service, parameter, value, code):
    answer = service.caller("auditor", ()).get("/v1/summary", **{parameter: value})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_position_far_beyond_the_log_cuts_nothing(service):
    answer = service.caller("auditor", ()).get("/v1/summary", known_at="9" * 40)
    assert answer.json()["total"]["units"] == 4


def test_a_read_that_must_see_a_write_waits_for_it_and_says_when_it_cannot(service, monkeypatch, caplog):
    monkeypatch.setattr("api.answers.PATIENCE_SECONDS", 0.05)
    officer = service.caller()
    written = officer.post("/v1/deposits", deposit()).json()["position"]
    waiting = officer.get("/v1/summary", min_position=written)
    assert (waiting.status_code, waiting.json()["code"]) == (503, "not-projected")
    assert "request failed" not in caplog.text
    service.follower.catch_up()
    assert officer.get("/v1/summary", min_position=written).json()["total"]["balance"] == "7841.25"


def test_health_says_whether_the_read_models_have_followed(service):
    officer = service.caller()
    position = str(service.feed.horizon())
    assert officer.get("/v1/health").json() == {"status": "ok", "position": position, "horizon": position}
    officer.post("/v1/deposits", deposit())
    assert officer.get("/v1/health").json()["status"] == "behind"


def test_the_interface_describes_itself(service):
    found = service.caller("auditor", ()).get("/v1/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert {path for path in found["paths"] if not path.startswith("/v1/commands/")} == {
        "/v1/health",
        "/v1/summary",
        "/v1/buildings/{building}",
        "/v1/buildings/{building}/units/{unit}",
        "/v1/buildings/{building}/units/{unit}/owners",
        "/v1/repairs/{county}/{project}",
        "/v1/buildings/{building}/dues",
        "/v1/arrears",
        "/v1/dunning",
        "/v1/sellers",
        "/v1/receipts/{receipt_code}",
        "/v1/deposits",
        "/v1/policy",
        "/v1/lots",
        "/v1/payments/{county}/{project}/{version}",
        "/v1/obligations",
        "/v1/books/{county}/{fund}",
        "/v1/books/{county}/{fund}/periods/{period}",
        "/v1/publications/{county}/{fund}/{year}",
        "/v1/publications/{county}/{fund}/{year}/workbook",
        "/v1/publications/{county}/{fund}/{estate}/{year}",
        "/v1/publications/{county}/{fund}/{estate}/{year}/workbook",
        "/v1/books/{county}/{fund}/statements/{period}",
        "/v1/books/{county}/{fund}/statements/{period}/workbook",
        "/v1/counties/{county}/statements/{period}",
        "/v1/counties/{county}/statements/{period}/workbook",
        "/v1/statements/{period}",
        "/v1/statements/{period}/workbook",
        "/v1/views",
        "/v1/views/{name}",
        "/v1/views/{name}/workbook",
    }
    assert found["security"] == [{"token": []}]
    assert found["components"]["schemas"]["Summary"]["required"][0] == "as_of"
    assert found["components"]["schemas"]["DepositBody"]["examples"]


def test_another_writer_in_the_way_is_no_defect():
    found = problem_of(Busy())
    assert found is not None
    assert (found.code, found.status) == ("busy", 503)


def test_a_defect_tells_nothing_of_itself(service, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("api.routes.summary.summary", broken)
    answer = service.caller("auditor", ()).get("/v1/summary")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text


def test_the_policy_in_force_on_a_day(service):
    auditor = service.caller("auditor")
    found = auditor.get("/v1/policy", on="2015-10-23", name="rates").json()
    (file,) = found["files"]
    assert file["rows"][-1]["says"]["percent"]["1y"] == "1.75"
    assert found["version"] == policy.load().version
    assert auditor.get("/v1/policy").json()["on"] == "2026-11-23"
    assert auditor.get("/v1/policy", name="nothing").json()["code"] == "policy-unknown"
    assert auditor.get("/v1/policy", on="someday").status_code == 422


def test_a_period_of_a_book(service):
    officer = service.caller()
    officer.post("/v1/deposits", deposit())
    service.follower.catch_up()
    path = "/v1/books/532301/commodity/periods"
    found = officer.get(f"{path}/2019-06").json()
    assert (found["book"], found["fixed"], found["closing"], found["currency"]) == (
        "532301/commodity",
        False,
        "7841.25",
        "CNY",
    )
    assert found["lines"] == [
        {
            "on": "units",
            "kind": "deposit",
            "entries": 1,
            "principal": "7841.25",
            "interest": ZERO,
            "amount": "7841.25",
        }
    ]
    assert officer.get(f"{path}/2019").json()["closing"] == "7841.25"
    assert officer.get(f"{path}/2019-06", known_at="0").json()["lines"] == []
    assert officer.get(f"{path}/2019-13").json()["code"] == "period-invalid"
    assert officer.get("/v1/books/532301/gold/periods/2019").json()["code"] == "book-invalid"
    assert officer.get("/v1/books/532322/commodity/periods/2019").status_code == 403


def test_the_record_of_a_book(service):
    officer = service.caller()
    found = officer.get("/v1/books/532301/commodity").json()
    assert (found["book"], found["accounts"], found["publications"]) == ("532301/commodity", [], [])
    assert found["currency"] == "CNY"
    assert officer.get("/v1/books/532322/commodity").status_code == 403
    assert officer.get("/v1/books/532301/gold").json()["code"] == "book-invalid"
