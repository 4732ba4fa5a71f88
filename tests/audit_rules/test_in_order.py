"""A ledger in order has no findings, and every rule says what it is."""

import re

from audit.findings import SEVERITIES, registered

EXPECTED = ("I01 I07 I11 I17 I21 I22 I23 I24 I26 I28 I29 I30 I31 I38 I43 I44 I47 I48 I49 I51").split()


def test_a_ledger_in_order_has_no_findings(ledger):
    assert ledger.findings() == []


def test_an_empty_log_has_no_findings(empty):
    assert empty.findings() == []


def test_every_rule_is_registered_with_its_metadata():
    rules = [found.rule for found in registered()]
    assert [rule.id for rule in rules] == EXPECTED
    for rule in rules:
        assert re.search(r"[一-鿿]", rule.title)
        assert re.search(r"165号令|内控|民法典", rule.basis)
        assert rule.severity in SEVERITIES
        assert rule.advice.endswith("。")
