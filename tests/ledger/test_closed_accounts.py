"""Closed accounts and distributions: torn ones are finished as they were fixed, and shares add up."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from audit.replay import replay
from audit.verify import consistency
from ledger.commands import DestroyBuilding, HandOver, Recording, ReturnCustody, ReverseEntry
from ledger.entries import entries

from .leaving import refused, refused_once
from .test_destruction import pay
from .test_distribution import StoppingLog, TornError

PAID_IN = date(2012, 1, 1)
THROUGH = date(2012, 12, 31)
LOST = date(2013, 6, 1)
DESTROY = DestroyBuilding(building="B1", destroyed_on=LOST, document="灭失证明")


@pytest.fixture
def torn(office, new_office):
    """Two buildings share 100 by halves; the distribution is fixed, and no building has it yet."""
    for code in ("B1", "B2"):
        office.register(code, {"1": 50})
        office.execute(office.deposit(code, "1", 1_000, PAID_IN))
    office.execute(office.gains(100, on=THROUGH))
    stopped = new_office(StoppingLog(office.memory, 1))
    with pytest.raises(TornError):
        stopped.distribute(THROUGH)
    return office


def test_live_a_torn_distribution_is_finished_first(torn, live):
    assert refused_once(torn, live, DESTROY) == ["gains-undistributed"]
    torn.distribute(THROUGH)
    torn.execute(DESTROY, recording=live)
    assert torn.building_events("B1")[-1].lines[0].interest_fen == 50


def test_what_a_torn_distribution_fixed_is_credited_also_to_a_building_destroyed_since(torn, live, history):
    torn.execute(DESTROY, recording=history)
    torn.distribute(THROUGH)
    assert torn.balances("B1", "B2") == {("B1", "1"): (0, 50), ("B2", "1"): (1_000, 50)}
    torn.execute(DESTROY, recording=live)
    assert torn.balances("B1")["B1", "1"] == (0, 0)
    assert list(consistency(replay(torn.memory))) == []


def test_of_two_officers_at_the_same_moment_one_pays(office, new_office, live):
    class Rival:
        """A log before which another officer acts once, just when we append."""

        def __init__(self, log):
            self.log, self.done = log, False

        def __getattr__(self, name):
            return getattr(self.log, name)

        def append(self, *args, **more):
            if not self.done:
                self.done = True
                office.execute(payment, recording=live)
            return self.log.append(*args, **more)

    office.register("B1", {"101": 50})
    office.execute(office.deposit("B1", "101", 1_000, PAID_IN), DESTROY)
    payment = pay((0, 1_000), obligation="building/B1@4", payee_ref="p", reason="委托")
    assert refused(new_office(Rival(office.memory)), live, payment) == ["obligation-paid"]
    (owed,) = office.application.buildings(["B1"])["B1"].standing.owed.values()
    assert owed.left_fen == 0


STEPS = st.lists(
    st.sampled_from(["deposit", "destroy", "restore", "out", "in", "recall", "gain"]), min_size=1, max_size=14
)


@settings(deadline=None, max_examples=20)  # each example is audited
@given(STEPS, st.integers(1, 10**6))
def test_pools_are_shared_whole_and_audited_the_same_whatever_left_between(new_office, steps, pool):
    """Random endings and beginnings of B1 beside B2, with a distribution after each gain."""
    office, history = new_office(), Recording(actor="o", origin="history")
    for code in ("B1", "B2"):
        office.register(code, {"1": 50, "2": 70})
        office.execute(office.deposit(code, "1", 10_007, PAID_IN))
    shared = 0
    for year, step in enumerate(steps, 2013):
        day = date(year - 1, 7, 1)
        commands = {
            "deposit": lambda on=day: office.deposit("B1", "2", 501, on),
            "destroy": lambda on=day: replace(DESTROY, destroyed_on=on),
            "out": lambda on=day: HandOver(buildings=("B1",), handed_on=on, assembly="业主大会"),
            "in": lambda on=day: ReturnCustody(buildings=("B1",), returned_on=on, lines=()),
            "restore": lambda: _last(office, "building-destroyed"),
            "recall": lambda: _last(office, "custody-transferred-out"),
        }
        if step == "gain":
            through = date(year - 1, 12, 31)
            office.execute(office.gains(pool, on=PAID_IN))
            office.distribute(through)
            shared += pool
            continue
        command = commands[step]()
        if command is not None and not office.application.judge([command], history):
            office.execute(command)
    held = sum(sum(money) for money in office.balances("B1", "B2").values())
    moved = sum(
        entry.principal_fen + entry.interest_fen
        for code in ("B1", "B2")
        for event in office.building_events(code)
        for entry in entries(event)
        if entry.kind != "interest"
    )
    assert held - moved == shared
    assert list(consistency(replay(office.memory))) == []


def _last(office, topic):
    """The reversal of the last event of a topic."""
    versions = [at for at, event in enumerate(office.building_events("B1"), 1) if topic == event.TOPIC]
    return ReverseEntry(stream="building/B1", version=versions[-1], reason="更正") if versions else None
