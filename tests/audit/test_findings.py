"""Findings: a name that stays while evidence grows, and an order that puts the gravest first."""

from audit.findings import Rule, registered, run
from audit.replay import replay
from ledger import policy
from ledger.store.memory import MemoryLog

RULE = Rule(id="I99", title="题", basis="第1条", severity="high", advice="查")
SUBJECT = {"county": "532301", "estate": "E1", "building": "B1", "unit": "101", "area_dm2": 5}


def test_a_finding_says_who_how_much_and_why():
    found = RULE.finding(SUBJECT, amount_fen=12345, events=["s@1", "s@2", "s@1"], message="说明")
    assert (found.rule, found.title, found.basis, found.severity, found.advice) == (
        "I99",
        "题",
        "第1条",
        "high",
        "查",
    )
    assert (found.county, found.estate, found.building, found.unit, found.project) == (
        "532301",
        "E1",
        "B1",
        "101",
        None,
    )
    assert (found.amount, found.events, found.message) == ("123.45", ("s@1", "s@2"), "说明")


def test_its_id_stays_when_evidence_grows():
    early = RULE.finding(SUBJECT, amount_fen=1, events=["s@1"], message="一")
    later = RULE.finding(SUBJECT, amount_fen=2, events=["s@1", "s@2"], message="二")
    assert early.id == later.id == "I99-" + early.id[4:]


def test_other_subjects_and_other_keys_have_other_ids():
    def id_of(subject, key=""):
        return RULE.finding(subject, amount_fen=1, events=[], message="", key=key).id

    ids = {
        id_of(SUBJECT),
        id_of(SUBJECT | {"unit": "102"}),
        id_of(SUBJECT | {"unit": None, "project": "101"}),
        id_of(SUBJECT, "receipt 1"),
        id_of(SUBJECT, "receipt 2"),
    }
    assert len(ids) == 5


def test_every_rule_file_bears_the_number_of_its_rule():
    rules = [found.rule for found in registered()]
    assert [rule.id for rule in rules] == sorted({rule.id for rule in rules})
    assert {"I01", "I43", "I51"} <= {rule.id for rule in rules}


def test_an_empty_log_has_no_findings():
    assert run(replay(MemoryLog()), policy.load()) == []


def test_the_gravest_come_first_and_a_county_may_be_asked_for(busy):
    replayed = replay(busy(5).log)
    found = run(replayed, policy.load())
    severities = [finding.severity for finding in found]
    assert len(set(severities)) > 1
    assert severities == sorted(severities, key=["high", "medium", "low"].index)
    assert run(replayed, policy.load(), "532301") == found
    assert run(replayed, policy.load(), "532322") == []
