"""A repair payment is reversed whole, with every withdrawal that follows from it, once."""

from datetime import date

import pytest
from msgspec.structs import replace

from audit.replay import replay
from audit.verify import consistency
from ledger.commands import HandOver, RecordRepair, RepairPayment, ReturnRepairMoney, ReverseEntry
from ledger.events import EntryReversed, PaymentReversed, ReversalLine

from .leaving import refused, refused_once

PAID_IN = date(2012, 5, 1)
FIRST = date(2015, 4, 1)
FINAL = date(2015, 8, 1)
PROJECT = "repair/532301/P1"
RETURNED = "repair-money-returned"
BACK = ReverseEntry(stream=PROJECT, version=2, reason="付错单位")


def repair(*payments):
    return RecordRepair(
        project="P1",
        county="532301",
        estate="E1",
        buildings=("B1", "B2"),
        object="电梯",
        content="更换",
        emergency=False,
        budget_fen=900,
        applied_on=date(2015, 3, 1),
        payments=tuple(
            RepairPayment(stage=stage, amount_fen=amount, paid_on=on) for stage, amount, on in payments
        ),
    )


@pytest.fixture
def paid(office):
    """Two buildings of one unit each paid 300 (event 2) and 101 (event 3) of a repair by halves."""
    for code in ("B1", "B2"):
        office.register(code, {"1": 50})
        office.execute(office.deposit(code, "1", 1_000, PAID_IN))
    office.execute(repair(("first", 300, FIRST), ("final", 101, FINAL)))
    assert office.balances("B1", "B2") == {("B1", "1"): (799, 0), ("B2", "1"): (800, 0)}
    return office


def test_the_project_and_every_building_take_it_back_in_one_append(paid, live):
    done = paid.execute(BACK, recording=live)
    assert done.events == ("building/B1@6", "building/B2@6", f"{PROJECT}@4")
    event = paid.events(PROJECT)[-1]
    assert isinstance(event, PaymentReversed)
    assert (event.version, event.amount_fen, event.value_date) == (2, -300, FIRST)
    back = paid.building_events("B1")[-1]
    assert isinstance(back, EntryReversed)
    assert (back.version, back.value_date, back.reason) == (4, FIRST, "付错单位")
    assert back.lines == (ReversalLine(line=0, unit="1", kind="withdrawal", principal_fen=150),)
    assert paid.balances("B1", "B2") == {("B1", "1"): (949, 0), ("B2", "1"): (950, 0)}


@pytest.mark.parametrize("recording", ["live", "history"])
def test_once_and_whole_and_for_a_reason(paid, request, recording):
    said = request.getfixturevalue(recording)
    assert refused(paid, said, replace(BACK, reason=" ")) == ["reason-missing"]
    assert refused(paid, said, replace(BACK, lines=(1,))) == ["lines-partial"]
    assert refused(paid, said, replace(BACK, version=9)) == ["entry-unknown"]
    assert refused(paid, said, replace(BACK, version=1)) == ["not-reversible"]
    paid.execute(replace(BACK, lines=(0,)), recording=said)
    assert refused(paid, said, BACK) == ["already-reversed"]
    assert refused(paid, said, BACK, replace(BACK, version=3)) == ["already-reversed"]


def test_a_refused_reversal_leaves_one_refusal(paid, live):
    paid.execute(BACK)
    assert refused_once(paid, live, BACK) == ["already-reversed"]


def test_both_payments_in_one_batch(paid, live):
    paid.execute(BACK, replace(BACK, version=3), recording=live)
    assert paid.balances("B1", "B2") == {("B1", "1"): (1_000, 0), ("B2", "1"): (1_000, 0)}


def test_a_withdrawal_alone_is_not_reversed(paid, live, history):
    alone = ReverseEntry(stream="building/B1", version=4, reason="录错")
    for recording in (live, history):
        with pytest.raises(Exception, match="请冲正项目的付款"):
            paid.execute(alone, recording=recording)


RETURN = ReturnRepairMoney(
    project="P1",
    county="532301",
    payment=f"{PROJECT}@2",
    returned_on=date(2015, 5, 1),
    amount_fen=100,
    reason="多付",
)


def test_money_that_came_back_is_reversed_before_its_payment(paid, live, history):
    paid.execute(RETURN)
    assert paid.balances("B1", "B2") == {("B1", "1"): (849, 0), ("B2", "1"): (850, 0)}
    assert refused_once(paid, live, BACK) == ["return-stands"]
    assert refused(paid, history, BACK) == ["return-stands"]
    (version,) = [at for at, event in enumerate(paid.events(PROJECT), 1) if event.TOPIC == RETURNED]
    back = replace(BACK, version=version)
    paid.execute(back, recording=live)
    event = paid.events(PROJECT)[-1]
    assert (event.returned, event.amount_fen, event.value_date) == (True, -100, date(2015, 5, 1))
    assert paid.balances("B1", "B2") == {("B1", "1"): (799, 0), ("B2", "1"): (800, 0)}
    assert refused(paid, live, back) == ["already-reversed"]
    paid.execute(BACK, recording=live)
    assert paid.balances("B1", "B2") == {("B1", "1"): (949, 0), ("B2", "1"): (950, 0)}
    assert list(consistency(replay(paid.memory))) == []


def test_what_came_back_on_a_building_alone_is_not_reversed(paid, live, history):
    paid.execute(RETURN)
    alone = ReverseEntry(stream="building/B1", version=6, reason="录错")
    for recording in (live, history):
        with pytest.raises(Exception, match="请冲正项目的退回"):
            paid.execute(alone, recording=recording)


def test_money_that_is_out_of_our_custody_does_not_come_back(paid, live, history):
    paid.execute(
        HandOver(buildings=("B1", "B2"), noticed_on=FINAL, handed_on=date(2015, 8, 20), assembly="业主大会"),
        recording=live,
    )
    assert refused_once(paid, live, BACK) == ["custody-out"]
    paid.execute(BACK, recording=history)
    assert paid.balances("B1")["B1", "1"] == (150, 0)


def test_the_project_goes_on(paid, history):
    """A day that stood in for a missing one is only that of payments that stand."""
    paid.execute(BACK)
    paid.execute(repair(("first", 300, FINAL)), recording=history)
    assert paid.balances("B1", "B2") == {("B1", "1"): (799, 0), ("B2", "1"): (800, 0)}


def test_two_officers_reverse_at_the_same_moment(paid, new_office, live):
    class Rival:
        """A log before which another officer acts once, just when we append."""

        def __init__(self, log):
            self.log, self.done = log, False

        def __getattr__(self, name):
            return getattr(self.log, name)

        def append(self, *args, **more):
            if not self.done:
                self.done = True
                paid.execute(BACK)
            return self.log.append(*args, **more)

    ours = new_office(Rival(paid.memory))
    assert refused(ours, live, BACK) == ["already-reversed"]
    assert paid.balances("B1")["B1", "1"] == (949, 0)
