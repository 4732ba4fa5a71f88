"""Views: pages, totals, filters, cursors and workbooks, over a small town with exact figures."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import BigInteger, Date, Text, column, literal, select, values

from ledger.errors import InputError
from projections.views import VIEWS, view_named
from projections.views.paging import page, stream
from projections.views.showing import answer, list_of, said
from projections.views.view import Asked, Column, Filter, View, ask
from projections.views.workbook import write_workbook

DAY = date(2019, 3, 1)


@pytest.fixture
def small(town, follower, database):
    town.open("B1", ("101", "102"), fund="public")
    town.open("B2", ("101",), county="532322", estate="E2")
    town.deposit("B1", DAY, {"101": 10_000, "102": 20_000})
    town.deposit("B1", date(2019, 2, 1), {"101": 5_000}, part="seller")
    town.gain("532301", DAY, 700, fund="public")
    town.interest("B1", date(2019, 12, 31), {"101": 300}, fund="public")
    town.withdraw("B1", date(2020, 1, 5), {"101": (1_000, 300)})
    wrong = town.deposit("B2", DAY, {"101": 99})
    town.reverse("B2", wrong, DAY)
    follower.catch_up()
    with database.engine.connect() as connection:
        yield connection


def shown(connection, name, limit=100, cursor=None, **asked):
    view = view_named(name)
    return answer(page(connection, view, ask(connection, view, **asked), limit, cursor))


def test_the_entries_of_a_unit_each_with_the_balance_after_it(small, town):
    found = shown(small, "entries", filters={"building": "B1", "unit": "101"})
    lines = [(row["part"], str(row["value_date"]), row["amount"], row["balance"]) for row in found.rows]
    assert lines == [
        ("owner", "2019-03-01", "100.00", "100.00"),
        ("owner", "2019-12-31", "3.00", "103.00"),
        ("owner", "2020-01-05", "-13.00", "90.00"),
        ("seller", "2019-02-01", "50.00", "50.00"),
    ]
    assert found.rows[0]["event"] == "building/B1@3"
    assert (found.count, found.totals["amount"], found.next) == (4, "140.00", None)
    assert (found.position, found.known_at, found.as_of) == (str(town.position), None, None)


def test_a_filter_leaves_the_balances_of_the_others_in(small):
    only = {"building": "B1", "unit": "101", "part": "业主", "from": "2019-12-31", "to": "20191231"}
    found = shown(small, "entries", filters=only)
    assert [(row["amount"], row["balance"]) for row in found.rows] == [("3.00", "103.00")]
    assert found.totals["amount"] == "3.00"


def test_the_books_say_what_the_summary_says(small):
    [public, other] = shown(small, "books").rows
    assert public == {
        "county": "532301", "fund": "public", "collected": "357.00", "deposits": "350.00", "growth": "7.00",
        "withdrawn": "13.00", "refunded": "0.00", "other": "0.00", "balance": "344.00",
        "undistributed": "4.00",
    }  # fmt: skip
    assert (other["county"], other["balance"]) == ("532322", "0.00")
    before = shown(small, "counties", as_of=date(2019, 12, 31), counties=["532301"])
    assert [row["balance"] for row in before.rows] == ["357.00"]
    assert shown(small, "prefecture").totals["balance"] == "344.00"
    assert [row["fund"] for row in shown(small, "prefecture", filters={"fund": "商品住宅"}).rows] == [
        "commodity"
    ]


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({}, "filter-missing"),
        ({"building": ""}, "filter-invalid"),
        ({"building": "B1", "owner": "x"}, "filter-unknown"),
        ({"building": "B1", "kind": "gift"}, "filter-invalid"),
        ({"building": "B1", "from": "2019-02-30"}, "filter-invalid"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(small, filters, code):
    with pytest.raises(InputError) as refused:
        ask(small, view_named("entries"), filters=filters)
    assert refused.value.code == code


def test_a_view_that_nobody_knows_is_refused():
    with pytest.raises(InputError, match="view-unknown"):
        view_named("gold")


# Pages over rows of every kind, with nulls among the keys

ROWS = [
    (None, None, 1, 100),
    ("a", date(2020, 1, 1), 2, 200),
    ("a", date(2020, 1, 1), 3, -300),
    ("a", None, 4, 400),
    ("B", date(2020, 1, 1), 5, 500),
    ("é", date(2019, 1, 1), 6, None),
    (None, date(2021, 1, 1), 7, 700),
]
INDENT = [
    ("B", date(2020, 1, 1), 5, 500),
    ("a", date(2020, 1, 1), 2, 200),
    ("a", date(2020, 1, 1), 3, -300),
    ("a", None, 4, 400),
    ("é", date(2019, 1, 1), 6, None),
    (None, date(2021, 1, 1), 7, 700),
    (None, None, 1, 100),
]
"""By code points, nulls last."""


def listed(rows=ROWS):
    types = (("word", Text), ("day", Date), ("number", BigInteger), ("money", BigInteger))
    given = values(*(column(name, kind) for name, kind in types), name="given").data(rows)
    return View(
        name="listed",
        title="一览",
        columns=(
            Column("word", "字", "text"),
            Column("day", "日", "date"),
            Column("number", "数", "count"),
            Column("money", "钱", "money", total=True),
        ),
        order=("word", "day", "number"),
        select=lambda asked: select(given).where(given.c.number <= asked.cut),
        filters={"word": Filter("字", "text"), "least": Filter("至少", "money", "money", ">=")},
    )


def turned(connection, view, asked, limit):
    rows, cursor = [], None
    while True:
        found = page(connection, view, asked, limit, cursor)
        rows += found.rows
        cursor = found.next
        if cursor is None:
            return rows
        assert len(found.rows) == limit


@pytest.mark.parametrize("limit", range(1, 9))
def test_turning_pages_gives_every_row_once_and_in_order(small, limit):
    assert turned(small, listed(), Asked(100), limit) == INDENT


def test_totals_are_of_all_rows_that_the_filters_leave(small):
    view = listed()
    found = page(small, view, ask(small, view, filters={"least": "1.00"}), 2)
    assert (found.count, found.totals, len(found.rows)) == (5, {"money": 1900}, 2)


def test_a_page_goes_on_at_the_position_and_by_the_rules_of_the_first(small):
    view = listed()
    first = page(small, view, Asked(5, today=DAY), 3)
    rest = page(small, view, Asked(100, today=date(2019, 3, 2)), 10, first.next)
    assert (rest.position, rest.asked.day) == (5, DAY)
    assert [*first.rows, *rest.rows] == [row for row in INDENT if row[2] <= 5]


@pytest.mark.parametrize("cursor", ["", "x", "é", "AAAA", "W10", "bnVsbA", "A" * 999])
def test_what_is_no_cursor_is_refused(small, cursor):
    with pytest.raises(InputError, match="cursor-invalid"):
        page(small, listed(), Asked(100), 1, cursor)


def test_a_cursor_belongs_to_its_question(small):
    cursor = page(small, listed(), Asked(100), 1).next
    for other in (Asked(100, as_of=DAY), Asked(100, counties=("532301",)), Asked(100, filters={"word": "a"})):
        with pytest.raises(InputError, match="cursor-invalid"):
            page(small, listed(), other, 1, cursor)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_of_no_rows_or_too_many_is_refused(small, limit):
    with pytest.raises(InputError, match="limit-invalid"):
        page(small, listed(), Asked(100), limit)


# Workbooks


def opened(connection, view, asked, persons=None):
    file = BytesIO()
    count = write_workbook(file, connection, view, asked, persons)
    return count, openpyxl.load_workbook(file).worksheets[0]


def test_a_workbook_has_title_cuts_header_rows_and_totals(small, town):
    view = VIEWS["entries"]
    asked = ask(small, view, as_of=date(2019, 12, 31), filters={"building": "B1"})
    count, sheet = opened(small, view, asked)
    assert (count, sheet.title, sheet["A1"].value) == (4, "分户账明细", "分户账明细")
    assert sheet["A2"].value == f"截至 2019-12-31；已知至 现在；日志位置 {town.position}；楼幢编码 B1"
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:M7"
    header = [cell.value for cell in sheet[3]]
    assert header[:6] == ["区县", "楼幢编码", "户号", "归属", "序号", "记账日"]
    assert header[10] == "金额（元）"
    first = [cell.value for cell in sheet[4]]
    assert first[:4] == ["楚雄市", "B1", "101", "业主"]
    assert (first[5].date(), first[6], first[7], first[10]) == (DAY, "交存", "否", 100)
    assert sheet["K4"].number_format == "#,##0.00"
    assert sheet["F4"].number_format == "yyyy-mm-dd"
    totals = [cell.value for cell in sheet[8]]
    assert (totals[0], totals[10], totals[11]) == ("合计", 353, None)
    assert sheet.max_row == 8


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "http://x.cn", "{=1}", "'x", "\t=1"])
def test_text_is_never_a_formula_or_a_link(small, text):
    _, sheet = opened(small, listed([(text, DAY, 1, 2)]), Asked(100))
    cell = sheet["A4"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_the_same_rows_as_in_pages(small):
    count, sheet = opened(small, listed(), Asked(100))
    assert count == len(INDENT)
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(4, 3 + count)]
    assert [(row[0], row[2]) for row in cells] == [(row[0], row[2]) for row in INDENT]
    assert [row[3] for row in cells] == [None if row[3] is None else row[3] / 100 for row in INDENT]


def test_a_sheet_that_cannot_hold_the_rows_is_refused_and_nothing_is_written(small, tmp_path):
    numbers = select(literal(1).label("number")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < 1_048_573))
    many = View("many", "很多", (Column("number", "数", "count"),), ("number",), lambda _: select(numbers))
    with pytest.raises(InputError, match="workbook-too-long"):
        write_workbook(tmp_path / "many.xlsx", small, many, Asked(1))
    long = listed([("字" * 32_768, DAY, 1, 2)])
    with pytest.raises(InputError, match="cell-too-long"):
        write_workbook(tmp_path / "long.xlsx", small, long, Asked(1))
    assert list(tmp_path.iterdir()) == []


# Every view


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_a_view_is_described_whole(name):
    view = VIEWS[name]
    names = [each.name for each in view.columns]
    assert view.name == name
    if view.rows is None:
        assert {each.name for each in view.select(_any(view)).selected_columns} >= set(names)
    assert set(view.order) <= set(names)
    assert len(set(names)) == len(names)
    assert len(view.title) <= 31
    assert not set(view.title) & set("[]:*?/\\'")
    for each in view.filters.values():
        assert each.column is None or each.column in names
    assert [shown.name for shown in list_of(VIEWS).views] == sorted(VIEWS)


def _any(view):
    kinds = {"text": "x", "date": DAY, "count": 2019, "money": 1, "flag": True}
    return Asked(1, filters={name: kinds[each.kind] for name, each in view.filters.items() if each.required})


def test_rows_are_read_in_portions_as_well(small):
    view = listed()
    assert list(stream(small, view, Asked(100))) == INDENT


@pytest.mark.parametrize("name", ["arrears", "low-balance", "survey"])
def test_what_depends_on_the_day_says_its_day_and_is_made_again_a_year_later(town, follower, database, name):
    town.open("B1", ("101", "102"))
    town.deposit("B1", date(2019, 6, 5), {"101": 1000})
    town.withdraw("B1", date(2019, 7, 5), {"101": (900, 0)})

    def made(today, **asked):
        follower.catch_up()
        with database.engine.connect() as connection:
            found = ask(connection, VIEWS[name], today=today, **asked)
            return answer(page(connection, VIEWS[name], found)), said(VIEWS[name], found)

    first, words = made(date(2019, 12, 30))
    assert first.day == date(2019, 12, 30)
    assert words.startswith("截至 全部（2019-12-30）；")
    town.deposit("B1", date(2019, 8, 5), {"101": 5000})
    later = date(2020, 12, 30)
    assert made(later)[0].rows != first.rows
    again, _ = made(later, position=int(first.position), as_of=first.day)
    assert (again.rows, again.totals) == (first.rows, first.totals)
