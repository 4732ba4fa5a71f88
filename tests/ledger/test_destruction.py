"""A building is destroyed: its money is owed, then paid; live by the rules, as history as it happened."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger import application, deciding
from ledger.commands import (
    ChangeOwner,
    Command,
    CreditIncome,
    DestroyBuilding,
    NewUnit,
    ObligationPart,
    PayObligation,
    Recording,
    Refund,
    RefundDeposit,
    ReverseEntry,
    SplitUnit,
)
from ledger.events import (
    BuildingDestroyed,
    EntryReversed,
    ObligationLine,
    ObligationPaid,
    ObligationPaymentLine,
    ObligationPaymentReversed,
    ObligationReversalLine,
)
from ledger.handlers.handler import Handler
from ledger.identity import building_stream
from ledger.income import decide_income

from .leaving import refused, refused_once

PAID_IN = date(2012, 5, 1)
T1 = date(2012, 12, 31)
LOST = date(2020, 3, 1)
AFTER = date(2020, 6, 1)
B1 = building_stream("B1")
DESTROY = DestroyBuilding(building="B1", destroyed_on=LOST, reason="地震", document="楚建灭〔2020〕1号")


def owned(office, fund="commodity", seller=None):
    """A building of two units that belong to o1 and o2."""
    command = office.units("B1", {"101": 8931, "102": 10247}, fund)
    units = tuple(
        replace(unit, owner_ref=f"o{number}", seller=seller) for number, unit in enumerate(command.units, 1)
    )
    office.execute(replace(command, units=units))


@pytest.fixture
def kept(office):
    """101 holds 1,000.00 and 30.00 of interest; 102 nothing."""
    owned(office)
    office.execute(office.deposit("B1", "101", 100_000, PAID_IN, "7"), office.gains(3_000, on=T1))
    office.distribute(T1)
    return office


@pytest.fixture
def lost(kept, live):
    """It was destroyed; the obligation is event 5."""
    kept.execute(DESTROY, recording=live)
    return kept


def pay(*lines, on=AFTER, obligation=f"{B1}@5", **more):
    parts = tuple(ObligationPart(line=line, amount_fen=amount) for line, amount in lines)
    return PayObligation(building="B1", obligation=obligation, paid_on=on, lines=parts, **more)


def state(office):
    return office.application.buildings(["B1"])["B1"]


class TestDestruction:
    def test_every_account_with_money_is_emptied_into_what_is_owed(self, kept, live):
        kept.execute(DESTROY, recording=live)
        event = kept.building_events("B1")[-1]
        assert isinstance(event, BuildingDestroyed)
        assert (event.value_date, event.destroyed_on, event.document) == (LOST, LOST, "楚建灭〔2020〕1号")
        assert event.lines == (
            ObligationLine(
                unit="101", principal_fen=100_000, interest_fen=3_000, payee="owner", payee_ref="o1"
            ),
        )
        assert kept.balances("B1") == {("B1", "101"): (0, 0), ("B1", "102"): (0, 0)}
        assert state(kept).standing.destroyed_on == LOST

    def test_the_money_is_the_owners_of_that_day(self, kept, live):
        kept.execute(
            ChangeOwner(building="B1", unit="101", transferred_on=date(2015, 1, 1), owner_ref="o9"), DESTROY
        )
        (line,) = kept.building_events("B1")[-1].lines
        assert line.payee_ref == "o9"

    @pytest.mark.parametrize(
        ("gone", "payee", "name"), [((), "seller", "州粮食局"), (("州粮食局",), "treasury", None)]
    )
    def test_the_sellers_part_goes_to_the_seller_or_the_treasury(self, office, live, gone, payee, name):
        owned(office, "public", "州粮食局")
        office.execute(
            office.deposit("B1", "101", 500, PAID_IN),
            office.deposit("B1", "101", 200, PAID_IN, part="seller"),
        )
        office.execute(replace(DESTROY, sellers_gone=gone), recording=live)
        owner, seller = office.building_events("B1")[-1].lines
        assert (owner.payee, owner.payee_ref, owner.principal_fen) == ("owner", "o1", 500)
        assert (seller.payee, seller.payee_ref, seller.payee_name) == (payee, None, name)

    def test_the_obligation_arises_when_it_is_confirmed(self, kept, live):
        kept.execute(kept.deposit("B1", "102", 9, date(2020, 4, 1)))
        kept.execute(replace(DESTROY, confirmed_on=AFTER), recording=live)
        event = kept.building_events("B1")[-1]
        assert (event.value_date, event.destroyed_on, len(event.lines)) == (AFTER, LOST, 2)

    def test_a_building_without_money_is_destroyed_all_the_same(self, office, live):
        owned(office)
        office.execute(DESTROY, recording=live)
        assert office.building_events("B1")[-1].lines == ()
        assert refused(office, live, DESTROY) == ["building-destroyed"]

    def test_destroyed_accounts_weigh_nothing_from_then_on(self, lost):
        lost.register("B2", {"1": 1})
        lost.execute(lost.deposit("B2", "1", 10, LOST), lost.gains(700, on=AFTER))
        lost.distribute(AFTER)
        assert lost.balances("B1", "B2") == {
            ("B1", "101"): (0, 0),
            ("B1", "102"): (0, 0),
            ("B2", "1"): (10, 700),
        }


WRONG = {
    "document-missing": replace(DESTROY, document=None),
    "confirmed-early": replace(DESTROY, confirmed_on=date(2020, 2, 29)),
    "entries-later": replace(DESTROY, destroyed_on=date(2012, 6, 1)),
}


class TestRulesOfDestruction:
    @pytest.mark.parametrize(("code", "command"), WRONG.items(), ids=WRONG)
    def test_live_is_refused_and_history_recorded(self, kept, live, history, code, command):
        assert refused_once(kept, live, command) == [code]
        kept.execute(command, recording=history)
        assert isinstance(kept.building_events("B1")[-1], BuildingDestroyed)

    def test_an_overdrawn_account_is_put_right_first(self, kept, live, history):
        back = Refund(unit="102", amount_fen=50)
        kept.execute(
            RefundDeposit(building="B1", reason="overpaid", refunded_on=date(2013, 1, 1), lines=(back,))
        )
        assert refused_once(kept, live, DESTROY) == ["account-overdrawn"]
        kept.execute(DESTROY, recording=history)
        assert kept.balances("B1") == {("B1", "101"): (0, 0), ("B1", "102"): (-50, 0)}

    def test_gains_are_distributed_first(self, kept, live, history):
        kept.execute(kept.gains(100, on=date(2019, 1, 1)))
        assert refused_once(kept, live, DESTROY) == ["gains-undistributed"]
        kept.distribute(date(2019, 12, 31))
        kept.execute(DESTROY, recording=live)
        assert kept.building_events("B1")[-1].lines[0].interest_fen == 3_100

    def test_what_no_ledger_may_take(self, kept, live, history):
        for recording in (live, history):
            assert refused(kept, recording, replace(DESTROY, building="B9")) == ["building-unknown"]
            assert refused(kept, recording, replace(DESTROY, destroyed_on=date(2026, 11, 24))) == [
                "date-future"
            ]

    def test_money_that_moved_on_since_is_owed_by_those_that_have_it(self, kept, live, history):
        into = (NewUnit(unit="101A", area_dm2=3000), NewUnit(unit="101B", area_dm2=5931))
        split = SplitUnit(building="B1", unit="101", into=into, changed_on=AFTER, document_no="规1")
        kept.execute(split, recording=history)
        assert refused_once(kept, live, DESTROY) == ["unit-closed"]
        before = kept.everything()
        assert refused(kept, history, DESTROY) == ["unit-closed"]
        assert kept.everything() == before
        kept.execute(replace(DESTROY, confirmed_on=AFTER), recording=history)
        assert [line.unit for line in kept.building_events("B1")[-1].lines] == ["101A", "101B"]


class TestAfterwards:
    def test_nothing_live_moves_any_more(self, lost, live):
        last = lost.deposit("B1", "102", 5, AFTER)
        assert refused_once(lost, live, last) == ["building-destroyed"]
        moved = ChangeOwner(building="B1", unit="101", transferred_on=AFTER, owner_ref="o9")
        assert refused_once(lost, live, moved) == ["building-destroyed"]
        assert refused_once(lost, live, lost.units("B1", {"103": 5})) == ["building-destroyed"]
        back = ReverseEntry(stream=B1, version=3, reason="录错")
        assert refused_once(lost, live, back) == ["building-destroyed"]

    def test_history_is_recorded_and_what_came_late_is_owed_by_the_same_command(self, lost, live, history):
        lost.execute(lost.deposit("B1", "102", 5, AFTER), recording=history)
        assert lost.balances("B1")["B1", "102"] == (5, 0)
        lost.execute(replace(DESTROY, confirmed_on=AFTER), recording=live)
        (line,) = lost.building_events("B1")[-1].lines
        assert (line.unit, line.principal_fen) == ("102", 5)
        assert state(lost).standing.owed.keys() == {(5, 0), (7, 0)}


class Sweep(Command, frozen=True, kw_only=True):
    """A command that does not name the building it moves."""


def test_also_a_command_that_does_not_name_the_building_is_refused(lost, live, history, monkeypatch):
    def decide(batch, _):
        batch.buildings.also([B1])
        income = CreditIncome(building="B1", category="other", value_date=AFTER, amount_fen=5)
        batch.buildings.add(B1, decide_income(batch.buildings[B1], income, batch.stamp, batch.today))

    handler = Handler(lambda _: iter(()), lambda _: "B1", decide)
    handlers = {**deciding.HANDLERS, Sweep: handler}
    monkeypatch.setattr(deciding, "HANDLERS", handlers)
    monkeypatch.setattr(application, "HANDLERS", handlers)
    assert refused_once(lost, live, Sweep()) == ["building-destroyed"]
    lost.execute(Sweep(), recording=history)
    assert sum(sum(held) for held in lost.balances("B1").values()) == 5


class TestPayment:
    def test_what_is_owed_is_paid(self, lost, live):
        lost.execute(pay((0, 103_000), account="5300", bank_ref="T9"), recording=live)
        event = lost.building_events("B1")[-1]
        assert isinstance(event, ObligationPaid)
        assert (event.obligation, event.account, event.bank_ref) == (5, "5300", "T9")
        assert event.lines == (
            ObligationPaymentLine(line=0, unit="101", amount_fen=103_000, payee="owner", payee_ref="o1"),
        )
        assert state(lost).standing.owed[5, 0].left_fen == 0
        assert lost.balances("B1")["B1", "101"] == (0, 0)

    def test_in_parts(self, lost, live):
        lost.execute(pay((0, 3_000)), pay((0, 100_000)), recording=live)
        assert state(lost).standing.owed[5, 0].left_fen == 0

    def test_to_an_heir_for_a_reason(self, lost, live):
        lost.execute(pay((0, 1), payee_ref="heir", reason="继承公证"), recording=live)
        (line,) = lost.building_events("B1")[-1].lines
        assert line.payee_ref == "heir"

    CASES = {  # noqa: RUF012 - cases, not state
        "obligation-exceeds": pay((0, 103_001)),
        "payment-early": pay((0, 1), on=date(2020, 2, 29)),
        "payee-differs": pay((0, 1), payee_ref="o2"),
    }

    @pytest.mark.parametrize(("code", "command"), CASES.items(), ids=CASES)
    def test_live_is_refused_and_history_recorded(self, lost, live, history, code, command):
        assert refused_once(lost, live, command) == [code]
        lost.execute(command, recording=history)
        assert isinstance(lost.building_events("B1")[-1], ObligationPaid)

    def test_not_twice(self, lost, live, history):
        lost.execute(pay((0, 103_000)), recording=live)
        assert refused_once(lost, live, pay((0, 1))) == ["obligation-paid"]
        lost.execute(pay((0, 1)), recording=history)
        assert state(lost).standing.owed[5, 0].left_fen == -1

    def test_lines_see_those_before(self, lost, live):
        assert refused(lost, live, pay((0, 103_000), (0, 1))) == ["obligation-paid"]
        assert refused(lost, live, pay((0, 103_000)), pay((0, 1))) == ["obligation-paid"]
        lost.execute(pay((0, 1), (0, 2)), recording=live)
        assert state(lost).standing.owed[5, 0].paid_fen == 3

    def test_somebody_must_be_paid(self, office, live, history):
        office.register("B1", {"101": 1})
        office.execute(office.deposit("B1", "101", 5, PAID_IN), DESTROY)
        command = pay((0, 5), obligation=f"{B1}@4")
        assert refused_once(office, live, command) == ["payee-missing"]
        office.execute(command, recording=history)

    def test_what_no_ledger_may_take(self, lost, live, history):
        for recording in (live, history):
            assert refused(lost, recording, pay((1, 1))) == ["obligation-unknown"]
            assert refused(lost, recording, pay((0, 1), obligation=f"{B1}@4")) == ["obligation-unknown"]
            assert refused(lost, recording, pay((0, 1), obligation="building/B2@5")) == ["obligation-unknown"]
            assert refused(lost, recording, pay((0, 1), obligation="?")) == ["obligation-unknown"]
            assert refused(lost, recording, pay()) == ["lines-missing"]
            assert refused(lost, recording, pay((0, 0)))[0] == "amount-not-positive"
            assert refused(lost, recording, pay((0, 1), on=date(2026, 11, 24))) == ["date-future"]


class TestReversal:
    def reverse(self, version, lines=None):
        return ReverseEntry(stream=B1, version=version, reason="登记错误", lines=lines)

    def test_a_destruction_is_taken_back_whole(self, lost, live):
        lost.execute(self.reverse(5), recording=live)
        event = lost.building_events("B1")[-1]
        assert isinstance(event, EntryReversed)
        assert (event.obligation, event.value_date) == (True, LOST)
        assert lost.balances("B1")["B1", "101"] == (100_000, 3_000)
        assert state(lost).standing.destroyed_on is None
        assert state(lost).standing.owed == {}
        lost.execute(lost.deposit("B1", "102", 5, AFTER), recording=live)

    def test_weighing_again_from_then_on(self, lost):
        lost.execute(self.reverse(5), lost.gains(700, on=AFTER))
        lost.distribute(AFTER)
        assert lost.balances("B1")["B1", "101"] == (100_000, 3_700)

    @pytest.mark.parametrize("recording", ["live", "history"])
    def test_not_in_part_and_not_twice(self, kept, request, recording):
        said = request.getfixturevalue(recording)
        kept.execute(kept.deposit("B1", "102", 5, PAID_IN), DESTROY)
        assert refused(kept, said, self.reverse(6, (0,))) == ["lines-partial"]
        kept.execute(self.reverse(6, (1, 0)), recording=said)
        again = refused(kept, said, self.reverse(6))
        assert set(again) == {"already-reversed"}

    @pytest.mark.parametrize("recording", ["live", "history"])
    def test_not_while_something_is_paid(self, lost, request, recording):
        said = request.getfixturevalue(recording)
        lost.execute(pay((0, 1)))
        assert refused(lost, said, self.reverse(5)) == ["obligation-paid"]
        lost.execute(self.reverse(6), self.reverse(5), recording=said)
        assert lost.balances("B1")["B1", "101"] == (100_000, 3_000)

    def test_a_payment_is_taken_back_line_by_line_once(self, lost, live):
        lost.execute(pay((0, 3), (0, 4)), recording=live)
        lost.execute(self.reverse(6, (1,)), recording=live)
        event = lost.building_events("B1")[-1]
        assert isinstance(event, ObligationPaymentReversed)
        assert (event.version, event.obligation, event.value_date) == (6, 5, AFTER)
        assert event.lines == (ObligationReversalLine(line=1, owed=0, unit="101", amount_fen=-4),)
        assert state(lost).standing.owed[5, 0].paid_fen == 3
        assert refused_once(lost, live, self.reverse(6, (1,))) == ["already-reversed"]
        lost.execute(self.reverse(6, (0,)), recording=live)
        assert state(lost).standing.owed[5, 0].paid_fen == 0

    def test_a_reversal_is_not_reversed(self, lost, live):
        lost.execute(self.reverse(5), recording=live)
        assert refused_once(lost, live, self.reverse(6)) == ["not-reversible"]


@settings(deadline=None, max_examples=40)  # a small ledger for each
@given(
    balances=st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 10**9), min_size=1),
    parts=st.integers(1, 4),
)
def test_what_was_held_is_what_is_owed_and_paid_to_the_fen(new_office, balances, parts):
    office, live = new_office(), Recording(actor="officer-1")
    office.register("B1", dict.fromkeys(balances, 1))
    office.execute(*(office.deposit("B1", unit, amount, PAID_IN) for unit, amount in balances.items()))
    office.execute(DESTROY)
    event = office.building_events("B1")[-1]
    version = len(office.building_events("B1"))
    assert {line.unit: line.principal_fen for line in event.lines} == balances
    for index, line in enumerate(event.lines):
        whole = line.principal_fen
        pieces = [whole // parts] * (parts - 1)
        for amount in [piece for piece in (*pieces, whole - sum(pieces)) if piece]:
            command = pay((index, amount), obligation=f"{B1}@{version}", payee_ref="p", reason="委托")
            office.execute(command, recording=live)
    assert all(owed.left_fen == 0 for owed in state(office).standing.owed.values())
    assert set(office.balances("B1").values()) == {(0, 0)}


@pytest.mark.parametrize("who", ["live", "history"])
def test_a_day_before_a_split_would_take_from_a_closed_account(kept, request, who):
    split = SplitUnit(
        building="B1",
        unit="101",
        into=(NewUnit(unit="1A", area_dm2=4000), NewUnit(unit="1B", area_dm2=4931)),
        changed_on=AFTER,
        document_no="D1",
    )
    kept.execute(split)
    before = kept.building_events("B1")
    assert "unit-closed" in refused(kept, request.getfixturevalue(who), DESTROY)
    assert kept.building_events("B1") == before
    kept.execute(replace(DESTROY, destroyed_on=AFTER))
    assert {line.unit for line in kept.building_events("B1")[-1].lines} == {"1A", "1B"}
