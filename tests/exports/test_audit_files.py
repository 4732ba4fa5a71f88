"""Audit files of a busy ledger: every book and year proves itself, and its units are those of the ledger."""

from collections import defaultdict

import pytest
from sqlalchemy import func, select

from exports import gbt19581, gbt24589
from exports.export import Asked
from exports.formats import FORMATS
from exports.gbt19581 import reader as text_reader
from exports.gbt24589 import reader as xml_reader
from exports.proof import problems
from ledger.errors import InputError
from projections.accounts import accounts

pytestmark = pytest.mark.slow

READERS = {"gbt19581": (gbt19581, text_reader), "gbt24589": (gbt24589, xml_reader)}


def sets(folder, name):
    form, reader = READERS[name]
    places = sorted(place for place in folder.iterdir() if place.is_dir())
    return {place.name: reader.take_back(place, form.layout()) for place in places}


@pytest.mark.parametrize("name", READERS)
def test_every_book_and_year_proves_itself_and_opens_with_what_was_closed(desk, tmp_path, name):
    desk.make(FORMATS[name], tmp_path / "made")
    found = sets(tmp_path / "made", name)
    assert len(found) > 5
    assert {place: list(problems(one)) for place, one in found.items() if any(problems(one))} == {}
    closed = {}
    for place, one in found.items():
        book, year = place.split("-")
        months = sorted({row.month for row in one.balances})
        opening = {row[:2]: row.opening for row in one.balances if row.month == "01" and row.opening}
        assert opening == closed.get((book, int(year) - 1), {})
        closed[book, int(year)] = {
            row[:2]: row.closing for row in one.balances if row.month == months[-1] and row.closing
        }


@pytest.mark.parametrize("name", READERS)
def test_the_last_balances_of_the_units_are_the_unit_accounts(desk, tmp_path, name):
    desk.make(FORMATS[name], tmp_path / "made")
    stated = {}
    for place, one in sets(tmp_path / "made", name).items():
        last = max(row.month for row in one.balances)
        stated[place[:7]] = {
            row.item: -row.closing
            for row in one.balances
            if row.month == last and row.account in ("3001", "3002") and row.item and row.closing
        }
    kept = defaultdict(dict)
    mine = accounts.c
    for row in desk.connection.execute(select(accounts)):
        if balance := row.principal_fen + row.interest_fen:
            code = f"{row.building}/{row.unit}" + ("/S" if row.part == "seller" else "")
            kept[f"{row.county}{'1' if row.fund == 'commodity' else '2'}"][code] = balance
    assert desk.connection.scalar(select(func.count(mine.unit))) > 5
    assert {book: units for book, units in stated.items() if units} == kept


@pytest.mark.parametrize("name", ["gbt19581", "gbt24589", "tables"])
def test_the_same_question_gives_the_same_bytes_and_a_change_is_found(desk, tmp_path, name):
    made = desk.make(FORMATS[name], tmp_path / "made")
    assert desk.check(tmp_path / "made", FORMATS[name]).ok
    changed = next(file.name for file in made.files if "/" in file.name)
    path = tmp_path / "made" / changed
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    assert not desk.check(tmp_path / "made", FORMATS[name]).ok


def test_years_and_books_are_chosen_and_the_first_opens_with_what_was_before(desk, tmp_path):
    desk.make(FORMATS["gbt19581"], tmp_path / "all")
    everything = sets(tmp_path / "all", "gbt19581")
    book = max(
        {place[:7] for place in everything}, key=lambda book: sum(book in place for place in everything)
    )
    years = sorted(int(place[8:]) for place in everything if place.startswith(book))
    wanted = years[len(years) // 2]
    fund = "commodity" if book.endswith("1") else "public"
    asked = Asked(desk.position, book[:6], fund, f"{wanted}-01", f"{wanted}-12")
    desk.make(FORMATS["gbt19581"], tmp_path / "one", asked)
    assert sets(tmp_path / "one", "gbt19581") == {f"{book}-{wanted}": everything[f"{book}-{wanted}"]}


def test_a_year_up_to_a_month_ends_there(desk, tmp_path):
    desk.make(FORMATS["gbt24589"], tmp_path / "made", Asked(desk.position, last="2019-06"))
    found = sets(tmp_path / "made", "gbt24589")
    whole = {place: max(row.month for row in one.balances) for place, one in found.items()}
    assert {month for place, month in whole.items() if place.endswith("2019")} == {"06"}
    assert {month for place, month in whole.items() if not place.endswith("2019")} <= {"12"}
    assert {place: list(problems(one)) for place, one in found.items() if any(problems(one))} == {}


def test_a_year_without_vouchers_opens_with_what_was_closed_and_no_year_is_in_the_future(desk, tmp_path):
    desk.make(FORMATS["gbt19581"], tmp_path / "made", Asked(desk.position, first="2025-01", last="2099-12"))
    found = sets(tmp_path / "made", "gbt19581")
    assert {place[8:] for place in found} == {"2025", "2026"}
    quiet = [one for place, one in found.items() if place.endswith("2025") and not one.entries]
    assert any(row.opening for one in quiet for row in one.balances)


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"first": "2019-03"}, "export-whole-years"), ({"county": "532329", "last": "1990-12"}, "export-empty")],
)
def test_what_cannot_be_answered_is_refused_and_leaves_nothing(desk, tmp_path, asked, code):
    with pytest.raises(InputError) as refused:
        desk.make(FORMATS["gbt19581"], tmp_path / "made", Asked(desk.position, **asked))
    assert refused.value.code == code
    assert list(tmp_path.glob("*made*")) == []


def test_what_was_cut_and_what_is_not_verified_goes_with_the_files(desk, tmp_path):
    desk.make(FORMATS["gbt19581"], tmp_path / "made")
    said = (tmp_path / "made" / "说明.txt").read_text(encoding="utf-8-sig")
    assert said.startswith("本文件夹按 GB/T 19581-2004 的形式输出；标准原文未经核对，不声明符合该标准。")
    assert "- KMYE.TXT：科目编号 长度 30（TT；B1 为 15）" in said
