"""The allocation of a repair payment over HTTP."""

from datetime import UTC, date, datetime

import pytest

from ledger.commands import ChangeOwner, PayRepair, Recording, ReturnRepairMoney
from ledger.events import Payee, RepairApproved, RepairProposed
from ledger.log import Change
from ledger.store.bridge import EventLog
from tests.api.service import HERE, deposit

PATH = "/v1/payments/532301/P1/3"


@pytest.fixture
def paid(service):
    """A payment of 1,000.00 over two units, of which one is empty, and 10.00 that came back."""
    service.caller().post("/v1/deposits", deposit())
    sold = ChangeOwner(building=HERE, unit="0102", transferred_on=date(2020, 1, 1), owner_ref="o2")
    service.application.execute([sold], Recording(actor="clerk", origin="history"))
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    said = {"recorded_at": moment, "value_date": date(2026, 3, 1), "origin": "live", "policy": "p1"}
    proposed = RepairProposed(
        **said,
        actor="clerk",
        project="P1",
        county="532301",
        estate="53230100",
        buildings=(HERE,),
        object="屋面",
        content="防水",
        emergency=False,
    )
    approved = RepairApproved(**said, actor="head", amount_fen=200_000)
    EventLog(service.engine).append([Change("repair/532301/P1", 0, (proposed, approved))])
    where = {"county": "532301", "project": "P1"}
    payment = PayRepair(
        **where,
        stage="first",
        amount_fen=100_000,
        paid_on=date(2026, 4, 1),
        payee=Payee(kind="firm", name="某公司", account="6222"),
    )
    back = ReturnRepairMoney(
        **where,
        payment="repair/532301/P1@3",
        amount_fen=1_000,
        returned_on=date(2026, 5, 1),
        reason="审减",
    )
    for command in (payment, back):
        service.application.execute([command], Recording(actor="cashier"))
    return service


def test_who_bears_what(paid):
    found = paid.caller().get(PATH).json()
    assert found.pop("position") == str(paid.feed.horizon())
    assert found == {
        "payment": "repair/532301/P1@3",
        "county": "532301",
        "project": "P1",
        "stage": "first",
        "paid_on": "2026-04-01",
        "cost": "1000.00",
        "amount": "500.00",
        "self_raised": "500.00",
        "developer": "0.00",
        "returned": "10.00",
        "lines": [
            {
                "building": HERE,
                "unit": "0101",
                "part": "owner",
                "share": "500.00",
                "principal": "500.00",
                "interest": "0.00",
                "self_raised": "0.00",
                "returned": "10.00",
            },
            {
                "building": HERE,
                "unit": "0102",
                "part": "owner",
                "share": "500.00",
                "principal": "0.00",
                "interest": "0.00",
                "self_raised": "500.00",
                "returned": "0.00",
            },
        ],
        "currency": "CNY",
    }


def test_another_county_and_what_is_no_payment(paid):
    other = paid.caller(counties=("532322",)).get(PATH)
    assert (other.status_code, other.json()["code"]) == (403, "county-forbidden")
    for path in ("/v1/payments/532301/P1/1", "/v1/payments/532301/P1/9", "/v1/payments/532301/P9/3"):
        answer = paid.caller().get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "payment-unknown")
