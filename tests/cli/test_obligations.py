"""A building is destroyed, its money listed as owed and paid, by forms and ``fund obligation list``."""

import json

import pytest

from tests.cli.papers import BUILDING


@pytest.fixture
def paper(tmp_path):
    def write(document) -> str:
        path = tmp_path / "form.json"
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return str(path)

    return write


def test_from_loss_to_payment(fund, files, paper):
    fund("import", "units", files["units"], "--history")
    fund("import", "deposits", files["deposits"], "--history")
    loss = {"building": BUILDING, "destroyed_on": "2026-01-05", "document": "楚建灭〔2026〕1号"}
    done = fund("record", "destroy-building", paper(loss), "--json")
    assert done.status == 0, done.err
    (event,) = done.document["events"]
    found = fund("obligation", "list", "--json").document
    assert (found["owed"], found["left"], len(found["obligations"])) == ("23387.25", "23387.25", 3)
    first = found["obligations"][0]
    assert (first["unit"], first["payee"], first["left"], first["event"]) == (
        "0101",
        "owner",
        "6698.25",
        event,
    )

    payment = {
        "building": BUILDING,
        "obligation": event,
        "paid_on": "2026-02-01",
        "lines": [{"line": 0, "amount": "6698.25"}],
        "bank_ref": "T1",
    }
    assert fund("record", "pay-obligation", paper(payment)).status == 0
    assert fund("obligation", "list", "--json").document["left"] == "16689.00"
    again = fund("record", "pay-obligation", paper(payment), "--json")
    assert (again.status, again.document["errors"][0]["code"]) == (1, "obligation-paid")
    shown = fund("obligation", "list", "--county", "532301").out
    assert "16,689.00" in shown
    assert "业主" in shown
    assert fund("obligation", "list", "--county", "532322", "--json").document["obligations"] == []
