"""For every rule: refused live, one event more and nothing else changed; as history recorded and found."""

import pytest

from ledger.commands import Recording
from ledger.errors import Refused
from ledger.events import CommandRefused

from . import books, leaving, money, repairs, steps
from .case import Desk, stated_refusals, watch

CASES = {
    rule: case
    for room in (books, money, leaving, steps, repairs)
    for rule, case in room.CASES.items()
}  # fmt: skip
"""By rule, code and, where there are several, what they tell apart: ``in_order step-missing: vote``."""
HISTORY = Recording(actor="clerk", origin="history")


def rule_and_code(name):
    rule, code = name.partition(":")[0].split()
    return rule, code


def given(case):
    desk = Desk(case.strict)
    desk.take(*case.given, recording=HISTORY)
    return desk


@pytest.fixture(scope="module")
def audited():
    """What the audit says of a desk; many cases begin with the same events, which are read once."""
    known = {}

    def found(desk):
        asked = (desk.policy.version, *desk.everything())
        if asked not in known:
            known[asked] = desk.audited()
        return known[asked]

    return found


def test_every_code_of_every_rule_has_its_case():
    assert {rule_and_code(name) for name in CASES} == set(stated_refusals())


def test_no_case_of_one_room_hides_one_of_another():
    assert sum(len(room.CASES) for room in (books, money, leaving, steps, repairs)) == len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_live_is_refused_and_leaves_one_event(name, monkeypatch):
    case = CASES[name]
    desk = given(case)
    before, states = desk.everything(), desk.states()
    yielded = watch(monkeypatch)
    with pytest.raises(Refused) as caught:
        desk.take(case.when, recording=Recording(actor=case.actor))
    refusals = caught.value.refusals
    assert tuple(found.code for found in refusals) == case.codes
    assert rule_and_code(name) in yielded
    assert all(found.basis for found in refusals)
    assert desk.everything()[: len(before)] == before
    ((stream, version, _),) = desk.everything()[len(before) :]
    (kept,) = desk.log.events(stream)
    assert isinstance(kept, CommandRefused)
    assert (stream.partition("/")[0], version, kept.origin, kept.actor) == (
        "refusal",
        1,
        "live",
        case.actor,
    )
    assert kept.command.replace("-", "") == type(case.when).__name__.lower()
    assert kept.subject
    assert (kept.codes, kept.messages) == (case.codes, tuple(found.message for found in refusals))
    assert desk.states() == states


@pytest.mark.parametrize("name", CASES)
def test_history_is_recorded_and_found(name, audited):
    case = CASES[name]
    desk = given(case)
    before, known = desk.everything(), audited(desk)
    desk.take(case.when, recording=HISTORY)
    assert len(desk.everything()) > len(before)
    new = {(rule, message) for rule, message, _ in desk.audited() - known}
    if case.silent:
        assert case.found == ""
        assert new == set()
    else:
        assert [rule for rule, message in new if rule == case.found and case.said in message], new
