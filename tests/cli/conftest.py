"""The ``fund`` command over a fresh database: arguments in; status, standard output and error out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.main import run


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
