"""The yearly publication follows random lives: each figure of each account, and each item, by the model."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ledger.application import Application
from ledger.commands import CollectDeposit, IssuePublication
from ledger.events import DepositLine
from ledger.store.bridge import EventLog
from projections.models import read_models
from projections.publication import page, publication_pack, workbook
from projections.publication.pack import Figures
from projections.runner import Follower

from .test_lives import AtRates, Everything, RepairsOfChangingUnits
from .test_lives_read import copied
from .town import COUNTY, FUNDS, HISTORY, LIVE, POLICY

FIGURES = {
    "opening": "deposit",
    "deposit": "deposit",
    "interest": "gain",
    "income": "income",
    "withdrawal": "used",
    "return": "used",
    "refund": "returned",
    "custody": "returned",
    "moved": "returned",
}


def noting(lives):
    """The same life, that also remembers of what kind every entry was."""

    class Noting(lives):
        def __init__(self) -> None:
            super().__init__()
            self.noted = defaultdict(list)

        def moves(self, key, on, kind, principal, interest=0, first=False, stands=1) -> None:
            super().moves(key, on, kind, principal, interest, first, stands)
            self.noted[key].append((on, kind, principal + interest))

        def earns(self, key, fen, on) -> None:
            super().earns(key, fen, on)
            self.noted[key].append((on, "interest", fen))

    return Noting


def expected(machine, key, year) -> Figures:
    sums = Counter()
    for on, kind, amount in machine.noted[key]:
        if on.year <= year:
            sums["opening" if on.year < year else FIGURES[kind]] += amount
            sums["closing"] += amount
    return Figures(**sums)


def last_year(machine) -> int:
    return max(on.year for noted in machine.noted.values() for on, _, _ in noted)


def agrees(machine, found, fund, year) -> None:
    listed = {
        (building.building, account.unit, account.part): account
        for building in found.buildings
        for account in building.accounts
    }
    assert set(listed) == set(machine.accounts(fund=fund))
    for key, account in listed.items():
        facts = machine.units[key[:2]]
        assert (account.area_dm2, account.closed) == (facts["area"], bool(facts["heirs"]))
        assert account.figures == expected(machine, key, year)
        held = account.figures.closing
        if year == last_year(machine):
            assert account.first_fen == machine.first[key]
            left = account.closed or key[2] != "owner" or machine.destroyed[key[0]]
            if not left and not machine.assembly(key[0]):
                first = machine.first[key]
                assert account.below == (first > 0 and held * 100 < first * 30)
    total = Figures(*map(sum, zip(*(account.figures for account in listed.values()), strict=True)))
    assert found.figures == total
    assert total.closing == sum(total[:-1])
    assert sum(each.used + each.returned for each in found.payments) == total.used
    assert sum(each.amount for each in found.leavings) == total.returned
    shares(machine, found, fund, year)


def shares(machine, found, fund, year) -> None:
    """What each building bore of the payments that the model follows."""
    told = {each.event: each for each in found.payments}
    for name, project in getattr(machine, "projects", {}).items():
        for version, paid in project["paid"].items():
            own = Counter()
            for key, parts in paid["lines"].items():
                if machine.fund(key) == fund and sum(parts):
                    own[key[0]] -= sum(parts)
            if paid["on"].year == year and not paid["gone"] and own:
                payment = told[f"repair/{COUNTY}/{name}@{version}"]
                assert payment.cost == paid["cost"]
                assert {share.building: share.used for share in payment.shares if share.used} == own


def is_published(machine, database) -> None:
    copied(machine, database)
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    application = Application(EventLog(database.engine), POLICY, lambda: now)
    follower = Follower(database.engine, read_models(database.engine))
    before = follower.catch_up()

    def pack(fund, year, estate=None, position=None):
        with database.engine.connect() as connection:
            return publication_pack(connection, POLICY, COUNTY, fund, year, estate, position)

    years = sorted({on.year for noted in machine.noted.values() for on, _, _ in noted})
    for fund in FUNDS:
        for year in years:
            agrees(machine, pack(fund, year), fund, year)
    last, published_on = years[-1], date(2026, 11, 1)
    issue = partial(IssuePublication, county=COUNTY, year=last, published_on=published_on)
    drafts = {fund: pack(fund, last) for fund in FUNDS}
    application.execute([issue(fund="commodity"), issue(fund="public", estate="E1")], LIVE)
    follower.catch_up()
    asked = {"commodity": None, "public": "E1"}
    issued = {fund: pack(fund, last, estate) for fund, estate in asked.items()}
    for fund, found in issued.items():
        agrees(machine, found, fund, last)
        assert found.issued is not None
        assert pack(fund, last, asked[fund], before).issued is None
        assert page(pack(fund, last, None, before)) == page(drafts[fund])
    late = [
        CollectDeposit(
            building=code,
            kind="first",
            value_date=date(last, 1, 1),
            lines=(DepositLine(unit=next(iter(machine.open_units(code))), amount_fen=1),),
        )
        for code in sorted({key[0] for key in machine.accounts()})
    ]
    application.execute(late, HISTORY)
    follower.catch_up()
    for fund, found in issued.items():
        again = pack(fund, last, asked[fund])
        assert page(again) == page(found)
        assert workbook(again) == workbook(found)


@pytest.mark.slow
@pytest.mark.parametrize("lives", [AtRates, Everything, RepairsOfChangingUnits])
def test_what_is_published_agrees_with_every_life(embedded, lives):
    class Published(noting(lives)):
        def teardown(self) -> None:
            with embedded.database() as database:
                is_published(self, database)

    run_state_machine_as_test(
        Published,
        settings=settings(
            max_examples=2,
            phases=[Phase.reuse, Phase.generate],
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
