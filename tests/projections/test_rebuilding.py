"""Rebuilding: the same tables as following gives, swapped in unseen, or nothing changed at all."""

import multiprocessing
import os
import signal
from datetime import date
from random import Random
from threading import Event as StopEvent
from threading import Thread

import psycopg2
import pytest
from sqlalchemy import text

from ledger.money import yuan
from ledger.store.engine import engine
from projections import rebuild as rebuilding
from projections.batch import ProjectionStopped
from projections.checkpoints import position
from projections.exclusive import Task, exclusive
from projections.models import read_models
from projections.rebuild import NotSwapped, RebuildRunning, check, rebuild
from projections.runner import Follower
from projections.summary import summary
from tests.projections.conftest import grow
from tests.projections.contents import contents, definitions

DAY = date(2019, 6, 30)
DEPOSITS = text("select count(*) from log.events where position <= :at and topic = 'deposit-collected'")


def tamper(database, statement):
    with database.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1


@pytest.mark.parametrize("seed", range(4))
def test_rebuilding_comes_to_the_same_as_following(town, follower, database, seed):
    grow(town, Random(seed), 60)
    follower.catch_up()
    followed = contents(database)

    done = rebuild(database.engine)

    assert contents(database) == followed
    assert (done.position, done.events) == (town.position, sum(town.versions.values()))


def test_a_rebuild_needs_no_follower_before_it(town, follower, database):
    grow(town, Random(9), 30)
    rebuild(database.engine)
    rebuilt = contents(database)

    assert follower.catch_up() == town.position
    assert contents(database) == rebuilt
    assert check(database.engine).differences == ()


def test_following_goes_on_after_a_rebuild(town, follower, database):
    town.open("B1", ("101",))
    town.deposit("B1", DAY, {"101": 100})
    follower.catch_up()
    rebuild(database.engine)
    town.deposit("B1", DAY, {"101": 5})

    assert follower.catch_up() == town.position
    assert check(database.engine).differences == ()


def test_an_empty_log_can_be_rebuilt(database):
    assert (rebuild(database.engine).position, rebuild(database.engine).events) == (0, 0)


def test_names_keys_owner_grants_and_comments_survive_a_rebuild(town, follower, database):
    with database.engine.begin() as connection:
        connection.execute(text("grant select on read.postings to public"))
    town.open("B1", ("101",))
    before = definitions(database)

    rebuild(database.engine)
    rebuild(database.engine)

    assert definitions(database) == before


def test_a_changed_balance_is_named_and_healed(town, follower, database):
    town.open("B1", ("101", "102"))
    town.deposit("B1", DAY, {"101": 100, "102": 200})
    follower.catch_up()
    true = contents(database)
    tamper(database, "update read.accounts set principal_fen = 999 where unit = '102'")
    false = contents(database)

    found = check(database.engine).differences

    assert [(each.table, each.key) for each in found] == [("read.accounts", "B1/102/owner")]
    assert "principal_fen" in found[0].message
    assert contents(database) == false
    rebuild(database.engine)
    assert contents(database) == true
    assert check(database.engine).differences == ()


@pytest.mark.parametrize(
    ("statement", "table", "message"),
    [
        ("delete from read.postings where line = 1", "read.postings", "缺少这一行"),
        ("update read.postings set line = 7 where line = 1", "read.postings", "缺少这一行"),
        ("update read.postings set value_date = '2001-01-01' where line = 1", "read.postings", "value_date"),
        ("update read.buildings set estate_name = 'x'", "read.buildings", "estate_name"),
        ("update read.book_entries set account = null", "read.book_entries", "account"),
        ("update read.bank_lines set bank_ref = 'x'", "read.bank_lines", "bank_ref"),
        ("update read.bank_moves set county = 'x' where line = 1", "read.bank_moves", "county"),
        (
            "update read.checkpoints set position = position - 1 where model = 'accounts'",
            None,
            None,
        ),
    ],
)
def test_every_kind_of_change_is_found(town, follower, database, statement, table, message):
    town.open("B1", ("101", "102"))
    town.deposit("B1", DAY, {"101": 100, "102": 200})
    town.gain("532301", DAY, 100)
    town.statement("A1", DAY, 100)
    follower.catch_up()
    tamper(database, statement)

    found = check(database.engine).differences

    if table is None:
        assert found == (), "a checkpoint set back over an event without accounts heals by itself"
    else:
        assert {each.table for each in found} == {table}
        assert message in {each.message for each in found} or message in found[0].message
    rebuild(database.engine)
    assert check(database.engine).differences == ()


def test_an_older_version_of_a_model_is_healed(town, follower, database):
    town.open("B1", ("101",))
    follower.catch_up()
    true = contents(database)
    tamper(database, "update read.checkpoints set version = 0 where model = 'postings'")

    rebuild(database.engine)

    assert contents(database) == true
    assert follower.catch_up() == town.position


def test_a_cancelled_rebuild_changes_nothing_and_leaves_nothing(town, follower, database):
    grow(town, Random(1), 30)
    follower.catch_up()
    tamper(database, "update read.checkpoints set updated_at = now() where model = 'postings'")
    before = contents(database)

    def cancel(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(database.engine, report=cancel)

    assert contents(database) == before
    assert not [name for name, *_ in definitions(database)[0] if "__new" in name]


def test_an_event_nobody_can_read_stops_a_rebuild(town, follower, database):
    town.open("B1", ("101",))
    follower.catch_up()
    before = contents(database)
    town.deposit("B1", DAY, {"999": 1})

    with pytest.raises(ProjectionStopped) as stopped:
        rebuild(database.engine)

    assert stopped.value.position == town.position
    assert contents(database) == before


def test_only_one_rebuild_at_a_time(database):
    with exclusive(database.engine, Task.REBUILD), pytest.raises(RebuildRunning):
        rebuild(database.engine)


def test_progress_counts_to_the_end(town, database, monkeypatch):
    monkeypatch.setattr("projections.filling.BATCH", 4)
    grow(town, Random(2), 30)
    told = []

    rebuild(database.engine, report=told.append)

    total = sum(town.versions.values())
    assert [progress.done for progress in told][-1] == told[0].total == total
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    assert len(told) > 1
    assert told[-1].seconds_left == 0


def test_a_swap_waits_for_a_long_query_and_other_readers_do_not_wait_for_it(town, follower, database):
    town.open("B1", ("101",))
    follower.catch_up()
    reader = psycopg2.connect(database.admin_url)
    try:
        with reader.cursor() as cursor:
            cursor.execute("select count(*) from read.postings")
        thread = Thread(target=rebuild, args=(database.engine,))
        thread.start()
        thread.join(timeout=1.0)
        assert thread.is_alive()
        with database.engine.connect() as connection:
            assert summary(connection).total.units == 1
        reader.rollback()
        thread.join(timeout=30)
        assert not thread.is_alive()
    finally:
        reader.close()
    assert check(database.engine).differences == ()


def test_readers_giving_no_moment_for_the_swap_end_the_rebuild(town, follower, database, monkeypatch):
    monkeypatch.setattr(rebuilding, "_SWAP_WITHIN", 0.3)
    town.open("B1", ("101",))
    follower.catch_up()
    before = contents(database)
    reader = psycopg2.connect(database.admin_url)
    try:
        with reader.cursor() as cursor:
            cursor.execute("select count(*) from read.postings")
        with pytest.raises(NotSwapped):
            rebuild(database.engine)
    finally:
        reader.close()
    assert contents(database) == before


@pytest.mark.slow
def test_readers_and_followers_never_notice_a_rebuild(town, database):
    """Appending, following, reading and rebuilding at once: no error, no answer that goes back."""
    town.open("B1", ("101",))
    stop = StopEvent()
    errors = []
    highest = [0]

    def guarded(work):
        def run():
            try:
                work()
            except Exception as error:  # noqa: BLE001 - handed to the assertion below
                errors.append(error)
                stop.set()

        return Thread(target=run)

    def write():
        while not stop.is_set():
            town.deposit("B1", DAY, {"101": 1})

    def read():
        seen = 0
        while not stop.is_set():
            with database.engine.connect() as connection:
                answer = summary(connection)
                at = int(answer.position)
                deposits = connection.execute(DEPOSITS, {"at": at}).scalar_one()
            assert at >= seen, "the answers went back"
            assert answer.total.deposits == yuan(deposits)
            seen = highest[0] = at

    threads = [guarded(write), guarded(read), guarded(read)]
    followers = [Follower(database.engine, read_models(database.engine)) for _ in range(2)]
    threads += [guarded(lambda follower=follower: follower.run(stop)) for follower in followers]
    for thread in threads:
        thread.start()
    for _ in range(5):
        if stop.is_set():
            break
        rebuild(database.engine)
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    assert highest[0] > 0
    assert check(database.engine).differences == ()


def rebuild_until_killed(url):
    def die(progress):
        os.kill(os.getpid(), signal.SIGKILL)

    rebuild(engine(url), report=die)


@pytest.mark.slow
def test_a_killed_rebuild_leaves_the_tables_and_the_next_one_clears_up(town, follower, database):
    grow(town, Random(3), 30)
    follower.catch_up()
    before = contents(database)
    process = multiprocessing.get_context("spawn").Process(target=rebuild_until_killed, args=(database.url,))
    process.start()
    process.join(timeout=60)

    assert process.exitcode == -signal.SIGKILL
    assert contents(database) == before
    assert [name for name, *_ in definitions(database)[0] if "__new" in name]
    rebuild(database.engine)
    assert contents(database) == before
    assert not [name for name, *_ in definitions(database)[0] if "__new" in name]
    with database.engine.connect() as connection:
        assert position(connection) == town.position
