"""The embedded server: found or started, shared, recovered, and never left behind unasked."""

import json
import multiprocessing
import os
import shutil
import signal
import socket
import stat
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest

from ledger.store import engine as engine_module
from ledger.store import schema, server
from ledger.store.cluster import SYSTEM_PLACE, Cluster, _nobody, wheel_programs
from ledger.store.engine import DatabaseProblem, engine, normalised


@pytest.fixture(autouse=True)
def _no_other_server(monkeypatch):
    monkeypatch.delenv("FUND_DATABASE_URL", raising=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home below a directory of mode 0700, as mktemp and pytest make them."""
    made = tmp_path_factory.mktemp("outer") / "a home 户"
    yield made
    cluster = cluster_of(made)
    cluster.stop()
    shutil.rmtree(cluster.place)


def cluster_of(home: Path) -> Cluster:
    place = json.loads((home / "pg.json").read_text())["place"]
    return Cluster(Path(place) if place else home / "pg", wheel_programs())


def ask(url: str, query: str = "select 1") -> object:
    connection = psycopg2.connect(url.replace("+psycopg2", ""))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def answers(url: str) -> bool:
    try:
        ask(url)
    except psycopg2.OperationalError:
        return False
    return True


def processes_of(cluster: Cluster) -> list[int]:
    data = str(cluster.data.resolve())
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str((entry / "cwd").readlink()) == data:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
def test_the_last_to_leave_stops_it(home):
    with server.open_database(home) as first:
        with server.open_database(home) as second:
            assert first == second
            assert answers(second.url)
        assert answers(first.url)
    assert not answers(first.url)
    assert processes_of(cluster_of(home)) == []


@pytest.mark.slow
def test_started_to_stay_it_stays(home):
    database = server.start(home)
    try:
        with server.open_database(home):
            assert server.stop(home) is False
        assert not answers(database.admin_url)
        database = server.start(home)
        with server.open_database(home):
            pass
        assert answers(database.admin_url)
        assert server.admin_url(home) == database.admin_url
    finally:
        assert server.stop(home) is True
    assert not answers(database.admin_url)
    assert server.stop(home) is True


@pytest.mark.slow
def test_it_is_migrated_and_the_application_is_no_superuser(home):
    with server.open_database(home) as database:
        assert ask(database.url, "select version_num from public.alembic_version") == schema.head()
        assert ask(database.url, "select usesuper from pg_user where usename = current_user") is False
        assert ask(database.admin_url, "select usesuper from pg_user where usename = current_user") is True
        assert ask(database.url, "show listen_addresses") == "127.0.0.1"
        assert ask(database.admin_url, "show unix_socket_directories") == ""
        assert ask(database.url, "show password_encryption") == "scram-sha-256"
        assert ask(database.url, "show fsync") == "on"
        assert server.upgrade(home) == schema.head()
        with pytest.raises(psycopg2.OperationalError):
            ask(database.url.replace("fund:", "fund:wrong"))


@pytest.mark.slow
def test_a_schema_that_is_behind_is_brought_up_to_date(home):
    with server.open_database(home) as database:
        ask(database.admin_url, "delete from public.alembic_version")
        ask(database.admin_url, "drop schema log, register, read, seal, access cascade")
    with server.open_database(home) as database:
        assert ask(database.url, "select count(*) from log.cell") == 1


@pytest.mark.slow
def test_secrets_are_for_the_owner_only_and_parents_keep_their_modes(home):
    before = {path: path.stat().st_mode for path in home.resolve().parents}
    with server.open_database(home):
        assert stat.S_IMODE((home / "pg.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(cluster_of(home).data.stat().st_mode) & 0o077 == 0
    assert {path: path.stat().st_mode for path in home.resolve().parents} == before


@pytest.mark.slow
@pytest.mark.parametrize("stranger", [False, True])
def test_killed_it_recovers_with_everything_committed(home, stranger):
    """Also where the number of the dead server was given to another process of the same user."""
    with server.open_database(home) as database:
        ask(database.admin_url, "create table if not exists public.kept (n int)")
        before = ask(database.admin_url, "select count(*) from public.kept")
        ask(database.admin_url, "insert into public.kept values (1)")
        cluster = cluster_of(home)
        for process in processes_of(cluster):
            with suppress(ProcessLookupError):  # a child that saw its server die and ended by itself
                os.kill(process, signal.SIGKILL)
        while processes_of(cluster):
            time.sleep(0.01)
    pid_file = cluster.data / "postmaster.pid"
    assert pid_file.exists()
    other = as_server_user("sleep", "60")
    try:
        if stranger:
            lines = pid_file.read_text().splitlines()
            pid_file.write_text("\n".join([str(other.pid), *lines[1:], ""]))
        with server.open_database(home) as database:
            assert ask(database.admin_url, "select count(*) from public.kept") == before + 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def as_server_user(*command: str) -> subprocess.Popen:
    ids = _nobody()
    return subprocess.Popen(command, cwd="/", **({"user": ids[0], "group": ids[1]} if ids else {}))


@pytest.mark.slow
def test_a_taken_port_is_given_up(home):
    with server.open_database(home) as database:
        port = normalised(database.url).port
    with socket.create_server(("127.0.0.1", port)), server.open_database(home) as database:
        assert normalised(database.url).port != port
        assert answers(database.url)


def visit(home: Path, queue) -> None:
    with server.open_database(home) as database:
        queue.put(ask(database.url, "select count(*) from log.cell"))


@pytest.mark.slow
def test_processes_that_come_at_once_make_one_cluster(tmp_path):
    home = tmp_path / "new"
    start = multiprocessing.get_context("spawn")
    queue = start.Queue()
    visitors = [start.Process(target=visit, args=(home, queue)) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    assert [queue.get(timeout=120) for _ in visitors] == [1, 1, 1]
    for visitor in visitors:
        visitor.join()
        assert visitor.exitcode == 0
    cluster = cluster_of(home)
    assert processes_of(cluster) == []
    shutil.rmtree(cluster.place)


def test_a_home_without_its_passwords_is_not_overwritten(tmp_path):
    (tmp_path / "pg" / "data").mkdir(parents=True)
    tmp_path.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "nobody_may_enter", lambda _: True)
        with pytest.raises(DatabaseProblem, match=r"pg\.json"), server.open_database(tmp_path):
            pass
    assert list((tmp_path / "pg" / "data").iterdir()) == []


def test_there_is_nothing_to_stop_or_to_connect_to_before_the_first_start(tmp_path):
    assert server.stop(tmp_path) is True
    with pytest.raises(DatabaseProblem, match="fund db start"):
        server.admin_url(tmp_path)


def test_a_server_of_ones_own_is_used_as_named(database, tmp_path, monkeypatch):
    monkeypatch.setenv("FUND_DATABASE_URL", database.admin_url)
    with server.open_database(tmp_path) as found:
        assert found.url == database.admin_url.replace("postgresql:", "postgresql+psycopg2:")
        assert found.admin_url == database.admin_url == server.admin_url(tmp_path)
        assert answers(found.url)
    assert answers(found.url)
    assert server.upgrade(tmp_path) == schema.head()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DatabaseProblem, match="FUND_DATABASE_URL"):
        server.start(tmp_path)


def test_an_outdated_schema_of_ones_own_server_is_refused(database, tmp_path, monkeypatch):
    ask(database.admin_url, "update public.alembic_version set version_num = '0001_log'")
    monkeypatch.setenv("FUND_DATABASE_URL", database.url)
    with pytest.raises(DatabaseProblem, match="fund db upgrade"), server.open_database(tmp_path):
        pass


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setenv("FUND_DATABASE_URL", f"postgresql://fund:secret@127.0.0.1:{server.free_port()}/fund")
    with pytest.raises(DatabaseProblem, match="无法连接") as refused, server.open_database(tmp_path):
        pass
    assert "secret" not in str(refused.value)


def test_another_database_is_refused():
    with pytest.raises(DatabaseProblem, match="sqlite"):
        engine("sqlite:///x")


def test_postgresql_older_than_14_is_refused():
    engine_module._refuse_old(SimpleNamespace(server_version=140000), None)
    with pytest.raises(DatabaseProblem, match="14"):
        engine_module._refuse_old(SimpleNamespace(server_version=130018), None)


@pytest.mark.slow
def test_root_keeps_what_nobody_cannot_reach_elsewhere(home):
    if os.geteuid() != 0:
        pytest.skip("only root runs the server as another user")
    with server.open_database(home):
        assert cluster_of(home).place.parent == SYSTEM_PLACE
        assert cluster_of(home).data.owner() == "nobody"
