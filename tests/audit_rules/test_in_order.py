"""A ledger in order has no findings, and every rule says what it is."""

import re

from audit.findings import SEVERITIES, registered

NUMBERS = (1, 7, 11, 17, 21, 22, 23, 24, 26, 28, 29, 30, 31, 38, 43, 44, 47, 48, 49, 51)


def test_a_ledger_in_order_has_no_findings(ledger):
    assert ledger.findings() == []


def test_an_empty_log_has_no_findings(empty):
    assert empty.findings() == []


def test_every_rule_is_registered_with_its_metadata():
    rules = [found.rule for found in registered()]
    assert [rule.id for rule in rules] == [f"I{number:02d}" for number in NUMBERS]
    for rule in rules:
        assert re.search(r"[一-鿿]", rule.title)
        assert re.search(r"165号令|内控|民法典", rule.basis)
        assert rule.severity in SEVERITIES
        assert rule.advice.endswith("。")
