"""The demonstration through the ledger and the audit: totals to the fen, and exactly the planted findings."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import demo
from audit import findings
from audit.replay import replay
from cli.later import Teller
from demo.prefecture import END
from ledger import policy
from ledger.application import Application
from ledger.commands import Recording
from ledger.events import TOPICS
from ledger.registers import import_files
from ledger.store.memory import MemoryLog

from .conftest import PartiesInMemory

UNPLANTED = {"C23", "I13", "I42"}
"""The policy lets interest at rates exceed the gains (C23); the book that holds lots has much money only at a
larger scale (I13); every project is of one estate and shared by the ledger (I42)."""


def record(plan: demo.Plan) -> MemoryLog:
    """Import, distribute and replay, as ``fund demo`` does, but in memory."""
    log, parties = MemoryLog(), PartiesInMemory()
    application = Application(log, policy.load(), lambda: datetime(2026, 11, 23, tzinfo=UTC))
    for kind, paths in plan.files.items():
        done = import_files(
            kind,
            paths,
            application=application,
            parties=parties,
            history=True,
            dry_run=False,
            actor="demo",
        )
        assert done.problems == ()
        assert done.accepted == done.rows > 0
    for county, fund, through in plan.distributions:
        application.distribute(county, fund, through, Recording(actor="demo"))
    Teller(application, parties, policy.load(), "demo").tell(plan.later)
    return log


def subjects(found: list[findings.Finding] | list[demo.Case]) -> Counter[tuple[str | None, ...]]:
    return Counter(
        (item.rule, item.county, item.estate, item.building, item.unit, item.project) for item in found
    )


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "scale"), [(1, "0.01"), (2, "0.01"), (3, "0.03"), (1, "0.1")])
def test_the_audit_finds_what_is_planted_and_nothing_else(seed: int, scale: str, tmp_path: Path) -> None:
    plan = demo.generate(tmp_path, seed=seed, scale=scale, workers=1)
    log = record(plan)
    replayed = replay(log)
    published = replayed.entries.filter(pl.col("value_date") <= END)
    money = dict(
        published.group_by("kind")
        .agg(pl.col("principal_fen").sum() + pl.col("interest_fen").sum())
        .iter_rows()
    )
    assert money["deposit"] == plan.totals.deposits
    gains = replayed.gains.filter(pl.col("value_date") <= END)
    assert gains["amount_fen"].sum() == plan.totals.growth
    assert -money["withdrawal"] == plan.totals.withdrawn
    missing = {*TOPICS} - {row.topic for batch in log.scan() for row in batch} - {"demonstration-started"}
    assert missing == set()
    assert subjects(findings.run(replayed, policy.load())) == subjects(plan.cases)


def test_every_rule_of_the_audit_is_planted(small: demo.Plan) -> None:
    assert {case.rule for case in small.cases} == {rule.rule.id for rule in findings.registered()} - UNPLANTED
