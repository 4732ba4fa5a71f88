"""The statement of a unit, asked for as people type codes."""

import json

from tests.cli.papers import BUILDING


def test_a_code_is_read_as_in_a_register(fund, files):
    fund("import", "units", files["units"], "--history", "--json")
    found = fund("statement", "unit", f" {BUILDING} ", "０101", "--json")
    assert found.status == 0
    assert (found.document["building"], found.document["unit"]) == (BUILDING, "0101")


def test_a_code_that_cannot_be_one_is_a_wrong_usage(fund):
    answer = fund("statement", "unit", BUILDING, "01/02", "--json")
    assert (answer.status, answer.document["code"]) == (2, "code-invalid")


def test_a_building_shows_every_account_and_their_sum(fund, files):
    fund("import", "units", files["units"], "--history", "--json")
    fund("import", "deposits", files["deposits"], "--history", "--json")
    found = fund("statement", "building", BUILDING, "--json").document
    assert (found["principal"], found["balance"]) == ("23387.25", "23387.25")
    assert [unit["principal"] for unit in found["units"]] == ["6698.25", "7685.25", "9003.75"]
    assert "89.31" in fund("statement", "building", BUILDING).out
    assert fund("statement", "building", "9", "--json").document["code"] == "building-unknown"


def test_a_frozen_account_says_by_which_order(fund, files, tmp_path):
    fund("import", "units", files["units"], "--history", "--json")
    order = {
        "building": BUILDING,
        "unit": "0101",
        "frozen_on": "2020-03-04",
        "court": "法院",
        "order_no": "执7号",
    }
    paper = tmp_path / "freeze.json"
    paper.write_text(json.dumps(order), encoding="utf-8")
    assert fund("record", "freeze-unit", str(paper), "--json").status == 0
    found = fund("statement", "unit", BUILDING, "0101", "--json")
    assert (found.document["closed"], found.document["frozen"]) == (False, "执7号")
