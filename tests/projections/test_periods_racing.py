"""Closing a month while others write into it: no lock, and no printed figure that moves."""

import multiprocessing
from datetime import UTC, date, datetime

import psycopg2
import pytest

from audit import periods as witness
from audit.replay import replay
from ledger import policy
from ledger.application import Application
from ledger.calendar import parse_period
from ledger.commands import ClosePeriod, CollectDeposit, Recording, RegisterUnits
from ledger.events import DepositCollected, DepositLine, UnitLine
from ledger.store.bridge import EventLog
from ledger.store.codec import encode
from ledger.store.engine import engine
from ledger.store.feed import Feed
from projections.models import read_models
from projections.periods import period_view
from projections.runner import Follower
from tests.projections.conftest import said
from tests.projections.test_periods import OCT, close, content, lines, view

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WRITERS, DEPOSITS = 4, 60
LIVE = Recording(actor="officer-1")


def application(made):
    return Application(EventLog(made), policy.load(), lambda: NOW)


def register(building):
    unit = UnitLine(unit="101", fund="commodity", usage="residential", area_dm2=9000)
    return RegisterUnits(
        building=building, name=building, county="532301", estate="E1", estate_name="彝人古镇",
        management="professional", lift=True, storeys=18, units=(unit,),
    )  # fmt: skip


def write(url, writer):
    """Live deposits of October, in turn into a building of its own and into one that all share."""
    made = engine(url)
    office = application(made)
    for number in range(DEPOSITS):
        line = DepositLine(unit="101", amount_fen=1 + number)
        building = f"B{writer}" if number % 6 else "B0"
        day = date(2026, 10, 1 + number % 31)
        command = CollectDeposit(building=building, kind="first", value_date=day, lines=(line,))
        office.execute([command], LIVE)
    made.dispose()


@pytest.mark.slow
def test_a_month_closes_among_racing_writers_and_its_printed_figures_never_change(database):
    office, feed = application(database.engine), Feed(database.engine)
    follower = Follower(database.engine, read_models(database.engine), feed)
    office.execute([register(f"B{number}") for number in range(WRITERS + 1)], LIVE)
    start = multiprocessing.get_context("spawn")
    writers = [start.Process(target=write, args=(database.url, number)) for number in range(1, WRITERS + 1)]
    for writer in writers:
        writer.start()
    while len(feed.rows(0, 1000, topics=["deposit-collected"])) < WRITERS * DEPOSITS // 4:
        pass
    close_october = ClosePeriod(county="532301", fund="commodity", period="2026-10")
    closed_at = office.execute([close_october], LIVE).position
    while follower.catch_up() < closed_at:
        pass
    printed = view(database, "2026-10")
    again = []
    while any(writer.is_alive() for writer in writers):
        follower.catch_up()
        again.append(view(database, "2026-10"))
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    follower.catch_up()
    again.append(view(database, "2026-10"))

    assert (printed.fixed, printed.closed_at) == (True, str(closed_at))
    assert {content(found) for found in again} == {content(printed)}
    november = view(database, "2026-11")
    ((own,), (correction,)) = printed.lines, november.corrections
    assert own.entries > 0
    (late,) = correction.lines
    assert (correction.period, own.entries + late.entries) == ("2026-10", WRITERS * DEPOSITS)
    total = WRITERS * sum(range(1, DEPOSITS + 1))
    assert november.closing == f"{total // 100}.{total % 100:02}"
    by_witness = witness.entries(replay(feed))
    assert by_witness.group_by("period").len().sort("period").rows() == [
        (date(2026, 10, 1), own.entries),
        (date(2026, 11, 1), late.entries),
    ]


def test_a_writer_that_began_before_the_closing_and_ends_after_it_is_waited_for(town, follower, database):
    """Its place in the log is before the closing, and so is its period: until it ends nothing is printed."""
    town.open("B1", ("101",))
    straggler = psycopg2.connect(database.admin_url.replace("+psycopg2", ""))
    try:
        with straggler.cursor() as cursor:
            cursor.execute("select pg_current_xact_id()::text::bigint + epoch from log.cell")
            place = cursor.fetchone()[0] << 20 | 1
            closed_at = close(town, "2019-10")
            assert place < closed_at
            assert follower.catch_up() < closed_at
            assert not view(database, "2019-10").fixed
            line = DepositLine(unit="101", amount_fen=700)
            late = DepositCollected(kind="first", lines=(line,), **said(OCT))
            cursor.execute(
                "insert into log.events values (%s, 'building/B1', 3, %s, 1, %s, %s)",
                (place, late.TOPIC, late.recorded_at, encode(late)),
            )
        straggler.commit()
    finally:
        straggler.close()
    assert follower.catch_up() == closed_at
    found = view(database, "2019-10")
    assert (found.fixed, lines(found.lines)) == (True, [("units", "deposit", 1, "7.00", "0.00")])


def test_a_closed_period_is_the_same_for_every_later_reader(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", OCT, {"101": 1000})
    close(town, "2019-10")
    follower.catch_up()
    printed = view(database, "2019-10")
    for amount in range(1, 4):
        town.deposit("B1", OCT, {"101": amount})
        follower.catch_up()
        with database.engine.connect() as connection:
            now = period_view(connection, "532301", "commodity", parse_period("2019-10"))
        assert content(now) == content(printed)
        assert view(database, "2019-10", position=int(printed.position)) == printed
