"""Recording deposits over HTTP: recorded once, refused whole, and no name in the log."""

import json

import pytest

from tests.api.service import HERE, deposit

OPENING = ["building-opened", "units-registered", "buildings-entered"] * 2


def test_a_deposit_is_recorded_and_read_back(service):
    officer = service.caller()
    answer = officer.post("/v1/deposits", deposit(payer="王建国", bank_ref="B1", account="6222"))
    assert answer.status_code == 201
    assert answer.json() == {"position": str(service.feed.horizon()), "event": f"building/{HERE}@3"}
    service.follower.catch_up()
    statement = officer.get(f"/v1/buildings/{HERE}/units/0101", min_position=answer.json()["position"]).json()
    assert statement["balance"] == "7841.25"
    assert statement["currency"] == "CNY"
    assert statement["lines"] == [
        {
            "value_date": "2019-06-30",
            "kind": "deposit",
            "part": "owner",
            "amount": "7841.25",
            "balance": "7841.25",
            "part_balance": "7841.25",
            "event": f"building/{HERE}@3",
        }
    ]


def test_who_records_is_the_holder_of_the_token_and_names_stay_out_of_the_log(service):
    body = deposit()
    body["lines"].append({"unit": "0102", "amount": "100.00", "receipt_no": "2", "payer": "李四"})
    body["lines"][0]["payer"] = "王建国"
    assert service.caller().post("/v1/deposits", body).status_code == 201
    rows = service.feed.rows(0, 100)
    [recorded] = [json.loads(row.data) for row in rows if row.topic == "deposit-collected"]
    [units] = [json.loads(row.data) for row in rows if row.topic == "units-registered" and HERE in row.stream]
    assert recorded["actor"] == "officer岗"
    assert recorded["origin"] == "live"
    owner, other = (line["payer_ref"] for line in recorded["lines"])
    assert owner == units["lines"][0]["owner_ref"]
    assert other not in (owner, None)
    assert "王建国" not in service.log()
    assert "李四" not in service.log()


def test_a_rule_refuses_the_whole_request_and_the_refusal_is_kept(service):
    officer = service.caller()
    assert officer.post("/v1/deposits", deposit(receipt="7")).status_code == 201
    body = deposit(receipt="8")
    body["lines"].append({"unit": "0102", "amount": "5.00", "receipt_no": "7"})
    answer = officer.post("/v1/deposits", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "receipt-used"
    assert problem["status"] == 422
    assert [(fault["code"], fault["line"], fault["field"]) for fault in problem["errors"]] == [
        ("receipt-used", 1, "lines.1.receipt_no")
    ]
    assert service.topics()[-2:] == ["deposit-collected", "command-refused"]
    assert service.topics().count("deposit-collected") == 1


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"building": "53230199999"}, "building-unknown", "building"),
        ({"value_date": "2026-11-24"}, "date-future", "value_date"),
        ({"lines": [{"unit": "9999", "amount": "1.00"}]}, "unit-unknown", "lines.0.unit"),
        ({"lines": [{"unit": "0101", "amount": "0.00"}]}, "amount-not-positive", "lines.0.amount"),
        ({"lines": [{"unit": "0101", "amount": "-1"}]}, "amount-not-positive", "lines.0.amount"),
        ({"lines": [{"unit": "0101", "amount": "1", "part": "seller"}]}, "part-unknown", "lines.0.part"),
    ],
)
def test_what_the_ledger_refuses(service, change, code, field):
    answer = service.caller().post("/v1/deposits", {**deposit(payer="王建国"), **change})
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["field"] == field
    assert service.topics() == [*OPENING, "command-refused"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"note": "x"}, "field-invalid", "note"),
        ({"kind": "gift"}, "field-invalid", "kind"),
        ({"value_date": "2019-13-01"}, "date-invalid", "value_date"),
        ({"value_date": 20190630}, "field-invalid", "value_date"),
        ({"building": "a/b"}, "code-invalid", "building"),
        ({"lines": []}, "field-invalid", "lines"),
        ({"lines": [{"unit": "0101", "amount": 12.5}]}, "field-invalid", "lines.0.amount"),
        ({"lines": [{"unit": "0101", "amount": "12.345"}]}, "amount-invalid", "lines.0.amount"),
        ({"lines": [{"unit": "0101", "amount": "NaN"}]}, "amount-invalid", "lines.0.amount"),
        ({"lines": [{"unit": "0101", "amount": "1" + "0" * 12}]}, "amount-too-large", "lines.0.amount"),
        (
            {"lines": [{"unit": "0101", "amount": "1", "currency": "USD"}]},
            "field-invalid",
            "lines.0.currency",
        ),
        ({"lines": [{"unit": "0101", "amount": "1", "fee": "1"}]}, "field-invalid", "lines.0.fee"),
        ({"lines": [{"unit": "0101", "amount": "1", "payer": "a\u0000b"}]}, "field-invalid", "lines.0.payer"),
    ],
)
def test_a_malformed_request_names_its_field_and_adds_nothing(service, change, code, field):
    answer = service.caller().post("/v1/deposits", {**deposit(), **change})
    assert answer.status_code == 422
    assert answer.json()["code"] == "request-invalid"
    assert [(fault["code"], fault["field"]) for fault in answer.json()["errors"]] == [(code, field)]
    assert service.topics() == OPENING


def test_every_fault_of_a_request_is_listed(service):
    answer = service.caller().post("/v1/deposits", {"kind": "x", "lines": [{"amount": 1}]})
    fields = {fault["field"] for fault in answer.json()["errors"]}
    assert fields == {"building", "kind", "value_date", "lines.0.unit", "lines.0.amount"}


@pytest.mark.parametrize("body", [b'{"building": ', b"\xff\xfe{}", b"[" * 100_000])
def test_broken_json_is_refused(service, body):
    headers = {"content-type": "application/json"}
    answer = service.caller().send("POST", "/v1/deposits", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "json-invalid")
    assert service.topics() == OPENING


def test_a_body_too_large_is_refused(service):
    answer = service.caller().post("/v1/deposits", {**deposit(), "note": "x" * (1 << 20)})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert service.topics() == OPENING


def test_the_same_request_under_one_key_is_recorded_once(service):
    officer = service.caller()
    first = officer.post("/v1/deposits", deposit(), **{"Idempotency-Key": "k-1"})
    again = officer.post("/v1/deposits", deposit(), **{"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert service.topics() == [*OPENING, "deposit-collected"]


def test_one_key_for_two_requests_is_a_conflict(service):
    officer = service.caller()
    officer.post("/v1/deposits", deposit(), **{"Idempotency-Key": "k-1"})
    for caller, body in (
        (officer, deposit(receipt="00000002")),
        (service.caller("officer", ["532301", "532322"]), deposit(amount="1.00")),
    ):
        answer = caller.post("/v1/deposits", body, **{"Idempotency-Key": "k-1"})
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-conflict")
    assert service.topics() == [*OPENING, "deposit-collected"]


def test_a_key_must_be_plain(service):
    answer = service.caller().post("/v1/deposits", deposit(), **{"Idempotency-Key": "a b"})
    assert answer.status_code == 422
    assert service.topics() == OPENING


@pytest.mark.parametrize("again", ["１2345", "12345\ufe0f", '="12345"'])
def test_a_receipt_written_otherwise_is_the_same_receipt(service, again):
    officer = service.caller()
    assert officer.post("/v1/deposits", deposit(receipt="12345")).status_code == 201
    answer = officer.post("/v1/deposits", deposit(receipt=again))
    assert (answer.status_code, answer.json()["code"]) == (422, "receipt-used")
