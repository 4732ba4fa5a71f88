"""Lines of a journal as tests write them: balanced vouchers, plain or random, in the real chart."""

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st

from exports.bookyear import Book, BookYear, Chart
from exports.items import Names
from ledger import policy
from ledger.calendar import parse_period
from projections.journal import JournalLine


def line(period, number, account, debit=0, credit=0, **facts):
    """A line of a voucher; the line's own number comes from ``vouchers``."""
    of = parse_period(period)
    on = facts.pop("on", of.first)
    plain = {
        "county": "532301",
        "fund": "commodity",
        "period": period,
        "number": number,
        "line": 1,
        "date": of.last if number == 0 else on,
        "value_date": of.first,
        "entry": "deposit",
        "summary": "首期交存",
        "account": account,
        "debit_fen": debit,
        "credit_fen": credit,
        "estate": None,
        "building": None,
        "unit": None,
        "part": None,
        "bank_account": None,
        "bank_ref": None,
        "lot": None,
        "event": f"building/B1@{number}",
        "position": number,
        "actor": "张三",
        "papers": 1,
        "change": None,
    }
    return JournalLine(**plain | facts)


def vouchers(*lines):
    """The lines in the order of the journal, each numbered within its voucher."""
    seen = Counter()
    found = []
    for one in sorted(lines, key=lambda one: (one.period, one.number == 0, one.number)):
        seen[one.period, one.number] += 1
        found.append(one._replace(line=seen[one.period, one.number]))
    return found


def unit(number, building="B1", estate="E1", part="owner"):
    return {"estate": estate, "building": building, "unit": number, "part": part}


@dataclass
class Town:
    """A year of one book: a deposit, interest, a repair, and a closing that nobody has made yet."""

    year = 2019

    def lines(self, year=2019):
        bank = {"bank_account": "6222-01", "bank_ref": "回单1"}
        return vouchers(
            line(f"{year}-06", 1, "100101", debit=150_00, **bank),
            line(f"{year}-06", 1, "4001", credit=100_00, **unit("101")),
            line(f"{year}-06", 1, "4001", credit=50_00, **unit("102")),
            line(f"{year}-06", 2, "100101", debit=32, **bank),
            line(f"{year}-06", 2, "4101", credit=32),
            line(f"{year}-06", 3, "4001", debit=100_00, **unit("101")),
            line(f"{year}-06", 3, "4001", debit=50_00, **unit("102")),
            line(f"{year}-06", 3, "4101", debit=32),
            line(f"{year}-06", 3, "3001", credit=100_00, **unit("101")),
            line(f"{year}-06", 3, "3001", credit=50_00, **unit("102")),
            line(f"{year}-06", 3, "3101", credit=32),
            line(f"{year}-07", 1, "5001", debit=40_00, **unit("101")),
            line(f"{year}-07", 1, "100101", credit=40_00, **bank),
            line(f"{year}-07", 2, "5001", debit=-10_00, **unit("101")),
            line(f"{year}-07", 2, "100101", credit=-10_00, **bank),
            line(f"{year}-07", 0, "5001", credit=30_00, **unit("101")),
            line(f"{year}-07", 0, "3001", debit=30_00, **unit("101")),
        )


BOOK = Book("532301", "楚雄市", "commodity")
NAMES = Names(estates={"E1": "彝人小区"}, buildings={"B1": "1幢"}, firms=("乙公司", "甲公司"))


def book_year(form, accounts, year=2019, before=None, names=NAMES, statements=()):
    """A year of the book, opened with what the year before left."""
    opening, items = before.closing() if before else ({}, {})
    words = {rule.name: rule.value for rule in form.rules}
    return BookYear(BOOK, year, 12, Chart(accounts), names, words, opening, items, statements)


@pytest.fixture
def town():
    return Town()


@pytest.fixture(scope="session")
def accounts():
    """The real chart."""
    return policy.load().journal.chart


_BANKS = ("6222-01", "6222-02")
_CODE = st.characters(exclude_categories=("C", "Z"), exclude_characters="/@;；")
_NAMES = st.one_of(st.sampled_from(("101", "02", '=cmd"', "𠀀1")), st.text(_CODE, min_size=1, max_size=8))


@st.composite
def lived(draw, numbers):
    """Random vouchers over two years: any accounts, red entries, items and hostile words."""
    found = []
    for year in (2018, 2019):
        for month in sorted(draw(st.sets(st.integers(1, 12), max_size=3))):
            for number in draw(st.sampled_from(([1], [1, 2], [1, 0], [0]))):
                found += draw(_voucher(f"{year}-{month:02d}", number, numbers))
    return vouchers(*found)


@st.composite
def _voucher(draw, period, number, numbers):
    amounts = draw(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1, max_size=4))
    on = parse_period(period).first.replace(day=draw(st.integers(1, 28)))
    found = []
    for amount in [*amounts, -sum(amounts)]:
        debit = draw(st.booleans())
        facts = {
            "debit": amount if debit else 0,
            "credit": 0 if debit else -amount,
            "summary": draw(st.text(max_size=300)),
            "bank_account": draw(st.sampled_from((None, *_BANKS))),
            "bank_ref": draw(st.one_of(st.none(), st.text(max_size=80))),
            "lot": draw(st.one_of(st.none(), _NAMES)),
            "actor": draw(st.sampled_from(("张三", 'a"b', ""))),
            **draw(st.sampled_from(({}, {"estate": "E1"}, {"estate": "E1", "building": "B1"}))),
        }
        if "building" in facts and draw(st.booleans()):
            facts |= {"unit": draw(_NAMES), "part": draw(st.sampled_from(("owner", "seller")))}
        found.append(line(period, number, draw(st.sampled_from(numbers)), on=on, **facts))
    return found
