"""The books of the demonstration: every month balances, and the unit accounts are 3001 and 3002."""

from collections import defaultdict

import pytest

import demo
from ledger import policy
from ledger.calendar import parse_period
from projections.journal import Extent, journal_lines
from projections.rebuild import rebuild
from projections.scope import FUNDS, Scope
from projections.statements import statements
from projections.views import VIEWS
from projections.views.paging import stream
from projections.views.view import ask
from tests.audit.conftest import Kept
from tests.demo.test_audited import record

COUNTIES = [county.code for county in policy.load().counties]
NOTHING_CUT = (1 << 63) - 1


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, embedded):
    plan = demo.generate(tmp_path_factory.mktemp("books"), seed=1, scale="0.01", workers=1)
    log = record(plan)
    with embedded.database() as database:
        kept = Kept(database, list(log.rows(0, 10**9)))
        rebuild(kept.engine)
        yield kept


@pytest.fixture
def connection(kept):
    with kept.engine.connect() as connection:
        yield connection


def test_every_voucher_of_every_book_and_month_balances(connection):
    vouchers, months = defaultdict(int), defaultdict(int)
    for line in journal_lines(connection, Extent(NOTHING_CUT, pro_forma=True)):
        difference = line.debit_fen - line.credit_fen
        vouchers[line.county, line.fund, line.period, line.number] += difference
        months[line.county, line.fund, line.period] += difference
    assert len(months) > 500
    assert set(months.values()) == set(vouchers.values()) == {0}


def test_the_trial_balance_of_every_book_is_zero_at_the_end_of_every_year(connection):
    view = VIEWS["trial-balance"]
    for year in range(2008, 2027):
        asked = ask(connection, view, filters={"through": f"{year}-12"})
        names = [column.name for column in view.columns]
        left = defaultdict(int)
        for row in stream(connection, view, asked):
            cells = dict(zip(names, row, strict=True))
            left[cells["county"], cells["fund"]] += cells["closing"]
        assert set(left.values()) <= {0}


@pytest.mark.parametrize("period", ["2019", "2019-12", "2026", "2026-10"])
def test_the_statements_of_every_book_county_and_of_the_prefecture_agree(connection, period):
    scopes = [Scope(county=county, fund=fund) for county in COUNTIES for fund in (*FUNDS, None)]
    for scope in (*scopes, Scope()):
        found = statements(connection, scope, parse_period(period))
        assert [check for check in found.checks if not check.holds] == []


def test_assets_are_liabilities_and_net_assets_of_the_published_year(connection):
    found = statements(connection, Scope(), parse_period("2019"))
    position = {line.name: line.amounts for line in found.forms[0].lines}
    assert position["资产总计"] == position["负债和净资产总计"]
    assert position["资产总计"][1] == "10684280.00"  # a hundredth of the published balance
