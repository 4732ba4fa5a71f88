"""``fund rebuild``: progress for people, an answer for programs, and an end in good order when cancelled."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import psycopg2
import pytest
from sqlalchemy import text

from projections.models import TABLES
from projections.shadow import left_over


def contents(database):
    with database.engine.connect() as connection:
        found = {table.name: sorted(connection.execute(table.select()).all(), key=repr) for table in TABLES}
        oids = text("select relname, oid from pg_class where relnamespace = 'read'::regnamespace order by 1")
        return found, connection.execute(oids).all(), left_over(connection)


def test_progress_goes_to_standard_error_and_the_answer_to_standard_output(fund, files):
    fund("import", "units", files["units"], "--history")
    fund("import", "deposits", files["deposits"], "--history")

    plain, document = fund("rebuild"), fund("rebuild", "--json")

    assert "个事件，正在建立索引" in plain.err
    assert plain.out.startswith("重建 ")
    assert "个事件，正在建立索引" in document.err
    assert document.document.keys() == {"ok", "position", "events", "seconds", "cleared", "differences"}
    assert (document.document["ok"], document.document["cleared"]) == (True, [])


def test_what_was_left_of_a_killed_rebuild_is_told(fund, files, database):
    fund("import", "units", files["units"], "--history")
    for command in (("rebuild", "--check"), ("rebuild",)):
        with psycopg2.connect(database.url.replace("+psycopg2", "")) as connection:
            connection.cursor().execute("set role fund_app; create table read.postings__new (id int)")
        assert "清除了上次中断的重建留下的 1 张表" in fund(*command).out


@contextmanager
def reader(database):
    """Someone whose query holds a read table, so that no rebuild can swap it away."""
    connection = psycopg2.connect(database.admin_url)
    try:
        connection.cursor().execute("select count(*) from read.postings")
        yield
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_rebuild_that_is_asked_to_end_leaves_everything_as_it_was(fund, files, database, home, asked):
    fund("import", "units", files["units"], "--history")
    fund("import", "deposits", files["deposits"], "--history")
    before = contents(database)
    environment = {**os.environ, "FUND_HOME": str(home), "FUND_DATABASE_URL": database.url}
    command = [sys.executable, "-m", "cli", "rebuild", "--json"]
    with (
        reader(database),
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as rebuilding,
    ):
        while "正在建立索引" not in (said := rebuilding.stderr.readline()):
            assert said, "the rebuild ended by itself"
        rebuilding.send_signal(asked)
        answer, errors = rebuilding.communicate(timeout=30)

    assert (rebuilding.returncode, answer, errors) == (130, "", "已中断，读模型没有改动\n")
    assert contents(database) == before
    assert fund("rebuild", "--check", "--json").document["cleared"] == []


@pytest.mark.slow
def test_readers_that_leave_no_moment_are_told_in_chinese(fund, files, database, monkeypatch):
    monkeypatch.setattr("projections.rebuild._SWAP_WITHIN", 0.2)
    fund("import", "units", files["units"], "--history")
    with reader(database):
        refused = fund("rebuild", "--json")
    assert (refused.status, refused.document["code"]) == (1, "rebuild-not-swapped")
    assert "查询一直占用读表" in refused.err


def test_an_older_program_is_told_in_chinese(fund, files, database):
    fund("import", "units", files["units"], "--history")
    with database.engine.begin() as connection:
        connection.execute(text("update read.checkpoints set version = version + 1 where model = 'yearly'"))
    refused = fund("rebuild", "--json")
    assert (refused.status, refused.document["code"]) == (1, "program-outdated")
    assert "请用新版程序" in refused.err
