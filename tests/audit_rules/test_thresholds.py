"""Thresholds are dated data: the period in force on the reference day counts."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from audit.findings import registered, run
from audit.replay import replay
from audit.rules.figures import Figures, Threshold
from ledger.policy import load


def policy_with(**periods):
    tables = dict(load().tables)
    tables["audit"] = dict(tables["audit"]) | periods
    return replace(load(), tables=tables)


def percent(since, figure):
    return {"valid_from": date.fromisoformat(since), "percent": figure, "mark": "custom", "source": "内控"}


@pytest.mark.parametrize(
    ("periods", "rules"),
    [
        ([percent("2008-02-01", 10), percent("2015-06-21", 50)], ["I30"]),
        ([percent("2015-06-20", 50), percent("2008-02-01", 10)], []),
        ([percent("2030-01-01", 10)], ["I30"]),
        ([percent("2030-01-01", 50)], []),
    ],
)
def test_the_period_in_force_on_the_reference_day_counts(ledger, periods, rules):
    ledger.repair("P2", budget=100_000, settled=120_000)
    assert [finding.rule for finding in run(replay(ledger.log), policy_with(I30=periods))] == rules


@pytest.mark.parametrize("wrong", [{}, {"percent": "ten"}, {"mark": "guess"}])
def test_a_period_without_its_figures_is_an_error(ledger, wrong):
    period = {"valid_from": date(2008, 2, 1), "mark": "custom", "source": "内控"} | wrong
    with pytest.raises(msgspec.ValidationError):
        run(replay(ledger.log), policy_with(I30=[period]))


def test_every_threshold_belongs_to_a_rule_and_names_its_source(ledger):
    figures = Figures(replay(ledger.log), load())
    rules = {found.rule.id for found in registered()}
    named = set(load().table("audit")) - {"version"}
    assert named <= rules
    for rule in named:
        assert figures.settings(rule, Threshold).source


def test_money_before_the_first_period_is_audited_too(empty):
    empty.building("B1", completed_on="1999-01-01", warranty_until=None)
    empty.deposit("B1", on_day="1999-06-30", receipts={"101": None})
    assert [finding.rule for finding in empty.findings()] == ["I38"]
