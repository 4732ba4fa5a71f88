"""kill -9 within an import, a distribution, a rebuild and a hand-over: finished, all is as if undisturbed.

A table lock held by the test stops the command at a known statement, so that it is killed where it hurts.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
import xlsxwriter

pytestmark = pytest.mark.slow

BUILDINGS = 900
HANDED_OVER = 300
PLACE = Path(__file__).parent.parent / "var" / "test"
UNITS = "区县代码 资金类型 小区编码 小区名称 管理方式 楼幢编码 幢号 电梯 层数 户号 用途 建筑面积 业主姓名"
DEPOSITS = "楼幢编码 户号 交存类型 交存金额 入账日期 票据号 银行流水号 交款人"
GAINS = "区县代码 资金类型 账号 到账日期 收益类别 金额 银行流水号"
BALANCES = "select building, unit, part, principal_fen, interest_fen from read.accounts order by 1, 2, 3"
ENTRIES = """
    select building, unit, part, value_date, kind, principal_fen, interest_fen from read.postings
    order by 1, 2, 3, 4, 5, 6, 7
"""
LEFT_OVER = "select count(*) from pg_class where relname like '%\\_\\_new'"


class Office:
    """A home of its own, and the ``fund`` command in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("FUND_")
        } | {"FUND_HOME": str(home)}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "cli", *words],
            cwd=Path(__file__).parent.parent,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> str:
        process = self.start(*words)
        answer, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        return answer

    def ask(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connected() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    @cached_property
    def url(self) -> str:
        return self.run("db", "url").strip()

    @contextmanager
    def connected(self) -> Iterator[Any]:
        connection = psycopg2.connect(self.url)
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def kill_when(self, reached: Callable[[Any], bool], locked: str, *words: str) -> None:
        """Start a command that the lock stops, let it go on to the next such statement until the moment is
        reached, and kill it there.
        """
        with self.connected() as holder, self.connected() as waiter, ThreadPoolExecutor(1) as aside:
            holder.execute(locked)
            process = self.start(*words)
            wait_for_waiting(holder, 1, process)
            while not reached(holder):
                # Who waits for a lock is served in turn: the command's transaction, then this one.
                again = aside.submit(waiter.execute, locked)
                wait_for_waiting(holder, 2, process)
                holder.connection.rollback()
                again.result()
                holder, waiter = waiter, holder
                wait_for_waiting(holder, 1, process)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def wait_for_waiting(cursor: Any, sessions: int, process: "subprocess.Popen[str]") -> None:
    """Until so many sessions wait for a lock."""
    deadline = time.monotonic() + 120
    found = -1
    while found != sessions:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, f"{found} sessions wait, not {sessions}"
        cursor.execute("select count(*) from pg_locks where not granted")
        ((found,),) = cursor.fetchall()
        time.sleep(0.01)


@pytest.fixture(scope="module")
def office() -> Iterator[Callable[[], Office]]:
    made: list[Office] = []

    def new() -> Office:
        made.append(Office(PLACE / f"crash-{uuid4().hex[:8]}"))
        made[-1].run("db", "start")
        return made[-1]

    yield new
    for each in made:
        each.run("db", "stop")
        shutil.rmtree(each.home)


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of 900 buildings of two units each, more than four appends of a distribution."""
    folder = tmp_path_factory.mktemp("registers")
    codes = [f"B{number:05d}" for number in range(BUILDINGS)]
    facts = ("532301", "商品住宅", "E1", "一小区", "专业物业")
    write(
        folder / "units.xlsx",
        UNITS,
        [
            (
                *facts,
                code,
                "1幢",
                "有",
                18,
                unit,
                "住宅",
                100 + number % 37,
                f"业主{number}",
                f"ID{number}{unit}",
            )
            for number, code in enumerate(codes)
            for unit in ("0101", "0102")
        ],
    )
    write(
        folder / "deposits.xlsx",
        DEPOSITS,
        [
            (code, unit, "首期", 9300 + number % 1000, "2015-03-01", f"{number}{unit}", f"Y{number}", "业主")
            for number, code in enumerate(codes)
            for unit in ("0101", "0102")
        ],
    )
    write(
        folder / "bank-gains.xlsx",
        GAINS,
        [("532301", "商品住宅", "6200", "2016-06-30", "定期利息", "123456.78", "G1")],
    )
    return folder


def write(path: Path, header: str, rows: list[tuple[Any, ...]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([tuple(header.split()), *rows]):
            sheet.write_row(number, 0, row)


def take_in(office: Office, registers: Path, *kinds: str) -> None:
    for kind in kinds:
        office.run("import", kind, str(registers / f"{kind}.xlsx"), "--history")


DISTRIBUTE = ("interest", "distribute", "--book", "532301/commodity", "--through", "2016-12-31")


@pytest.fixture(scope="module")
def undisturbed(office: Callable[[], Office], registers: Path) -> Office:
    calm = office()
    take_in(calm, registers, "units", "deposits", "bank-gains")
    calm.run(*DISTRIBUTE)
    return calm


def test_an_import_killed_before_its_commit_left_nothing_and_can_be_repeated(
    office: Callable[[], Office], registers: Path, undisturbed: Office
) -> None:
    torn = office()
    take_in(torn, registers, "units")
    before = torn.query("select count(*), max(position) from log.events")
    deposits = ("import", "deposits", str(registers / "deposits.xlsx"), "--history")

    torn.kill_when(lambda _: True, "lock table log.rows in share mode", *deposits)

    assert torn.query("select count(*), max(position) from log.events") == before
    assert torn.ask(*deposits)["accepted"] == 2 * BUILDINGS
    again = torn.ask(*deposits)
    assert (again["accepted"], again["already"]) == (0, 2 * BUILDINGS)
    take_in(torn, registers, "bank-gains")
    torn.run(*DISTRIBUTE)
    assert torn.query(BALANCES) == undisturbed.query(BALANCES)
    assert torn.query(ENTRIES) == undisturbed.query(ENTRIES)
    assert torn.ask("audit", "verify")["ok"]


def test_a_torn_distribution_is_finished_without_paying_twice(
    office: Callable[[], Office], registers: Path, undisturbed: Office
) -> None:
    torn = office()
    take_in(torn, registers, "units", "deposits", "bank-gains")

    def begun(cursor: Any) -> bool:
        cursor.execute("select count(*) from log.events where topic = 'interest-accrued'")
        return bool(cursor.fetchone()[0])

    torn.kill_when(begun, "lock table log.events in share mode", *DISTRIBUTE)

    accrued = "select count(*) from log.events where topic = 'interest-accrued'"
    ((done,),) = torn.query(accrued)
    assert 0 < done < BUILDINGS
    answer = torn.ask(*DISTRIBUTE)
    assert answer["pool"] == "123456.78"
    assert torn.query(accrued) == [(BUILDINGS,)]
    assert torn.query("select count(*) from log.events where topic = 'gains-distributed'") == [(1,)]
    assert torn.query(BALANCES) == undisturbed.query(BALANCES)
    assert torn.query(ENTRIES) == undisturbed.query(ENTRIES)
    assert torn.ask("audit", "verify")["ok"]


def test_a_rebuild_killed_on_its_way_leaves_the_tables_and_can_be_repeated(undisturbed: Office) -> None:
    before = undisturbed.query(BALANCES)

    undisturbed.kill_when(lambda _: True, "lock table read.checkpoints in share mode", "rebuild")

    assert undisturbed.query(LEFT_OVER) != [(0,)]
    assert undisturbed.query(BALANCES) == before
    assert undisturbed.ask("rebuild", "--check")["ok"]
    assert undisturbed.ask("rebuild")["ok"]
    assert undisturbed.query(BALANCES) == before
    assert undisturbed.query(LEFT_OVER) == [(0,)]


def test_a_hand_over_killed_half_way_moved_nothing_and_moves_all_when_repeated(
    office: Callable[[], Office], registers: Path, tmp_path: Path
) -> None:
    torn = office()
    take_in(torn, registers, "units", "deposits")
    form = {
        "buildings": [f"B{number:05d}" for number in range(HANDED_OVER)],
        "noticed_on": "2020-01-02",
        "handed_on": "2020-01-10",
        "assembly": "一小区业主大会",
    }
    (tmp_path / "form.json").write_text(json.dumps(form), encoding="utf-8")
    hand_over = ("record", "hand-over", str(tmp_path / "form.json"), "--key", "h1")
    before, balances = torn.query("select count(*), max(position) from log.events"), torn.query(BALANCES)

    torn.kill_when(lambda _: True, "lock table log.requests in share mode", *hand_over)

    assert torn.query("select count(*), max(position) from log.events") == before
    done = torn.ask(*hand_over)
    assert len(done["events"]) == HANDED_OVER
    assert torn.ask(*hand_over) == done
    assert torn.query(BALANCES) == [
        (*row[:3], 0, 0) if row[0] in form["buildings"] else row for row in balances
    ]
    assert torn.ask("audit", "verify")["ok"]
