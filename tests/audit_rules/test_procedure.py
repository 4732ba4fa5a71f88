"""I22, I24, I26, I28, I29, I48, I51: the steps of a project, their dates, and who took them."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audit.rules import passing
from ledger.money import split
from ledger.policy import load

from .conftest import UNITS, VOTE

C = "532301"
WHERE = f"{C} E1 P2"


def versions(project, *numbers):
    return tuple(f"repair/{C}/{project}@{number}" for number in numbers)


def emergency(ledger, **facts):
    """An emergency with neither vote nor notice: proposed 1, approved 2, started 3, paid 4 and 5."""
    return ledger.repair("P2", **{"emergency": True, "voted": None, "noticed": None} | facts)


def undo(ledger):
    """Reverse both payments of P2: events 6 and 7 of B1, after its own three and the two of P1."""
    for version, amount in ((6, 50_011), (7, 60_013)):
        shares = zip(UNITS, split(amount, list(UNITS.values())), strict=True)
        lines = [(line, unit, "withdrawal", share) for line, (unit, share) in enumerate(shares)]
        ledger.reverse(f"building/B1@{version}", *lines)


# I22 应急


def test_an_emergency_in_order_needs_neither_vote_nor_notice(ledger):
    emergency(ledger)
    assert ledger.found() == []


def test_an_emergency_that_starts_on_the_thirtieth_day_is_in_time(ledger):
    emergency(ledger, started="2015-03-31")
    assert ledger.found() == []


def test_an_emergency_that_starts_a_day_later_is_not(ledger):
    emergency(ledger, started="2015-04-01")
    assert ledger.found() == [("I22", WHERE, "1100.24", versions("P2", 1, 3))]


def test_without_a_start_the_first_payment_counts(ledger):
    emergency(ledger, started=None, accepted="2015-04-10", approved="2015-03-20")
    assert ledger.found() == [("I22", WHERE, "1100.24", versions("P2", 1, 3, 4))]


# I24 保修期


@pytest.mark.parametrize(
    ("until", "evidence"),
    [
        ("2015-03-01", ()),
        ("2015-03-02", (1,)),
        ("2015-04-04", (1, 6)),
        ("2015-06-21", (1, 6, 7)),
        (None, ()),
    ],
)
def test_applied_or_paid_before_the_warranty_ended(ledger, until, evidence):
    ledger.building("B2", warranty_until=until)
    ledger.building("B3")
    for building in ("B2", "B3"):
        ledger.deposit(building)
    ledger.repair("P2", buildings=("B2", "B3"))
    expected = [("I24", WHERE, "1100.24", versions("P2", *evidence))] if evidence else []
    assert ledger.found() == expected


# I26 日期逻辑


def test_steps_on_one_day_are_in_order(ledger):
    same = "2015-04-01"
    ledger.repair(
        "P2", start=same, voted=same, noticed="2015-04-01", approved="2015-04-08", started="2015-04-08"
    )
    assert ledger.found() == []


def test_every_inversion_of_a_project_is_in_one_finding(ledger):
    ledger.repair("P2", applied="2015-03-30", accepted="2015-03-30")
    assert ledger.found() == [("I26", WHERE, "1100.24", versions("P2", 1, 2, 3, 4, 5, 8))]
    message = ledger.findings()[0].message
    assert "表决（2015-03-10）早于申请（2015-03-30）" in message
    assert "验收（2015-03-30）早于开工（2015-03-31）" in message
    assert message.count("早于") == 4


def test_missing_steps_invert_nothing(ledger):
    ledger.repair("P2", applied=None, started=None)
    assert ledger.found() == []


def test_an_emergency_may_vote_and_post_afterwards(ledger):
    ledger.repair("P2", emergency=True, voted="2015-05-01", noticed="2015-05-02")
    assert ledger.found() == []


# I28 公示


def test_a_notice_of_seven_days_is_long_enough(ledger):
    ledger.repair("P2", approved="2015-03-19")
    assert ledger.found() == []


def test_a_notice_of_six_days_is_not(ledger):
    ledger.repair("P2", approved="2015-03-18")
    assert ledger.found() == [("I28", WHERE, "1100.24", versions("P2", 3, 4, 6, 7))]
    assert "相隔 6 天，不足 7 天" in ledger.findings()[0].message


def test_no_notice_at_all(ledger):
    ledger.repair("P2", noticed=None)
    assert ledger.found() == [("I28", WHERE, "1100.24", versions("P2", 3, 5, 6))]


def test_without_an_approval_the_first_payment_counts(ledger):
    ledger.repair("P2", approved=None, noticed="2015-03-28")
    assert ledger.found() == [("I28", WHERE, "1100.24", versions("P2", 3, 5, 6))]


# I29 未经同意


def test_two_thirds_of_all_pass_before_2021(ledger):
    ledger.repair("P2", vote=VOTE | {"agreed_area_dm2": 20789, "agreed_households": 2})
    assert ledger.found() == []


@pytest.mark.parametrize(
    "figures",
    [
        {"agreed_area_dm2": 20788},
        {"agreed_households": 1},
        {"agreed_households": None},
        {"total_area_dm2": None},
        {"agreed_households": 4},
    ],
)
def test_a_vote_that_failed_or_lacks_figures(ledger, figures):
    ledger.repair("P2", vote=VOTE | figures)
    assert ledger.found() == [("I29", WHERE, "1100.24", versions("P2", 2, 6, 7))]


def test_no_vote_at_all(ledger):
    ledger.repair("P2", voted=None)
    assert ledger.found() == [("I29", WHERE, "1100.24", versions("P2", 5, 6))]


@pytest.mark.parametrize(
    ("figures", "passed"),
    [
        ((20789, 2, 10395, 2), True),
        ((20788, 2, 20788, 2), False),
        ((20790, 2, 10395, 2), False),
        ((31183, 2, 31183, 1), False),
        ((None, 3, 31183, 3), False),
    ],
)
def test_from_2021_two_thirds_take_part_and_over_half_of_them_agree(ledger, figures, passed):
    names = ("present_area_dm2", "present_households", "agreed_area_dm2", "agreed_households")
    ledger.repair("P2", start="2021-03-01", vote=VOTE | dict(zip(names, figures, strict=True)))
    found = [] if passed else [("I29", WHERE, "1100.24", versions("P2", 2, 6, 7))]
    assert ledger.found() == found


def test_a_vote_after_a_payment_does_not_cover_it(ledger):
    ledger.repair("P2", voted="2015-04-04", noticed=None, approved=None, started=None)
    assert ledger.found("I29") == [("I29", WHERE, "500.11", versions("P2", 2, 3))]


COUNT = st.none() | st.integers(0, 12)


@settings(max_examples=200)
@given(when=st.sampled_from(load().votes), total=COUNT, present=COUNT, agreed=COUNT)
def test_the_recount_agrees_with_the_rule_as_the_policy_states_it(when, total, present, agreed):
    assume(None in (total, agreed) or agreed <= total)
    assert (passing.shortfall(when, total, present, agreed) is None) == when.passed(total, present, agreed)


# I48 尾款


def test_a_final_payment_on_the_day_of_acceptance(ledger):
    ledger.repair("P2", accepted="2015-06-20")
    assert ledger.found() == []


def test_a_final_payment_the_day_before(ledger):
    ledger.repair("P2", accepted="2015-06-21")
    assert ledger.found() == [("I48", WHERE, "600.13", versions("P2", 7, 8))]


def test_a_final_payment_without_acceptance(ledger):
    ledger.repair("P2", accepted=None)
    assert ledger.found() == [("I48", WHERE, "600.13", versions("P2", 7))]


def test_a_final_payment_that_was_reversed(ledger):
    ledger.repair("P2", accepted=None)
    undo(ledger)
    assert ledger.found() == []


# I51 岗位分离


def test_handler_and_approver_are_the_same_person(ledger):
    ledger.repair("P2", approver="p-handler")
    assert ledger.found() == [("I51", WHERE, "1100.24", versions("P2", 1, 4))]


def test_nobody_on_record_is_nobody_twice(ledger):
    ledger.repair("P2", handler=None, approver=None)
    assert ledger.found() == []
