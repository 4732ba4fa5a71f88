"""The documents of the years after 2019, told to a log of their own: in order, once, and after a stop."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.problems import Failed
from cli.later import Teller
from demo import later
from demo.prefecture import PLACES
from demo.story import Ground
from ledger import policy
from ledger.application import Application, Outcome
from ledger.commands import Command, Recording, UndoImport
from ledger.store.memory import MemoryLog

from .conftest import PartiesInMemory

ESTATE = "53230100001"
GROUND = Ground(
    place=PLACES[0],
    estate=ESTATE,
    estate_name="龙湖苑",
    management="professional",
    accounts={"commodity": "2516532301010000019", "public": "2516532301020000019"},
    public_fen=0,
)


class Stopped(Exception):  # noqa: N818 - the name of the condition
    """The power went."""


class StoppedBeforeUndoing(Application):
    """An application that stops where an import is to be undone."""

    def execute(
        self, commands: Sequence[Command], recording: Recording, *, rows: Sequence[bytes] = ()
    ) -> Outcome:
        if isinstance(commands[0], UndoImport):
            raise Stopped
        return super().execute(commands, recording, rows=rows)


def clock() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


def teller(log: MemoryLog, parties: PartiesInMemory, kind: type[Application] = Application) -> Teller:
    known = policy.load()
    return Teller(kind(log, known, clock), parties, known, "demo")


def documents(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def topics(log: MemoryLog) -> list[str]:
    return [row.topic for batch in log.scan() for row in batch]


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """All documents but the settlement of a book that only the registers of the prefecture fill."""
    path, _ = later.write(GROUND, tmp_path, 1)
    lines = [line for line in path.read_text("utf-8").splitlines() if '"accrue"' not in line]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_all_money_is_dated_after_the_published_totals(told: Path) -> None:
    days = [
        value
        for document in documents(told)
        for key, value in document.get("body", {}).items()
        if key in ("value_date", "paid_on", "received_on", "refunded_on", "handed_on", "returned_on")
    ]
    assert len(days) > 30
    assert min(days) > "2019-12-31"
    assert max(days) < "2021-01-01"


def test_telling_again_adds_nothing(told: Path) -> None:
    log, parties = MemoryLog(), PartiesInMemory()
    teller(log, parties).tell(told)
    recorded = topics(log)
    assert recorded.count("command-refused") == 1
    assert recorded.count("import-undone") == 1
    teller(log, parties).tell(told)
    assert topics(log) == recorded


def test_a_stop_between_import_and_undo_is_made_up_for(told: Path) -> None:
    log, parties = MemoryLog(), PartiesInMemory()
    with pytest.raises(Stopped):
        teller(log, parties, StoppedBeforeUndoing).tell(told)
    stopped = topics(log)
    assert stopped.count("income-credited") == 2
    assert "import-undone" not in stopped
    teller(log, parties).tell(told)
    assert topics(log).count("income-credited") == 2
    assert topics(log).count("import-undone") == 1


def test_the_erased_owner_is_not_registered_again(told: Path) -> None:
    log, parties = MemoryLog(), PartiesInMemory()
    teller(log, parties).tell(told)
    people = parties.count
    teller(log, parties).tell(told)
    assert parties.count == people


def test_what_should_be_refused_must_be(told: Path) -> None:
    for index, document in enumerate(found := documents(told)):
        if document.get("refused"):
            found[index] = document | {"history": True}
    told.write_text("".join(json.dumps(document) + "\n" for document in found), "utf-8")
    with pytest.raises(Failed) as failed:
        teller(MemoryLog(), PartiesInMemory()).tell(told)
    assert failed.value.problem.code == "not-refused"
