"""The posting rules as data: what cannot be right is refused, what is unverified can be changed."""

from datetime import date
from importlib import resources

import pytest

from ledger import policy
from ledger.policy import PolicyError
from ledger.policy.journal import BOOK_ENTRIES, UNIT_ENTRIES

FOLDER = resources.files(policy.__name__)
FILES = {
    entry.name.removesuffix(".toml"): entry.read_bytes()
    for entry in FOLDER.iterdir()
    if entry.name.endswith(".toml")
}
DAY = date(2019, 6, 30)


def changed(old: str, new: str, count: int = 1) -> policy.Policy:
    content = FILES["journal"].decode()
    assert old in content
    return policy.read({**FILES, "journal": content.replace(old, new, count).encode()})


def test_the_chart_is_that_of_the_rule():
    chart = policy.load().journal.chart
    level_1 = [account for account in chart if account.parent is None]
    assert [len([each for each in level_1 if each.element == element]) for element in
            ("资产", "负债", "净资产", "收入", "支出")] == [3, 1, 3, 6, 3]  # fmt: skip
    assert {account.parent for account in chart} == {None, "1001"}


def test_every_entry_has_a_rule_and_every_row_a_mark_and_a_source():
    rules = policy.load().journal
    assert {rule.entry for rule in rules.postings} == {*UNIT_ENTRIES, *BOOK_ENTRIES}
    assert all(row.mark and row.source for row in (*rules.chart, *rules.closings, *rules.postings))
    assert rules.closes("deposit", DAY) == rules.closes("destroyed", DAY) == {"month"}
    assert rules.closes("opening", DAY) == rules.closes("lot-time", DAY) == frozenset()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('number = "1101"', 'number = "110"', "four or six digits"),
        ('number = "1101"', 'number = "1001"', "appears twice"),
        ('number = "100102"', 'number = "900102"', "does not detail"),
        ('account = "5001"\ninto = "fund"', 'account = "5001"\ninto = "4001"', "not 净资产"),
        ('account = "5001"\ninto', 'account = "1001"\ninto', "no income or expense"),
        ('every = "month"', 'every = "week"', "every"),
        ('debit = "3101"\ncredit = "fund"', 'debit = "3101"\ncredit = "3999"', "cannot be posted to"),
        ('debit = "100101"\ncredit = "4001"', 'debit = "1001"\ncredit = "4001"', "cannot be posted to"),
        ('entry = "petty-cash"', 'entry = "small-cash"', "unknown or missing"),
        ('credit = "4001"\nvalid_from = 1949', 'credit = "4001"\nvalid_from = 2020', "no row on"),
        ('credit = "4001"\nvalid_from', 'credit = "4101"\nvalid_from', "would not come to 3001"),
        ('account = "4001"\ninto = "fund"', 'account = "4001"\ninto = "3101"', "would not come to 3001"),
        ('account = "4201"\ninto = "3101"', 'account = "4201"\ninto = "fund"', "would not come to 3001"),
        ('summary = "交存维修资金"\nsign = 1', 'summary = "交"\nsign = -1',
         "would not come to 3001"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_right_is_refused(old, new, message):
    with pytest.raises(PolicyError, match=message):
        changed(old, new)


def test_what_is_unverified_is_changed_without_code():
    """Income from common parts straight into the fund: its closing changes, its second posting goes."""
    content = FILES["journal"].decode()
    second = content[
        content.index('[[posting]]\nentry = "income-operating"\nsummary = "经营收入记入分户账"') :
    ]
    second = second[: second.index("\n\n")]
    content = content.replace(second, "").replace(
        'account = "4201"\ninto = "3101"', 'account = "4201"\ninto = "fund"'
    )
    rules = policy.read({**FILES, "journal": content.encode()}).journal
    assert rules.closing("4201", DAY).into == "fund"
    assert rules.version != policy.load().journal.version


def test_a_rule_that_ended_is_followed_by_another():
    before, after = (
        '[[closing]]\naccount = "5901"\ninto = "3101"\nevery = "month"\nvalid_from = 1949-10-01\n'
        'mark = "unverified"\nsource = "正文"\nvalid_to = 2025-01-01\n',
        '[[closing]]\naccount = "5901"\ninto = "fund"\nevery = "year"\nvalid_from = 2025-01-01\n'
        'mark = "unverified"\nsource = "正文"\n',
    )
    content = FILES["journal"].decode()
    start = content.index("[[closing]] # on no unit account")
    end = content.index("\n\n", start)
    rules = policy.read(
        {**FILES, "journal": (content[:start] + before + "\n" + after + content[end:]).encode()}
    ).journal
    assert rules.closes("other-expense", date(2024, 12, 31)) == {"month"}
    assert rules.closes("other-expense", date(2025, 1, 1)) == {"year"}
