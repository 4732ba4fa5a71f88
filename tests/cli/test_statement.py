"""The statement of a unit, asked for as people type codes."""

import json

import openpyxl

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


def test_an_owners_year_opens_moves_and_closes(fund, files, tmp_path):
    for kind, path in files.items():
        fund("import", kind, path, "--history", "--json")
    fund("interest", "distribute", "--book", "532301/commodity", "--through", "2019-12-21", "--json")
    found = fund("statement", "owner", BUILDING, "0101", "--year", "2019", "--json").document
    assert found["serial"] == f"2019/{BUILDING}/0101@{found['position']}"
    assert (found["owner"], found["area"], found["remark"]) == ("业*****", "89.31", None)
    assert found["accounts"] == [
        {
            "part": "owner", "opening": "0.00", "deposits": "6698.25", "credited": "286.41", "income": "0.00",
            "repaired": "0.00", "refunded": "0.00", "moved": "0.00", "closing": "6984.66",
        }
    ]  # fmt: skip
    assert [(line["value_date"], line["balance"]) for line in found["entries"]] == [
        ("2019-01-01", "6698.25"),
        ("2019-12-21", "6984.66"),
    ]
    after = fund("statement", "owner", BUILDING, "0101", "--year", "2020", "--json").document
    assert (after["opening"], after["closing"], after["entries"]) == ("6984.66", "6984.66", [])
    assert "6,984.66" in fund("statement", "owner", BUILDING, "0101", "--year", "2019").out
    sheet = tmp_path / "owner.xlsx"
    assert fund("statement", "owner", BUILDING, "0101", "--year", "2019", "--xlsx", sheet).status == 0
    cells = [cell.value for row in openpyxl.load_workbook(sheet).worksheets[0] for cell in row]
    assert {6984.66, "年末余额", f"2019/{BUILDING}/0101@{found['position']}"} <= set(cells)


def test_an_owners_year_says_what_was_known_and_why_interest_is_low(fund, files, tmp_path):
    fund("import", "units", files["units"], "--history", "--json")
    before = fund("summary", "--json").document["position"]
    fund("import", "deposits", files["deposits"], "--history", "--json")
    lot = {
        "county": "532301", "fund": "commodity", "lot": "D1", "kind": "time", "bank": "农业银行楚雄分行",
        "amount": "20000.00", "rate": "1.50", "placed_on": "2019-03-01", "term_months": 12,
        "account": "6222",
    }  # fmt: skip
    paper = tmp_path / "lot.json"
    paper.write_text(json.dumps(lot), encoding="utf-8")
    assert fund("record", "place-deposit", paper, "--json").status == 0
    asked = ("statement", "owner", BUILDING, "0101", "--year", "2019", "--json")
    found = fund(*asked).document
    assert found["remark"] == "本账套年末有未到期定期存款 20000.00 元，其利息到期后计入分户账"
    known = fund(*asked, "--known-at", before).document
    assert (known["closing"], known["remark"], known["position"]) == ("0.00", None, before)


def test_an_owners_year_of_nobody_is_unknown_and_a_year_is_a_number(fund):
    found = fund("statement", "owner", BUILDING, "9999", "--year", "2019", "--json")
    assert (found.status, found.document["code"]) == (1, "unit-unknown")
    assert fund("statement", "owner", BUILDING, "0101", "--year", "二〇一九", "--json").status == 2
    assert fund("statement", "owner", BUILDING, "0101", "--json").status == 2
