"""A ledger in order has no findings, and every rule says what it is."""

import re

from audit.findings import SEVERITIES, registered, run
from audit.replay import replay
from ledger import events as on
from ledger.policy import load

from .conftest import COUNTY

NUMBERS = (
    1, 7, 8, 9, 11, 12, 13, 14, 15, 17, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 35, 37, 38,
    39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 51, 53,
)  # fmt: skip

CONTROLS = ("C21", "C22", "C23")
"""Rules that no row of the catalogue of irregularities names."""


def test_a_ledger_in_order_has_no_findings(ledger):
    assert ledger.findings() == []


def test_an_empty_log_has_no_findings(empty):
    assert empty.findings() == []


def test_every_rule_is_registered_with_its_metadata():
    rules = [found.rule for found in registered()]
    assert [rule.id for rule in rules] == [*CONTROLS, *(f"I{number:02d}" for number in NUMBERS)]
    for rule in rules:
        assert re.search(r"[一-鿿]", rule.title)
        assert re.search(r"165号令|内控|民法典|民事诉讼法", rule.basis)
        assert rule.severity in SEVERITIES
        assert rule.advice.endswith("。")


def test_deposits_alone_are_in_order(empty):
    empty.building("B1")
    empty.deposit("B1")
    assert empty.findings() == []


def test_gains_alone_are_in_order(empty):
    empty.gain(1, "2010-01-01")
    assert empty.findings() == []


def test_a_project_without_money_is_judged_by_its_papers(ledger):
    ids = ledger.repair(
        "P2",
        payments=(),
        handler="p-1",
        approver="p-1",
        noticed=None,
        voted=None,
        accepted=None,
        settled=None,
    )
    assert ledger.found() == [
        ("I29", "532301 E1 P2", "0.00", (ids[1],)),
        ("I51", "532301 E1 P2", "1200.37", (ids[0], ids[1])),
        ("I28", "532301 E1 P2", "1200.37", (ids[1],)),
    ]


def test_a_finding_keeps_its_name_while_its_evidence_grows(ledger):
    ledger.building("B2", {"101": 10000, "102": 10000})
    ledger.deposit("B2", receipts={"101": "00000001"})
    before = ledger.findings()
    ledger.deposit("B2", {"102": 5}, kind="top-up", receipts={"102": "00000001"})
    after = ledger.findings()
    assert [finding.id for finding in after] == [finding.id for finding in before]
    assert len(after[0].events) == len(before[0].events) + 1


def test_findings_of_one_county_only(ledger):
    ledger.building("B2", {"101": 10000}, county="532322", estate="E2")
    ledger.deposit("B2", on_day="2012-01-01", receipts={"101": None})
    ledger.repair("P2", approver="p-handler")
    found = run(replay(ledger.log), load(), county="532322")
    assert [(finding.rule, finding.county) for finding in found] == [("I38", "532322")]


def test_money_nobody_registered_does_not_stop_the_audit(ledger):
    """Logs that the write side would never make: the audit reads what is there."""
    ledger.areas["B9"] = {"101": 10000, "102": 10000}
    bare = ledger.deposit("B9", receipts={"101": None})
    ledger.areas["B8"] = {"101": 10000}
    payment = (("final", 700, "2015-04-03", {"payee": None, "invoice_no": "1"}),)
    ids = ledger.repair("P9", buildings=("B8",), payments=payment)
    ledger.append(
        f"repair/{COUNTY}/P0", on.RepairPaid, "2015-05-01", stage="final", amount_fen=9, buildings=()
    )
    assert {(rule, events) for rule, _, _, events in ledger.found()} >= {
        ("I38", (bare,)),
        ("I43", ("building/B8@1",)),
        ("I48", (ids[5], ids[6])),
    }
