"""What is due at the command line: recorded by forms, listed, and checked by rebuild and audit."""

import json

import pytest

from tests.cli.papers import BUILDING


@pytest.fixture
def office(fund, files):
    """Three units at 75 yuan/m², of which all but the last have paid."""
    for kind in ("units", "deposits"):
        assert fund("import", kind, files[kind], "--history", "--json").status == 0
    return fund


@pytest.fixture
def record(office, tmp_path):
    def recorded(name, *options, **fields):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"building": BUILDING, **fields}), encoding="utf-8")
        return office("record", name, path, "--json", *options)

    return recorded


def test_dues_decisions_and_arrears(office, record):
    done = record("override-due", unit="0101", due="6698.26", reason="复测面积", decided_on="2025-06-30")
    assert done.status == 0, done.err
    due = office("deposit", "due", BUILDING, "0101", "--json").document["units"][0]
    assert (due["basis"], due["due"], due["paid"], due["missing"]) == (
        "decided",
        "6698.26",
        "6698.25",
        "0.01",
    )
    arrears = office("deposit", "arrears", "--json").document
    assert [(each["unit"], each["missing"]) for each in arrears["units"]] == [("0101", "0.01")]
    assert office("deposit", "arrears", "--as-of", "2025-06-29", "--json").document["units"] == []
    assert record("exempt-unit", unit="0101", reason="sole-owner", decided_on="2025-06-30").status == 0
    assert office("deposit", "arrears", "--json").document["units"] == []
    refused = record("exempt-unit", unit="0101", reason="friend", decided_on="2025-06-30")
    assert refused.status == 1
    assert "exemption-ground" in refused.out
    assert record("lift-exemption", unit="0101", reason="已出售", decided_on="2025-07-01").status == 0
    shown = office("deposit", "arrears")
    assert "欠交 1 户" in shown.out
    assert "核定" in shown.out
    assert office("rebuild", "--check", "--json").status == 0
    assert office("audit", "verify", "--json").document["problems"] == []


def test_a_developer_pays_for_a_building(fund, files, tmp_path):
    """311.83 m² at 75 yuan; the payer is a reference in the event and a name nowhere but in the register."""
    assert fund("import", "units", files["units"], "--history", "--json").status == 0
    bulk = {
        "building": BUILDING,
        "value_date": "2019-01-02",
        "payer": "楚雄彝人古镇开发公司",
        "receipt_no": "098",
    }
    path = tmp_path / "bulk.json"
    path.write_text(json.dumps({**bulk, "total": "23387.24"}), encoding="utf-8")
    refused = fund("record", "collect-bulk", path, "--json")
    assert refused.status == 1
    assert "合计金额 23387.24 元，3 户应交合计 23387.25 元" in refused.out
    path.write_text(json.dumps({**bulk, "total": "23387.25"}), encoding="utf-8")
    done = fund("record", "collect-bulk", path, "--json")
    assert done.status == 0, done.err
    assert len(done.document["events"]) == 1
    due = fund("deposit", "due", BUILDING, "--json").document
    assert [(each["on"], each["missing"]) for each in due["units"]] == [("2019-01-02", "0.00")] * 3
    assert fund("deposit", "arrears", "--json").document["units"] == []
    assert fund("audit", "verify", "--json").document["problems"] == []


def test_a_developer_is_told_that_all_have_paid(record):
    paid = record("collect-bulk", value_date="2019-01-02", total="1.00", payer="楚雄彝人古镇开发公司")
    assert paid.status == 1
    assert "units-missing" in paid.out


@pytest.mark.parametrize("words", [("dunning",), ("sellers", "--late"), ("sellers",), ("due", BUILDING)])
def test_every_list_is_also_a_table(office, words):
    shown = office("deposit", *words)
    assert shown.status == 0, shown.err
    assert "户" in shown.out


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("deposit", "due", "nowhere"), 1, "unit-unknown"),
        (("deposit", "arrears", "--after", "x"), 2, "cursor-invalid"),
        (("deposit", "dunning", "--limit", "0"), 2, "limit-invalid"),
        (("receipts", "list", "A"), 1, "receipts-unknown"),
        (("summary", "--fund", "other"), 2, "usage"),
    ],
)
def test_what_cannot_be_asked(office, words, status, code):
    ended = office(*words, "--json")
    assert (ended.status, ended.document["code"]) == (status, code)


def test_receipts_of_a_code(office, tmp_path):
    path = tmp_path / "issue.json"
    path.write_text(
        json.dumps(
            {
                "code": "A",
                "first": "00000001",
                "last": "00000005",
                "value_date": "2019-01-01",
                "holder": "鹿城物业公司",
            }
        ),
        encoding="utf-8",
    )
    done = office("record", "issue-receipts", path, "--json")
    assert done.status == 0, done.err
    found = office("receipts", "list", "A", "--json").document
    assert (found["issued"], found["used"], found["free"], found["skipped"]) == (5, 3, 2, 0)
    assert "00000001–00000005" in office("receipts", "list", "A").out


def test_a_summary_of_one_fund_kind(office):
    assert office("summary", "--fund", "public", "--json").document["total"]["units"] == 0
    assert office("summary", "--fund", "commodity", "--json").document["total"]["units"] == 3
