"""会住维01/02/03表: figures by hand, and every invariant over random books, months and cuts."""

from collections import defaultdict
from datetime import date
from random import Random

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from ledger.calendar import parse_period
from projections.scope import Scope
from projections.statements import statements
from projections.statements_workbook import write_statements
from tests.projections.test_journal import close, lived

BOOK = Scope(county="532301", fund="commodity")


def built(database, period, scope=BOOK, position=None):
    with database.engine.connect() as connection:
        return statements(connection, scope, parse_period(period), position)


def form(found, number):
    chosen = next(each for each in found.forms if each.number == f"会住维{number}表")
    return {line.name: line.amounts for line in chosen.lines}


@pytest.fixture
def years(town, follower, database):
    """2018: 1,000.00 deposited, 30.00 interest. 2019: 500.00 deposited, 200.00 repaired, 20.00 shared."""
    town.open("B1", ("101",))
    town.deposit("B1", date(2018, 3, 5), {"101": 100000})
    town.gain("532301", date(2018, 12, 21), 3000)
    town.deposit("B1", date(2019, 2, 5), {"101": 50000})
    town.interest("B1", date(2019, 6, 30), {"101": 2000})
    town.withdraw("B1", date(2019, 12, 5), {"101": (20000, 0)})
    follower.catch_up()


def test_the_year_by_hand(years, database):
    found = built(database, "2019")
    position = form(found, "01")
    assert position["银行存款"] == ("1030.00", "1330.00")
    assert position["维修资金"] == position["其中：商品住宅"] == ("1000.00", "1320.00")
    assert position["待分配累计收益"] == ("30.00", "10.00")
    assert position["资产总计"] == position["负债和净资产总计"] == ("1030.00", "1330.00")
    income = form(found, "02")
    assert income["交存收入"] == ("500.00", "1000.00")
    assert income["维修支出"] == ("200.00", "0.00")
    assert income["三、本期收支差额"] == ("300.00", "1030.00")
    changes = form(found, "03")
    assert changes["一、上年年末余额"] == ("1000.00", "30.00", "1030.00")
    assert changes["（一）本年收支差额"] == ("300.00", "0.00", "300.00")
    assert changes["（二）本年分配累计收益"] == ("20.00", "-20.00", "0.00")
    assert changes["五、本年年末余额"] == ("1320.00", "10.00", "1330.00")
    assert found.balanced


def test_a_month_beside_the_year_so_far(years, database):
    income = form(built(database, "2019-12"), "02")
    assert income["维修支出"] == ("200.00", "200.00")
    assert income["交存收入"] == ("0.00", "500.00")
    assert form(built(database, "2019-11"), "02")["三、本期收支差额"] == ("0.00", "500.00")


def test_the_first_report_year_has_nothing_to_compare_with(years, database):
    assert form(built(database, "2018"), "02")["交存收入"] == ("1000.00", None)


def test_a_book_of_one_kind_has_no_column_for_the_other(years, database):
    columns = {each.number: each.columns for each in built(database, "2019").forms}
    assert columns["会住维03表"] == ("商品住宅维修资金", "待分配累计收益", "净资产合计")
    both = {each.number: each.columns for each in built(database, "2019", Scope(county="532301")).forms}
    assert both["会住维03表"][:2] == ("商品住宅维修资金", "已售公有住房维修资金")


def test_what_was_recorded_after_the_year_was_closed_adjusts_the_opening(years, town, follower, database):
    close(town, "2018-12")
    town.deposit("B1", date(2018, 12, 30), {"101": 700})
    follower.catch_up()
    found = built(database, "2019")
    assert form(found, "01")["银行存款"] == ("1037.00", "1337.00")
    assert form(found, "02")["交存收入"] == ("500.00", "1000.00")
    changes = form(found, "03")
    assert changes["二、以前年度调整（减少以“-”号填列）"] == ("7.00", "0.00", "7.00")
    assert changes["三、本年年初余额"] == ("1007.00", "30.00", "1037.00")
    assert found.balanced


def test_last_months_report_can_be_made_again(years, town, follower, database):
    first = built(database, "2019")
    town.deposit("B1", date(2019, 7, 1), {"101": 5})
    follower.catch_up()
    assert built(database, "2019") != first
    again = built(database, "2019", position=int(first.position))
    assert (again.forms, again.checks, again.position) == (first.forms, first.checks, first.position)


@pytest.mark.parametrize("seed", range(10))
def test_every_invariant_holds_for_every_scope_period_and_cut(town, follower, database, seed):
    lived(town, seed)
    follower.catch_up()
    random = Random(seed)
    with database.engine.connect() as connection:
        cuts = list(connection.execute(text("select position from read.vouchers order by 1")).scalars())
    for _ in range(8):
        county = random.choice((None, "532301", "532302", "532322"))
        scope = Scope(county=county, fund=random.choice((None, "commodity", "public")) if county else None)
        month = f"-{random.randint(1, 12):02}" if random.random() < 0.5 else ""
        found = built(database, f"{random.randint(2012, 2020)}{month}", scope, random.choice(cuts))
        assert [check for check in found.checks if not check.holds] == []
        assert found.balanced


def test_books_come_to_the_prefecture(town, follower, database):
    lived(town, 1)
    follower.catch_up()
    added = defaultdict(int)
    for county in ("532301", "532302", "532322"):
        for fund in ("commodity", "public"):
            assets = form(built(database, "2019", Scope(county=county, fund=fund)), "01")["资产总计"]
            for index, amount in enumerate(assets):
                added[index] += int(amount.replace(".", ""))
    whole = form(built(database, "2019", Scope()), "01")["资产总计"]
    assert [int(amount.replace(".", "")) for amount in whole] == [added[0], added[1]]


def test_a_changed_posting_is_named(years, database):
    with database.engine.begin() as connection:
        connection.execute(text("update read.vouchers set number = number + 1 where period = '2019-12'"))
    found = built(database, "2019")
    assert [check.name for check in found.checks if not check.holds] == [
        "凭证张数 = 各月最大凭证编号之和（编号连续）"
    ]
    assert not found.balanced


def test_the_workbook_has_what_stands_above_the_official_forms(years, database, tmp_path):
    path = tmp_path / "报表.xlsx"
    write_statements(path, built(database, "2019"))
    book = load_workbook(path)
    assert book.sheetnames[:2] == ["会住维01表 资产负债表", "会住维02表 收支表"]
    sheet = book["会住维01表 资产负债表"]
    above = [
        [cell for cell in row if cell is not None] for row in sheet.iter_rows(max_row=6, values_only=True)
    ]
    assert above == [
        ["资产负债表"],
        ["资金名称：楚雄市商品住宅专项维修资金", "会住维01表"],
        ["编制单位："],
        ["期间：2019-01-01 至 2019-12-31", "单位：元"],
        ["项目", "年初余额", "期末余额"],
        ["一、资产"],
    ]
    assert sheet.freeze_panes == "B6"
    assert [cell.value for cell in sheet[7]] == ["银行存款", 1030, 1330]
