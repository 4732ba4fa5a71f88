"""The follower: one at a time, batch and checkpoint together, no event twice and none left out."""

import logging
import multiprocessing
import time
from datetime import date
from threading import Event as StopEvent
from threading import Thread

import pytest
from sqlalchemy import func, select, text

from ledger.store.engine import engine
from ledger.store.tables import events
from projections.batch import ProjectionStopped
from projections.checkpoints import CheckpointMoved, OutdatedModel, advance, position, positions
from projections.exclusive import Task, exclusive
from projections.models import read_models
from projections.postings import postings
from projections.runner import Follower
from projections.wait import NotProjected, wait_for

DAY = date(2019, 6, 30)


class Witness:
    """A model that writes down, in memory, the raw rows it was given and whether they were committed."""

    name = "witness"
    version = 1
    tables = ()

    def __init__(self):
        self.seen = []
        self.batches = []
        self.failing = False

    def fold(self, batch):
        return [row.position for row in batch.rows]

    def write(self, connection, changes):
        if self.failing:
            raise RuntimeError("the disk is full")
        self.seen += changes
        self.batches.append(len(changes))


def count(database, table=postings):
    with database.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def reached(database):
    with database.engine.connect() as connection:
        return position(connection)


def filled(town, deposits=10):
    town.open("B1", ("101",))
    for _ in range(deposits):
        town.deposit("B1", DAY, {"101": 1})
    return town


def test_small_batches_come_to_the_same(town, database):
    filled(town, 10)
    witness = Witness()

    at = Follower(database.engine, [*read_models(database.engine), witness], batch=3).catch_up()

    assert at == town.position == reached(database)
    assert count(database) == 10
    assert witness.batches == [3, 3, 3, 3]


def test_a_model_that_comes_later_catches_up_alone_and_then_goes_with_the_others(town, follower, database):
    filled(town, 5)
    follower.catch_up()
    town.deposit("B1", DAY, {"101": 1})
    witness = Witness()

    Follower(database.engine, [*read_models(database.engine), witness], batch=4).catch_up()

    assert witness.batches == [4, 3, 1]
    assert (count(database), reached(database)) == (6, town.position)


def test_postings_built_anew_ask_accounts_for_facts_of_older_buildings(town, follower, database):
    filled(town, 3)
    follower.catch_up()
    town.deposit("B1", DAY, {"101": 1})

    Follower(database.engine, read_models(database.engine)).catch_up()

    assert count(database) == 4


def test_a_unit_that_another_follower_registered_is_looked_up_again(town, follower, database):
    filled(town, 1)
    follower.catch_up()
    town.open("B2", ("201",))
    Follower(database.engine, read_models(database.engine)).catch_up()
    town.deposit("B2", DAY, {"201": 1})

    assert follower.catch_up() == town.position


def test_a_batch_that_fails_leaves_no_trace(town, database):
    filled(town, 3)
    witness = Witness()
    witness.failing = True
    follower = Follower(database.engine, [*read_models(database.engine), witness])

    with pytest.raises(RuntimeError, match="the disk is full"):
        follower.catch_up()
    assert (count(database), reached(database)) == (0, 0)

    witness.failing = False
    follower.catch_up()
    assert (count(database), reached(database)) == (3, town.position)


def test_an_unreadable_event_stops_the_models_that_need_it_and_not_the_one_that_reads_bytes(town, database):
    filled(town, 2)
    witness = Witness()
    follower = Follower(database.engine, [*read_models(database.engine), witness])
    follower.catch_up()
    with database.engine.begin() as connection:
        place = connection.scalar(text("select (pg_current_xact_id()::text::bigint << 20) + 1"))
        forged = {
            "position": place,
            "stream": "building/B1",
            "version": 99,
            "topic": "deposit-collected",
            "schema": 1,
            "recorded_at": "2026-11-23T00:00:00Z",
            "data": "{}",
        }
        connection.execute(events.insert().values(**forged))

    with pytest.raises(ProjectionStopped) as stopped:
        follower.catch_up()

    assert stopped.value.position == place
    assert reached(database) == town.position
    assert witness.seen[-1] == place


def test_tables_of_another_version_are_refused(town, follower, database):
    filled(town, 1)
    follower.catch_up()
    with database.engine.begin() as connection:
        connection.execute(text("update read.checkpoints set version = 0 where model = 'postings'"))

    with pytest.raises(OutdatedModel, match="fund rebuild"):
        follower.catch_up()


def test_a_checkpoint_moves_only_from_where_it_was_read(database):
    versions = {"postings": 1}
    with database.engine.begin() as connection:
        advance(connection, versions, 0, 10)
    with pytest.raises(CheckpointMoved), database.engine.begin() as connection:
        advance(connection, versions, 0, 12)
    with database.engine.connect() as connection:
        assert positions(connection, versions) == {"postings": 10}


def test_while_another_follower_runs_catching_up_waits_for_it(town, follower, database):
    filled(town, 3)
    with exclusive(database.engine, Task.FOLLOW) as held:
        assert held
        with pytest.raises(NotProjected):
            follower.catch_up(timeout=0.05)
        assert count(database) == 0
    assert follower.catch_up() == town.position


def test_a_write_is_readable_soon_after_while_a_follower_runs(town, follower, database):
    stop = StopEvent()
    thread = Thread(target=follower.run, args=(stop,))
    thread.start()
    try:
        filled(town, 1)
        wait_for(database.engine, town.position, timeout=10)
        waited = []
        for _ in range(20):
            town.deposit("B1", DAY, {"101": 1})
            started = time.monotonic()
            wait_for(database.engine, town.position, timeout=10)
            waited.append(time.monotonic() - started)
        assert sorted(waited)[10] < 0.25
        assert count(database) == 21
    finally:
        stop.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


def test_a_follower_that_runs_says_why_it_stands_still(town, follower, database, caplog):
    town.open("B1", ("101",))
    town.deposit("B1", DAY, {"999": 1})
    stop = StopEvent()
    thread = Thread(target=follower.run, args=(stop,))
    with caplog.at_level(logging.ERROR):
        thread.start()
        deadline = time.monotonic() + 10
        while not caplog.records and time.monotonic() < deadline:
            time.sleep(0.01)
        stop.set()
        thread.join(timeout=10)

    assert str(town.position) in caplog.text


def test_waiting_for_what_nobody_projects_ends(town, database):
    filled(town, 1)
    with pytest.raises(NotProjected) as missed:
        wait_for(database.engine, town.position, timeout=0.02)
    assert (missed.value.wanted, missed.value.position) == (town.position, 0)


def follow_for_ever(url):
    made = engine(url)
    Follower(made, read_models(made), batch=7).run(StopEvent())


@pytest.mark.slow
def test_of_several_processes_one_follows_and_when_it_is_killed_another_takes_over(town, database):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=follow_for_ever, args=(database.url,)) for _ in range(3)]
    for process in processes:
        process.start()
    try:
        filled(town, 30)
        wait_for(database.engine, town.position, timeout=30)
        for victim in processes[:2]:
            assert len(holders(database)) == 1
            victim.kill()
            victim.join()
            for _ in range(20):
                town.deposit("B1", DAY, {"101": 1})
            wait_for(database.engine, town.position, timeout=30)
        assert count(database) == 70
        with database.engine.connect() as connection:
            balance = connection.execute(text("select principal_fen from read.accounts")).scalar_one()
        assert balance == 70
    finally:
        for process in processes:
            process.kill()
            process.join()


def holders(database):
    with database.engine.connect() as connection:
        return connection.execute(
            text(
                "select pid from pg_locks where locktype = 'advisory' and granted and objid = 1"
                " and database = (select oid from pg_database where datname = current_database())"
            )
        ).all()
