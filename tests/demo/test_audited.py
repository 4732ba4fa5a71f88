"""The demonstration through the ledger and the audit: totals to the fen, and exactly the planted findings."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import demo
from audit import findings
from audit.replay import Replay, replay
from ledger import policy
from ledger.application import Application
from ledger.commands import Recording
from ledger.registers import import_files
from ledger.store.memory import MemoryLog

from .conftest import PartiesInMemory

UNPLANTED = {
    "C21", "C22", "C23", "I08", "I09", "I12", "I13", "I14", "I15", "I19", "I25", "I27", "I32", "I33", "I35",
    "I37", "I39", "I40", "I41", "I42", "I45", "I46", "I53",
}  # fmt: skip
"""The prefecture has kept this ledger from its first deposit on: there is no opening balance; nothing was
given back, changed hands, left or was destroyed by the end of 2019; no bank statements, designated accounts
or closings are among its registers, and none holds ballots (I19), reviews (I27) or who else is liable
(I25); every unit has an owner (I41); every project is of one estate and shared by the ledger (I42); and no
register records the sale of public housing (I39), lots, petty cash or other expense (I12 to I15); no unit
was split or frozen (C21, C22); and interest is shared from the pool, at no rate (C23)."""


def record(plan: demo.Plan) -> Replay:
    """Import, distribute and replay, as ``fund demo`` does, but in memory."""
    log, parties = MemoryLog(), PartiesInMemory()
    application = Application(log, policy.load(), lambda: datetime(2020, 1, 6, tzinfo=UTC))
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
    return replay(log)


def subjects(found: list[findings.Finding] | list[demo.Case]) -> Counter[tuple[str | None, ...]]:
    return Counter(
        (item.rule, item.county, item.estate, item.building, item.unit, item.project) for item in found
    )


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "scale"), [(1, "0.01"), (2, "0.01"), (3, "0.03"), (1, "0.1")])
def test_the_audit_finds_what_is_planted_and_nothing_else(seed: int, scale: str, tmp_path: Path) -> None:
    plan = demo.generate(tmp_path, seed=seed, scale=scale, workers=1)
    replayed = record(plan)
    money = dict(
        replayed.entries.group_by("kind")
        .agg(pl.col("principal_fen").sum() + pl.col("interest_fen").sum())
        .iter_rows()
    )
    assert money["deposit"] == plan.totals.deposits
    assert replayed.gains["amount_fen"].sum() == plan.totals.growth
    assert -money["withdrawal"] == plan.totals.withdrawn
    assert subjects(findings.run(replayed, policy.load())) == subjects(plan.cases)


def test_every_rule_of_the_audit_is_planted(small: demo.Plan) -> None:
    assert {case.rule for case in small.cases} == {rule.rule.id for rule in findings.registered()} - UNPLANTED
