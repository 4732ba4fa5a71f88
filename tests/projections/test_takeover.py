"""kill -9 of whoever follows, again and again, while events are recorded and tables rebuilt: nothing lost."""

import multiprocessing
import os
import signal
import time
from datetime import date
from random import Random
from threading import Event as StopEvent

import pytest
from sqlalchemy import event, text

from audit.compare import compare
from audit.replay import replay
from audit.seal import Seal
from audit.sealed import Sealed, Witness
from ledger.store.engine import engine
from ledger.store.feed import Feed
from projections.checkpoints import NewerModel, OutdatedModel
from projections.models import read_models
from projections.rebuild import check, rebuild
from projections.runner import Follower
from projections.wait import wait_for

KILLS = 8
DAY = date(2019, 6, 30)
ACTIVE = text(
    "select application_name from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory'"
    " and granted and objid = 1 and datname = current_database() and application_name like 'follower %'"
)


def follow_for_ever(url):
    """Follow under a name by which the database knows the process."""
    made = engine(url)

    def name(connection, _record):
        with connection.cursor() as cursor:
            cursor.execute(f"set application_name = 'follower {os.getpid()}'")
        connection.commit()

    event.listen(made, "connect", name)
    Follower(made, [*read_models(made), Seal()], batch=7).run(StopEvent())


def record(town, building, random):
    """A building with deposits, interest, withdrawals, a change of owner and a reversal."""
    town.open(building, ("101", "102", "103"), fund=random.choice(("commodity", "public")))
    versions = [town.deposit(building, DAY, {"101": 900, "102": random.randint(1, 900)}) for _ in range(5)]
    town.interest(building, DAY, {"101": 7, "103": 9})
    town.withdraw(building, DAY, {"101": (100, 1), "102": (1, 0)})
    town.change_owner(building, DAY, "102", f"q-{building}")
    town.reverse(building, random.choice(versions), DAY)
    town.gain("532301", DAY, 500)


def active(database):
    """The process that follows now."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with database.engine.connect() as connection:
            if found := connection.execute(ACTIVE).scalar():
                return int(found.split()[1])
        time.sleep(0.01)
    raise AssertionError("nobody follows")


@pytest.mark.slow
def test_killing_whoever_follows_loses_nothing_and_doubles_nothing(town, database):
    context = multiprocessing.get_context("spawn")
    random = Random(42)
    processes = {}

    def start():
        process = context.Process(target=follow_for_ever, args=(database.url,))
        process.start()
        processes[process.pid] = process

    start()
    start()
    killed = []
    try:
        for kill in range(KILLS):
            record(town, f"B{kill}", random)
            victim = active(database)
            time.sleep(random.random() / 10)
            os.kill(victim, signal.SIGKILL)
            processes.pop(victim).join()
            killed.append(victim)
            start()
            if kill % 3 == 1:
                rebuild(database.engine)
        wait_for(database.engine, town.position, timeout=60)
    finally:
        for process in processes.values():
            process.kill()
            process.join()

    assert len(set(killed)) == KILLS
    Follower(database.engine, [*read_models(database.engine), Seal()]).catch_up()
    assert check(database.engine).differences == ()
    feed = Witness(Feed(database.engine))
    replayed = replay(feed)
    with database.engine.connect() as connection:
        assert list(compare(connection, replayed, town.position)) == []
        sealed = Sealed(connection)
        assert list(sealed.check(feed.leaves(), sealed.position, town.position)) == []
    assert sealed.leaves.height == sum(town.versions.values())


def newer(database, model):
    """What a newer program leaves after its rebuild."""
    with database.engine.begin() as connection:
        raised = text("update read.checkpoints set version = version + 1 where model = :model")
        assert connection.execute(raised, {"model": model}).rowcount == 1


def written(database):
    with database.engine.connect() as connection:
        return connection.execute(text("select count(*) from read.postings")).scalar_one()


def test_a_follower_on_its_way_does_not_write_into_tables_of_a_newer_version(town, follower, database):
    town.open("B1", ("101",))
    follower.catch_up()
    town.deposit("B1", DAY, {"101": 1})
    fold = follower._models["postings"].fold

    def overtaken(batch):
        newer(database, "postings")
        return fold(batch)

    follower._models["postings"].fold = overtaken
    with pytest.raises(OutdatedModel, match="postings"):
        follower.catch_up()
    assert written(database) == 0


@pytest.mark.parametrize("work", [rebuild, check])
def test_an_older_program_does_not_rebuild_over_a_newer_version(town, follower, database, work):
    town.open("B1", ("101",))
    town.deposit("B1", DAY, {"101": 1})
    follower.catch_up()
    newer(database, "deposits")
    with pytest.raises((NewerModel, OutdatedModel), match="deposits"):
        work(database.engine)
    assert written(database) == 1
