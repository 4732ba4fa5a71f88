"""Importing (导入): a register of deposits, from file to committed events.

The raw baseline reads the same file with calamine and copies the same bytes into a table: what any importer
must do at least.
"""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from bench.figures import Figure, figure, interleaved
from ledger import policy
from ledger.application import Application
from ledger.calendar import now
from ledger.registers import import_files
from ledger.store.bridge import EventLog
from ledger.store.parties import Parties, load_key

_UNITS_A_BUILDING = 25
_UNITS = "区县代码 资金类型 小区编码 小区名称 管理方式 楼幢编码 幢号 电梯 层数 户号 用途 建筑面积 业主姓名"
_DEPOSITS = "楼幢编码 户号 资金归属 交存类型 交存金额 入账日期 票据号 银行流水号 收款账号 交款人"


def measure(engine: Engine, rows: int, rounds: int) -> list[Figure]:
    """Deposit rows a second, each round another register of as many rows into the same units."""
    with TemporaryDirectory(dir="var") as folder:
        place = Path(folder)
        application = Application(EventLog(engine), policy.load(), now)
        parties = Parties(engine, load_key(place))
        _import("units", _units(place, rows), application, parties)
        files = [_deposits(place, rows, number) for number in range(rounds)]
        waiting = iter(files)
        again = iter(files)
        rates = interleaved(
            {
                "raw": lambda: _raw(engine, next(again)),
                "ours": lambda: _import("deposits", next(waiting), application, parties),
            },
            rounds,
        )
    return [figure(f"import of {rows:,} deposit rows", rates, "ours", "raw", reach=1 / 5, go_for=1 / 2)]


def _import(kind: str, path: Path, application: Application, parties: Parties) -> int:
    done = import_files(
        kind, [path], application=application, parties=parties, history=True, dry_run=False, actor="bench"
    )
    if done.problems:
        raise RuntimeError(f"{path.name}: {done.problems[0]}")
    return done.accepted


def _raw(engine: Engine, path: Path) -> int:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    connection: Any = engine.raw_connection()
    try:
        with connection.cursor() as cursor:
            columns = ", ".join(f"c{number} text" for number in range(len(_DEPOSITS.split())))
            cursor.execute(f"create temporary table raw ({columns}) on commit drop")
            cursor.copy_expert("copy raw from stdin (format csv, header)", text)
            connection.commit()
    finally:
        connection.close()
    return len(rows) - 1


def _place(number: int) -> tuple[str, str]:
    return f"B{number // _UNITS_A_BUILDING:06d}", f"{number % _UNITS_A_BUILDING:04d}"


def _units(folder: Path, rows: int) -> Path:
    facts = ("532301", "商品住宅", "E0001", "小区", "专业物业")
    return _write(
        folder / "units.xlsx",
        _UNITS.split(),
        (
            (*facts, building, building, "有", 18, unit, "住宅", 100.0, f"业主{building}{unit}")
            for building, unit in map(_place, range(rows))
        ),
    )


def _deposits(folder: Path, rows: int, register: int) -> Path:
    start = date(2009, 1, 1) + timedelta(days=register)
    return _write(
        folder / f"deposits-{register}.xlsx",
        _DEPOSITS.split(),
        (
            (
                *_place(number),
                "业主",
                "首期",
                f"{9300 + number % 100}.00",
                (start + timedelta(days=number // 200)).isoformat(),
                f"{register:02d}{number:08d}",
                f"Y{register:02d}{number:010d}",
                "5300000000000001",
                "".join(("业主", *_place(number))),
            )
            for number in range(rows)
        ),
    )


def _write(path: Path, header: list[str], rows: Any) -> Path:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
    return path
