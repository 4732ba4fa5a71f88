"""Rebuilds that fail, are killed or lose their lock, and commands recorded meanwhile: all or nothing."""

import time
from datetime import date
from random import Random
from threading import Event as StopEvent
from threading import Thread

import psycopg2
import pytest
from sqlalchemy.exc import OperationalError

from projections import filling
from projections import rebuild as rebuilding
from projections.accounts_anew import AccountsAnew
from projections.exclusive import Task, exclusive
from projections.rebuild import check, rebuild
from projections.shadow import clear
from tests.projections.conftest import grow
from tests.projections.contents import contents, definitions, left_over

DAY = date(2019, 6, 30)


def leave_over(database):
    """What a rebuild that was killed leaves; of a model that this program does not know, too."""
    for name in ("postings__new", "forgotten__new"):
        with psycopg2.connect(database.url.replace("+psycopg2", "")) as connection:
            connection.cursor().execute(f"set role fund_app; create table read.{name} (id int)")


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
        until = time.monotonic() + 20
        while not free():  # the server ends a session in its own time
            assert time.monotonic() < until
            time.sleep(0.02)

    def free():
        with exclusive(database.engine, Task.REBUILD) as held:
            return held

    with pytest.raises(OperationalError):
        rebuild(database.engine, report=lose)

    assert contents(database) == before
    assert left_over(database) != []
    assert rebuild(database.engine).cleared != ()
