"""Whatever was booked comes back from the files, and the files prove themselves."""

from collections import Counter

import pytest
from hypothesis import given, settings

from exports import gbt19581, gbt24589
from exports.gbt19581 import reader as text_reader
from exports.gbt24589 import reader as xml_reader
from exports.proof import AuditSet, problems
from tests.gbt.conftest import book_year, lived

LEAVES = ("100101", "100102", "1201", "2001", "3001", "3101", "4001", "4101", "5001")
FORMS = {"gbt19581": (gbt19581, text_reader), "gbt24589": (gbt24589, xml_reader)}


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=40, deadline=None)
@given(lines=lived(LEAVES))
def test_whatever_was_booked_is_read_back_and_proves_itself(name, tmp_path_factory, accounts, lines):
    form, reader = FORMS[name]
    before, sums, items = None, Counter(), Counter()
    for year in (2018, 2019):
        folder = tmp_path_factory.mktemp("set")
        mine = [one for one in lines if one.period.startswith(str(year))]
        before = book_year(form.layout(), accounts, year, before)
        form.write(folder, form.layout(), before, mine)
        back = reader.take_back(folder, form.layout())
        assert list(problems(back)) == []
        assert len(back.entries) == len(mine)
        for one in mine:
            sums[one.account] += one.debit_fen - one.credit_fen
            if one.account == "3001" and one.unit:
                items[one.unit, one.part] += one.debit_fen - one.credit_fen
        last = [row for row in back.balances if row.month == "12"]
        stated = {row.account: row.closing for row in last if not row.item}
        assert {account: stated[account] for account in LEAVES} == {
            account: sums[account] for account in LEAVES
        }
        units = sorted(row.closing for row in last if row.account == "3001" and "/" in row.item)
        assert [amount for amount in units if amount] == sorted(amount for amount in items.values() if amount)


@pytest.fixture
def sound(tmp_path, accounts, town):
    """The files of a small year, read back."""
    gbt19581.write(tmp_path, gbt19581.layout(), book_year(gbt19581.layout(), accounts), town.lines())
    return text_reader.take_back(tmp_path, gbt19581.layout())


def spoilt(found: AuditSet, table: str, index: int, **changes) -> list[str]:
    rows = list(getattr(found, table))
    rows[index] = rows[index]._replace(**changes)
    return list(problems(found._replace(**{table: rows})))


def test_a_sound_set_has_no_problem(sound):
    assert list(problems(sound)) == []


@pytest.mark.parametrize(
    ("table", "changes", "message"),
    [
        ("entries", {"debit": 1}, "06 月 记 000001 号凭证借贷不平，差 -14999 分"),
        ("entries", {"debit": 1}, "100101  06 月的发生额不等于凭证合计"),
        ("entries", {"item": "B1/999"}, "辅助核算项 B1/999 不在档案中"),
        ("entries", {"account": "8888"}, "科目 8888 不在会计科目表中"),
        ("balances", {"closing": 1}, "1001  01 月期初加减发生额不等于期末"),
        ("balances", {"opening": 1, "closing": 1}, "1001  02 月期初不等于上月期末"),
        ("balances", {"opening": 1, "closing": 1}, "01 月期初余额借贷不平，差 1 分"),
        ("balances", {"month": "02"}, "1001  02 月的余额出现两次"),
        ("balances", {"month": "02"}, "科目 1001 没有 01 月余额"),
    ],
)
def test_what_was_changed_is_found(sound, table, changes, message):
    assert message in spoilt(sound, table, 0, **changes)
