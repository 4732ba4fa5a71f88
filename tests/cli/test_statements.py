"""``fund statement book|county|prefecture``: forms on the screen, as JSON and as a workbook."""

import openpyxl
import pytest
from sqlalchemy import text


@pytest.fixture
def town(fund, files):
    fund("import", "units", files["units"], "--history", "--json")
    return fund("import", "deposits", files["deposits"], "--history", "--json").document


def amounts(document, number):
    form = next(each for each in document["forms"] if each["number"] == number)
    return {line["name"]: line["amounts"] for line in form["lines"]}


def test_a_book_of_a_year(fund, town):
    found = fund("statement", "book", "532301/commodity", "--period", "2019", "--json")
    assert found.status == 0
    document = found.document
    assert (document["scope"], document["from"], document["to"]) == (
        "532301/commodity",
        "2019-01-01",
        "2019-12-31",
    )
    assert document["balanced"] is True
    assert amounts(document, "会住维01表")["银行存款"][1] == "23387.25"
    shown = fund("statement", "book", "532301/commodity", "--period", "2019").out
    assert "会住维03表 净资产变动表" in shown
    assert "23,387.25" in shown


def test_county_and_prefecture_are_the_book_where_there_is_no_other(fund, town):
    book = fund("statement", "book", "532301/commodity", "--period", "2019", "--json").document
    county = fund("statement", "county", "532301", "--period", "2019", "--json").document
    prefecture = fund("statement", "prefecture", "--period", "2019", "--json").document
    assert amounts(county, "会住维02表") == amounts(prefecture, "会住维02表") == amounts(book, "会住维02表")
    assert (county["name"], prefecture["name"]) == ("楚雄市住宅专项维修资金", "楚雄州住宅专项维修资金")


def test_an_earlier_position_is_asked_again(fund, town, files):
    before = fund("statement", "prefecture", "--period", "2019", "--json").document
    fund("import", "bank-gains", files["bank-gains"], "--history", "--json")
    after = fund("statement", "prefecture", "--period", "2019", "--json").document
    again = fund(
        "statement", "prefecture", "--period", "2019", "--known-at", before["position"], "--json"
    ).document
    assert after["forms"] != before["forms"]
    assert again == {**before, "known_at": before["position"]}


def test_a_workbook_has_a_sheet_a_form_and_one_of_the_checks(fund, town, tmp_path):
    path = tmp_path / "报表.xlsx"
    assert fund("statement", "book", "532301/commodity", "--period", "2019", "--xlsx", str(path)).status == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "会住维01表 资产负债表",
        "会住维02表 收支表",
        "会住维03表 净资产变动表",
        "勾稽关系",
    ]
    sheet = book["会住维01表 资产负债表"]
    rows = {row[0].value: [cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=5)}
    assert rows["银行存款"][1] == 23387.25
    assert {row[3].value for row in book["勾稽关系"].iter_rows(min_row=2)} == {"相符"}


def test_statements_that_do_not_agree_end_with_status_1(fund, town, database):
    fund("rebuild", "--json")
    with database.engine.begin() as connection:
        connection.execute(text("delete from read.vouchers where number = 1"))
    found = fund("statement", "book", "532301/commodity", "--period", "2019", "--json")
    assert (found.status, found.document["balanced"]) == (1, False)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("book", "532301/commodity", "--period", "2019-13"), "period-invalid"),
        (("book", "532301/other", "--period", "2019"), "book-invalid"),
        (("county", "110000", "--period", "2019"), "county-unknown"),
        (("prefecture", "--period", "last"), "period-invalid"),
    ],
)
def test_what_cannot_be_read_is_a_wrong_usage(fund, words, code):
    answer = fund("statement", *words, "--json")
    assert (answer.status, answer.document["code"]) == (2, code)
