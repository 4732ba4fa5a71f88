"""The ``fund`` command over a fresh database: arguments in; status, standard output and error out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.main import run
from tests.cli.papers import BUILDING, DEPOSITS, GAINS, UNITS, register


class Ended(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("FUND_HOME", str(tmp_path / "var"))
    (tmp_path / "var").mkdir()
    return tmp_path / "var"


@pytest.fixture
def fund(home, database, monkeypatch, capsys) -> Callable[..., Ended]:
    monkeypatch.setenv("FUND_DATABASE_URL", database.url)

    def command(*arguments: object) -> Ended:
        status = run([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return Ended(status, shown.out, shown.err)

    return command


@pytest.fixture
def files(tmp_path):
    """Three units of 89.31, 102.47 and 120.05 m², paid at 75 yuan/m², and a gain of 1,000.00."""
    areas = {"0101": "89.31", "0102": "102.47", "0201": "120.05"}
    paid = {"0101": "6698.25", "0102": "7685.25", "0201": "9003.75"}
    facts = ["532301", "商品住宅", "532301001", "鹿城小区", "专业物业", BUILDING, "1幢", "无", "6"]
    return {
        "units": register(
            tmp_path / "units.csv",
            UNITS,
            *([*facts, unit, "住宅", area, f"业主{unit}"] for unit, area in areas.items()),
        ),
        "deposits": register(
            tmp_path / "deposits.csv",
            DEPOSITS,
            *(
                [BUILDING, unit, "首期", amount, "2019-01-01", f"0000000{number}"]
                for number, (unit, amount) in enumerate(paid.items(), 1)
            ),
        ),
        "bank-gains": register(
            tmp_path / "gains.csv",
            GAINS,
            ["532301", "商品住宅", "6222", "2019-12-21", "活期利息", "1,000.00"],
        ),
    }
