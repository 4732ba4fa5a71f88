"""Whatever is sent, the service answers; it never breaks, and every refusal is a problem document."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.service import ELSEWHERE, HERE

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
CODES = st.sampled_from([HERE, ELSEWHERE, "5323", "", "０１０１", "0101", "0102", "a@b"]) | st.text(
    max_size=70
)
LINES = st.fixed_dictionaries(
    {"unit": CODES, "amount": st.sampled_from(["1.00", "0", "1e3", "9" * 40, "१.००"]) | ANYTHING},
    optional={
        "part": st.sampled_from(["owner", "seller"]) | ANYTHING,
        "receipt_no": st.text(max_size=5) | ANYTHING,
        "payer": st.text(max_size=5) | ANYTHING,
        "account": st.text(max_size=5),
        "currency": st.sampled_from(["CNY", "EUR"]),
    },
)
NEARLY = st.fixed_dictionaries(
    {
        "building": CODES,
        "kind": st.sampled_from(["first", "top-up", "make-up"]) | ANYTHING,
        "value_date": st.dates().map(str) | ANYTHING,
        "lines": st.lists(LINES, max_size=3) | ANYTHING,
    }
)


@pytest.mark.slow
def test_any_body_is_answered(service):
    officer = service.caller("officer", ())

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=NEARLY | ANYTHING)
    def answered(body):
        sent = json.dumps(body).encode()
        answer = officer.send(
            "POST", "/v1/deposits", content=sent, headers={"content-type": "application/json"}
        )
        assert answer.status_code in {201, 400, 422}
        if answer.status_code != 201:
            problem = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            assert problem["status"] == answer.status_code
            assert problem["code"]
            assert problem["detail"]

    answered()
    service.follower.catch_up()


@pytest.mark.slow
def test_any_address_is_answered(service):
    reader = service.caller("auditor", ())

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        building=st.text(min_size=1, max_size=12), unit=st.text(max_size=12), known_at=st.text(max_size=45)
    )
    def answered(building, unit, known_at):
        from urllib.parse import quote

        path = f"/v1/buildings/{quote(building, safe='')}/units/{quote(unit, safe='')}"
        answer = reader.get(path, known_at=known_at)
        assert answer.status_code in {200, 307, 404, 422}

    answered()
