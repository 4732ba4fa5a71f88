"""Rebuilding: the same tables as following gives, swapped in unseen, or nothing changed at all."""

import multiprocessing
import os
import signal
import time
from datetime import date
from random import Random
from threading import Event as StopEvent
from threading import Thread

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ledger.money import yuan
from ledger.store.engine import engine
from projections import filling
from projections import rebuild as rebuilding
from projections.accounts_anew import AccountsAnew
from projections.batch import ProjectionStopped
from projections.checkpoints import position
from projections.exclusive import Task, exclusive
from projections.models import TABLES, read_models
from projections.rebuild import NotSwapped, RebuildRunning, check, rebuild
from projections.runner import Follower
from projections.shadow import clear
from projections.summary import summary
from tests.projections.conftest import grow

DAY = date(2019, 6, 30)
DEPOSITS = text("select count(*) from log.events where position <= :at and topic = 'deposit-collected'")


def contents(database):
    with database.engine.connect() as connection:
        found = {table.name: sorted(connection.execute(table.select()).all(), key=repr) for table in TABLES}
        found["checkpoints"] = connection.execute(
            text("select model, version, position from read.checkpoints order by model")
        ).all()
        return found


DEFINITIONS = (
    """
    select c.relname, c.relkind::text, pg_get_userbyid(c.relowner), c.relacl::text,
        case when c.relkind = 'i' then pg_get_indexdef(c.oid) end
    from pg_class c where c.relnamespace = 'read'::regnamespace order by 1
    """,
    """
    select c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid) from pg_constraint c
    where c.connamespace = 'read'::regnamespace and c.contype <> 'n' order by 1, 2
    """,
    """
    select a.attrelid::regclass::text, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
        a.attcollation::regcollation::text, a.attnotnull, col_description(a.attrelid, a.attnum)
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'read'::regnamespace and c.relkind = 'r' and a.attnum > 0 order by 1, 2
    """,
)


def definitions(database):
    """All that a migration or a grant says of the read tables, by name."""
    with database.engine.connect() as connection:
        return [connection.execute(text(query)).all() for query in DEFINITIONS]


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


def leave_over(database):
    """What a rebuild that was killed leaves; of a model that this program does not know, too."""
    for name in ("postings__new", "forgotten__new"):
        with psycopg2.connect(database.url.replace("+psycopg2", "")) as connection:
            connection.cursor().execute(f"set role fund_app; create table read.{name} (id int)")


def left_over(database):
    return [name for name, *_ in definitions(database)[0] if "__new" in name]


@pytest.mark.parametrize("work", [rebuild, check])
def test_what_a_killed_rebuild_left_is_cleared_and_told(town, follower, database, work):
    town.open("B1", ("101",))
    leave_over(database)

    assert work(database.engine).cleared == ("read.forgotten__new", "read.postings__new")
    assert left_over(database) == []
    assert work(database.engine).cleared == ()


def test_a_follower_clears_what_a_killed_rebuild_left_but_not_what_one_is_filling(database, follower, caplog):
    leave_over(database)
    stop = StopEvent()
    with exclusive(database.engine, Task.REBUILD):
        assert clear(database.engine) == ()
    thread = Thread(target=follower.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 10
    while left_over(database) and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    thread.join(timeout=10)
    assert left_over(database) == []
    assert "清除了中断的重建留下的 2 张表" in caplog.text


@pytest.mark.parametrize("step", ["complete", "total", "settle", "follow", "_move_checkpoints"])
def test_a_rebuild_that_fails_at_any_step_changes_nothing(town, follower, database, monkeypatch, step):
    grow(town, Random(4), 20)
    follower.catch_up()
    before = contents(database), definitions(database)

    def fail(*_arguments):
        raise KeyboardInterrupt

    for place in (filling, AccountsAnew, rebuilding):
        if hasattr(place, step):
            monkeypatch.setattr(place, step, fail)
    with pytest.raises(KeyboardInterrupt):
        rebuild(database.engine)

    assert (contents(database), definitions(database)) == before


def test_commands_recorded_while_a_rebuild_reads_are_in_it(town, follower, database, monkeypatch):
    monkeypatch.setattr(filling, "BATCH", 5)
    grow(town, Random(5), 30)
    told = []

    def record(progress):
        told.append(progress)
        town.open(f"N{len(told)}", ("101",))
        town.deposit(f"N{len(told)}", DAY, {"101": 1})

    done = rebuild(database.engine, report=record)

    assert done.position == town.position
    assert done.events == sum(town.versions.values()) > told[-1].total
    assert check(database.engine).differences == ()


def test_a_rebuild_that_lost_its_lock_swaps_nothing_in_and_drops_nothing(
    town, follower, database, monkeypatch
):
    """Another one may have begun: the shadows of these names would be its, and not yet full."""
    grow(town, Random(6), 20)
    follower.catch_up()
    before = contents(database)

    def lose(_progress):
        with psycopg2.connect(database.admin_url) as connection:
            connection.cursor().execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 2"
                " and database = (select oid from pg_database where datname = current_database())"
            )
        with exclusive(database.engine, Task.REBUILD) as held:
            assert held

    with pytest.raises(OperationalError):
        rebuild(database.engine, report=lose)

    assert contents(database) == before
    assert left_over(database) != []
    assert rebuild(database.engine).cleared != ()
