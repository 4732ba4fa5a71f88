"""The journal balances, closes, and comes to what the unit accounts hold; numbers run without a gap."""

from collections import defaultdict
from datetime import date
from importlib import resources
from random import Random

import pytest
from sqlalchemy import text

from audit.compare import compare
from audit.replay import replay
from ledger import policy
from ledger.calendar import parse_period
from ledger.errors import InputError
from ledger.events import PeriodClosed
from ledger.store.feed import Feed
from projections.journal import Extent, journal_lines, journal_sums
from projections.rebuild import rebuild
from projections.views import VIEWS
from projections.views.paging import page, stream
from projections.views.view import ask
from tests.projections.conftest import grow, said

SIDES = {"资产": 1, "支出": 1, "负债": -1, "净资产": -1, "收入": -1}


def close(town, period, county="532301", fund="commodity"):
    found = parse_period(period)
    event = PeriodClosed(period=period, kind=found.kind, ends=found.last, **said(found.last))
    town.append(f"book/{county}/{fund}", event)


def lines(database, position=1 << 62, **asked):
    with database.engine.connect() as connection:
        return list(journal_lines(connection, Extent(position, **asked)))


def plain(found):
    return [
        (line.period, line.number, line.account, line.unit, line.debit_fen, line.credit_fen, line.change)
        for line in found
    ]


def lived(town, seed, steps=120):
    """A random history, closed now and then, so that much of it comes late."""
    random = Random(seed)
    months = {}
    for part in range(6):
        grow(town, random, steps // 6, part * steps)
        county, fund = random.choice(("532301", "532302", "532322")), random.choice(("commodity", "public"))
        last = months.get((county, fund), 2012 * 12)
        month = last + random.randint(1, 30)
        if month < 2019 * 12:
            months[county, fund] = month
            close(town, f"{month // 12:04}-{month % 12 + 1:02}", county, fund)


def test_a_deposit_and_the_closing_of_its_month(town, follower, database):
    town.open("B1", ("101", "102"))
    town.deposit("B1", date(2019, 6, 5), {"101": 1000, "102": 500})
    town.gain("532301", date(2019, 6, 21), 32)
    close(town, "2019-06")
    follower.catch_up()

    assert plain(lines(database)) == [
        ("2019-06", 1, "100101", None, 1500, 0, None),
        ("2019-06", 1, "4001", "101", 0, 1000, None),
        ("2019-06", 1, "4001", "102", 0, 500, None),
        ("2019-06", 2, "100101", None, 32, 0, None),
        ("2019-06", 2, "4101", None, 0, 32, None),
        ("2019-06", 3, "4001", "101", 1000, 0, None),
        ("2019-06", 3, "4001", "102", 500, 0, None),
        ("2019-06", 3, "4101", None, 32, 0, None),
        ("2019-06", 3, "3001", "101", 0, 1000, "result"),
        ("2019-06", 3, "3001", "102", 0, 500, "result"),
        ("2019-06", 3, "3101", None, 0, 32, "result"),
    ]


def test_what_comes_after_the_closing_is_in_the_next_month_and_of_an_earlier_year_an_adjustment(
    town, follower, database
):
    town.open("B1", ("101",))
    town.deposit("B1", date(2018, 12, 5), {"101": 1000})
    close(town, "2018-12")
    town.deposit("B1", date(2018, 12, 6), {"101": 7})
    town.deposit("B1", date(2019, 3, 6), {"101": 20})
    follower.catch_up()

    late = [line for line in lines(database) if line.period == "2019-01"]
    assert plain(late) == [
        ("2019-01", 1, "100101", None, 7, 0, None),
        ("2019-01", 1, "3001", "101", 0, 7, "adjustment"),
    ]
    assert [(line.date, line.value_date) for line in late] == [(date(2019, 1, 1), date(2018, 12, 6))] * 2
    assert late[0].summary == "交存维修资金（以前年度）"


def test_a_month_nobody_has_closed_is_closed_pro_forma(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", date(2019, 6, 5), {"101": 1000})
    follower.catch_up()

    assert {line.number for line in lines(database)} == {1}
    assert plain(lines(database, pro_forma=True))[2:] == [
        ("2019-06", 0, "4001", "101", 1000, 0, None),
        ("2019-06", 0, "3001", "101", 0, 1000, "result"),
    ]


def test_a_reversal_is_negative_on_the_side_of_its_original(town, follower, database):
    town.open("B1", ("101",))
    day = date(2019, 6, 5)
    town.reverse("B1", town.deposit("B1", day, {"101": 1000}), day)
    follower.catch_up()

    assert plain(lines(database))[2:] == [
        ("2019-06", 2, "100101", None, -1000, 0, None),
        ("2019-06", 2, "4001", "101", 0, -1000, None),
    ]


@pytest.mark.parametrize("seed", range(8))
def test_every_voucher_balances_and_numbers_have_no_gap(town, follower, database, seed):
    lived(town, seed)
    follower.catch_up()
    sums, numbers, dates = defaultdict(int), defaultdict(set), set()
    for line in lines(database, pro_forma=True):
        voucher = line.county, line.fund, line.period, line.number
        sums[voucher] += line.debit_fen - line.credit_fen
        numbers[voucher[:3]].add(line.number)
        dates.add((line.period, f"{line.date:%Y-%m}"))
    assert sums
    assert set(sums.values()) == {0}
    assert all(sorted(found - {0}) == list(range(1, len(found - {0}) + 1)) for found in numbers.values())
    assert all(period == month for period, month in dates)


@pytest.mark.parametrize("seed", range(8))
def test_the_fund_holds_what_the_unit_accounts_hold(town, follower, database, seed):
    lived(town, seed)
    follower.catch_up()
    held = defaultdict(int)
    for line in lines(database, pro_forma=True):
        if line.account in ("3001", "3002"):
            held[line.building, line.unit, line.part] += line.credit_fen - line.debit_fen
    with database.engine.connect() as connection:
        stored = connection.execute(
            text("select building, unit, part, principal_fen + interest_fen from read.accounts")
        )
        accounts = {(building, unit, part): fen for building, unit, part, fen in stored}
    assert {key: fen for key, fen in accounts.items() if fen} == {
        key: fen for key, fen in held.items() if fen
    }


@pytest.mark.parametrize("seed", range(8))
def test_after_closing_only_balances_are_left_and_they_are_the_assets(town, follower, database, seed):
    lived(town, seed)
    follower.catch_up()
    chart = {account.number: account for account in policy.load().journal.chart}
    left, elements = defaultdict(int), defaultdict(int)
    for line in lines(database, pro_forma=True):
        amount = line.debit_fen - line.credit_fen
        left[line.account] += amount
        elements[chart[line.account].element] += amount
    assert not any(left[number] for number, account in chart.items() if account.closes)
    assert elements["资产"] == -elements["负债"] - elements["净资产"]


@pytest.mark.parametrize("seed", range(4))
def test_what_the_log_held_earlier_had_the_same_vouchers(town, follower, database, seed):
    lived(town, seed)
    follower.catch_up()
    whole = lines(database)
    for cut in sorted({line.position for line in whole})[:: len(whole) // 5 + 1]:
        known = lines(database, cut)
        assert [line for line in known if line.number] == [line for line in whole if line.position <= cut]


@pytest.mark.parametrize("seed", range(4))
def test_a_rebuild_gives_the_same_numbers(town, follower, database, seed):
    lived(town, seed)
    follower.catch_up()
    followed = lines(database, pro_forma=True)
    rebuild(database.engine)
    assert lines(database, pro_forma=True) == followed


def test_sums_are_those_of_the_lines(town, follower, database):
    lived(town, 3)
    follower.catch_up()
    of_lines = defaultdict(lambda: [0, 0])
    for line in lines(database):
        if line.entry != "closing":
            sums = of_lines[line.county, line.fund, line.period, line.account, line.change]
            sums[0] += line.debit_fen
            sums[1] += line.credit_fen
    with database.engine.connect() as connection:
        found = journal_sums(connection, Extent(1 << 62))
    summed = defaultdict(lambda: [0, 0])
    for *book, account, change, debit, credit in found:
        sums = summed[*book, account, change if account.startswith("3") else None]
        sums[0] += debit
        sums[1] += credit
    assert summed == of_lines


@pytest.mark.parametrize("seed", range(8))
def test_the_audit_counts_the_same_vouchers_by_its_own_code(town, follower, database, seed):
    lived(town, seed)
    follower.catch_up()
    witness = replay(Feed(database.engine))
    with database.engine.connect() as connection:
        problems = compare(connection, witness, witness.position)
        assert [each for each in problems if each.table in ("read.postings", "read.vouchers")] == []


def rows(database, name, position=None, **filters):
    with database.engine.connect() as connection:
        view = VIEWS[name]
        asked = ask(connection, view, position=position, filters=filters)
        found = list(stream(connection, view, asked))
        names = [column.name for column in view.columns]
        return [dict(zip(names, row, strict=True)) for row in found]


def test_the_journal_as_a_list_is_the_journal(town, follower, database):
    lived(town, 2)
    follower.catch_up()
    listed = rows(database, "journal")
    assert [(row["period"], row["number"], row["line"], row["debit"], row["credit"]) for row in listed] == [
        (line.period, line.number, line.line, line.debit_fen, line.credit_fen) for line in lines(database)
    ]
    some = rows(database, "journal", fund="商品住宅", **{"from": "2014-01", "through": "2015-12"})
    assert some == [
        row for row in listed if row["fund"] == "commodity" and "2014-01" <= row["period"] <= "2015-12"
    ]


def test_a_line_names_whose_the_unit_was_when_it_was_recorded(town, follower, database):
    town.open("B1", ("101",), fund="public")
    town.deposit("B1", date(2019, 6, 5), {"101": 1000})
    town.deposit("B1", date(2019, 6, 6), {"101": 300}, "seller")
    town.change_owner("B1", date(2019, 7, 1), "101", "p-new")
    town.deposit("B1", date(2019, 7, 2), {"101": 200}, kind="top-up")
    follower.catch_up()
    named = [
        (row["account"], row["credit"], row["owner"], row["seller"])
        for row in rows(database, "journal")
        if row["part"] is not None
    ]
    assert named == [
        ("4001", 1000, "p-101", None),
        ("4001", 300, None, "州粮食局"),
        ("4001", 200, "p-new", None),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_trial_balance_is_zero_for_every_book_and_month(town, follower, database, seed):
    lived(town, seed)
    follower.catch_up()
    months = {line.period for line in lines(database)}
    for month in sorted(months):
        sums = defaultdict(lambda: [0, 0, 0, 0])
        for row in rows(database, "trial-balance", **{"from": month, "through": month}):
            book = sums[row["county"], row["fund"]]
            book[0] += row["opening"]
            book[1] += row["debit"]
            book[2] += row["credit"]
            book[3] += row["closing"]
            assert row["closing"] == row["opening"] + row["debit"] - row["credit"]
        assert all(found == [0, found[1], found[1], 0] for found in sums.values())


@pytest.mark.parametrize(
    ("filters", "code"),
    [({"from": "2019"}, "period-invalid"), ({"through": "2019-13"}, "period-invalid")],
)
def test_a_period_that_is_no_month_is_refused(town, follower, database, filters, code):
    follower.catch_up()
    with pytest.raises(InputError, match=code):
        rows(database, "journal", **filters)


def test_vouchers_are_not_cut_by_value_date(town, follower, database):
    with database.engine.connect() as connection, pytest.raises(InputError, match="as-of-unsupported"):
        page(connection, VIEWS["journal"], ask(connection, VIEWS["journal"], as_of=date(2019, 1, 1)))


def ruled(monkeypatch, *changes):
    """The posting rules with some text replaced, as a person who read the official paper would."""
    files = {
        entry.name.removesuffix(".toml"): entry.read_bytes()
        for entry in resources.files(policy.__name__).iterdir()
        if entry.name.endswith(".toml")
    }
    journal = files["journal"].decode()
    for old, new in changes:
        assert old in journal
        journal = journal.replace(old, new)
    changed = policy.read({**files, "journal": journal.encode()})
    monkeypatch.setattr(policy, "load", lambda: changed)


def test_income_closed_by_the_year_has_its_voucher_in_december(town, follower, database, monkeypatch):
    ruled(
        monkeypatch,
        (
            'account = "4101"\ninto = "3101"\nevery = "month"',
            'account = "4101"\ninto = "3101"\nevery = "year"',
        ),
    )
    town.open("B1", ("101",))
    town.deposit("B1", date(2019, 6, 5), {"101": 1000})
    town.gain("532301", date(2019, 6, 21), 32)
    town.gain("532301", date(2019, 9, 21), 8)
    close(town, "2019-12")
    close(town, "2019")
    follower.catch_up()

    closings = [line for line in lines(database) if line.entry == "closing"]
    assert plain(closings) == [
        ("2019-06", 3, "4001", "101", 1000, 0, None),
        ("2019-06", 3, "3001", "101", 0, 1000, "result"),
        ("2019-12", 1, "4101", None, 40, 0, None),
        ("2019-12", 1, "3101", None, 0, 40, "result"),
    ]
    assert lines(database, pro_forma=True) == lines(database)


def test_income_of_common_parts_may_go_straight_into_the_fund(town, follower, database, monkeypatch):
    lived(town, 5)
    follower.catch_up()
    before = lines(database, pro_forma=True)
    second = (
        '[[posting]]\nentry = "income-{0}"\nsummary = "{1}记入分户账"\nsign = 1\ndebit = "3101"\n'
        'credit = "fund"\nchange = "distribution"\nvalid_from = 1949-10-01\nmark = "unverified"\n'
        'source = "165号令第27条；结转科目待核"\n'
    )
    names = {"operating": "经营收入", "disposal": "处置收入", "other": "其他收入"}
    closings = [(f'account = "{each}"\ninto = "3101"', f'account = "{each}"\ninto = "fund"') for each in
                ("4201", "4301")]  # fmt: skip
    ruled(
        monkeypatch,
        *((second.format(code, names[code]), "") for code in ("operating", "disposal")),
        *closings,
    )

    def held(found):
        sums = defaultdict(int)
        for line in found:
            if line.account in ("3001", "3002", "3101"):
                sums[line.account, line.building, line.unit, line.part] += line.credit_fen - line.debit_fen
        return {key: fen for key, fen in sums.items() if fen}

    after = lines(database, pro_forma=True)
    assert after != before
    assert held(after) == held(before)
