"""A malformed request is explained in Chinese."""

from tests.api.service import deposit


def test_a_choice_names_what_may_be_chosen(service):
    body = deposit()
    body["kind"] = "third"
    body["lines"][0]["part"] = "bank"
    faults = service.caller().post("/v1/deposits", body).json()["errors"]
    assert [(fault["field"], fault["message"]) for fault in faults] == [
        ("kind", "应为 first、top-up、make-up 之一"),
        ("lines.0.part", "应为 owner、seller 之一"),
    ]
