"""Custody: an estate's money is handed to the owners' assembly, unit by unit, and may come back."""

from datetime import date

import pytest
from msgspec.structs import replace

from ledger.commands import (
    CollectDeposit,
    CustodyAmount,
    HandOver,
    Refund,
    RefundDeposit,
    ReturnCustody,
    ReverseEntry,
)
from ledger.events import CustodyLine, CustodyTransferredIn, CustodyTransferredOut, DepositLine, EntryReversed
from ledger.identity import building_stream

from .leaving import refused, refused_once

PAID_IN = date(2012, 5, 1)
T1 = date(2012, 12, 31)
NOTICE = date(2020, 3, 1)
HANDED = date(2020, 3, 31)
BACK = date(2021, 6, 1)
B1 = building_stream("B1")
HAND_OVER = HandOver(
    buildings=("B1", "B2"),
    noticed_on=NOTICE,
    handed_on=HANDED,
    assembly="彝人古镇业主大会",
    assembly_account="6230",
    account="5300",
    bank_ref="T1",
)


def amount(building="B1", unit="101", principal=100_000, interest=3_000, part="owner"):
    return CustodyAmount(
        building=building, unit=unit, part=part, principal_fen=principal, interest_fen=interest
    )


RETURN = ReturnCustody(buildings=("B1",), returned_on=BACK, bank_ref="T2", lines=(amount(principal=90_000),))


@pytest.fixture
def kept(office):
    """101 of B1 holds 1,000.00 and 30.00 of interest; B2, of the same estate, nothing."""
    office.register("B1", {"101": 8931, "102": 10247})
    office.register("B2", {"201": 1})
    office.execute(office.deposit("B1", "101", 100_000, PAID_IN, "7"), office.gains(3_000, on=T1))
    office.distribute(T1)
    return office


@pytest.fixture
def out(kept, live):
    """Both buildings were handed over; B1's event is the fifth."""
    kept.execute(HAND_OVER, recording=live)
    return kept


def standing(office, code="B1"):
    return office.application.buildings([code])[code].standing


class TestHandingOver:
    def test_every_balance_moves_in_one_append(self, kept, live):
        before = len(kept.everything())
        done = kept.execute(HAND_OVER, recording=live)
        assert done.events == (f"{B1}@5", "building/B2@4")
        assert len(kept.everything()) == before + 2
        first, second = kept.building_events("B1")[-1], kept.building_events("B2")[-1]
        assert isinstance(first, CustodyTransferredOut)
        assert (first.value_date, first.noticed_on, first.assembly) == (HANDED, NOTICE, "彝人古镇业主大会")
        assert first.lines == (CustodyLine(unit="101", principal_fen=100_000, interest_fen=3_000),)
        assert second.lines == ()
        assert set(kept.balances("B1", "B2").values()) == {(0, 0)}
        assert standing(kept, "B2").assembly == "彝人古镇业主大会"

    def test_stated_amounts_that_agree(self, kept, live):
        kept.execute(replace(HAND_OVER, lines=(amount(),)), recording=live)
        assert kept.balances("B1")["B1", "101"] == (0, 0)

    def test_the_selling_units_part_stays(self, office, live):
        office.register("B1", {"101": 1}, "public")
        office.execute(
            office.deposit("B1", "101", 5, PAID_IN), office.deposit("B1", "101", 7, PAID_IN, part="seller")
        )
        office.execute(replace(HAND_OVER, buildings=("B1",)), recording=live)
        assert office.balances("B1") == {("B1", "101"): (0, 0), ("B1", "101/seller"): (7, 0)}
        office.execute(office.deposit("B1", "101", 2, BACK, part="seller"), recording=live)
        assert refused_once(office, live, office.deposit("B1", "101", 2, BACK)) == ["custody-out"]

    def test_the_thirtieth_day_is_in_time(self, kept, live):
        assert (HANDED - NOTICE).days == 30
        late = replace(HAND_OVER, handed_on=date(2020, 4, 1))
        assert refused_once(kept, live, late) == ["custody-late"]
        kept.execute(replace(late, reason="对账耗时"), recording=live)

    def test_money_that_is_out_weighs_nothing(self, out):
        out.register("B3", {"1": 1})
        out.execute(out.deposit("B3", "1", 10, HANDED), out.gains(700, on=BACK))
        out.distribute(BACK)
        assert out.balances("B1", "B3")["B1", "101"] == (0, 0)
        assert out.balances("B3")["B3", "1"] == (10, 700)


WRONG = {
    "custody-balance": replace(HAND_OVER, lines=(amount(interest=2_999),)),
    "notice-late": replace(HAND_OVER, noticed_on=date(2020, 4, 1)),
    "notice-missing": replace(HAND_OVER, noticed_on=None),
    "entries-later": replace(HAND_OVER, noticed_on=date(2012, 6, 1), handed_on=date(2012, 6, 1)),
    "custody-late": replace(HAND_OVER, noticed_on=date(2020, 2, 29)),
}


class TestRules:
    @pytest.mark.parametrize(("code", "command"), WRONG.items(), ids=WRONG)
    def test_live_is_refused_and_history_recorded(self, kept, live, history, code, command):
        assert refused_once(kept, live, command) == [code]
        kept.execute(command, recording=history)
        assert isinstance(kept.building_events("B1")[-1], CustodyTransferredOut)

    def test_one_estate_at_a_time(self, kept, live, history):
        kept.execute(replace(kept.units("B9", {"1": 1}), estate="E9"))
        command = replace(HAND_OVER, buildings=("B1", "B9"))
        assert refused_once(kept, live, command) == ["estate-mixed"]
        kept.execute(command, recording=history)

    def test_gains_are_distributed_first(self, kept, live):
        kept.execute(kept.gains(100, on=date(2019, 1, 1)))
        assert refused_once(kept, live, HAND_OVER) == ["gains-undistributed"]
        kept.distribute(date(2019, 12, 31))
        kept.execute(HAND_OVER, recording=live)
        assert kept.building_events("B1")[-1].lines[0].interest_fen == 3_100

    def test_an_overdrawn_account_is_put_right_first(self, kept, live, history):
        back = Refund(unit="102", amount_fen=50)
        kept.execute(
            RefundDeposit(building="B1", reason="overpaid", refunded_on=date(2013, 1, 1), lines=(back,))
        )
        assert "account-overdrawn" in refused_once(kept, live, HAND_OVER)
        kept.execute(HAND_OVER, recording=history)

    def test_what_no_ledger_may_take(self, kept, live, history):
        cases = {
            ("buildings-missing",): replace(HAND_OVER, buildings=()),
            ("building-unknown",): replace(HAND_OVER, buildings=("B1", "B9")),
            ("assembly-missing",): replace(HAND_OVER, assembly=" "),
            ("date-future",): replace(HAND_OVER, handed_on=date(2026, 11, 24), noticed_on=None),
            ("account-twice",): replace(HAND_OVER, lines=(amount(), amount())),
            ("unit-unknown",): replace(HAND_OVER, lines=(amount(unit="9"),)),
            ("part-unknown",): replace(HAND_OVER, lines=(amount(part="seller"),)),
            ("amount-not-positive",): replace(HAND_OVER, lines=(amount(principal=0, interest=0),)),
            ("amount-too-large",): replace(HAND_OVER, lines=(amount(principal=10**14, interest=1 - 10**14),)),
            ("building-unknown", "x"): replace(HAND_OVER, lines=(amount(building="B7"),)),
        }
        for codes, command in cases.items():
            for recording in (live, history):
                assert codes[0] in refused(kept, recording, command)


class TestWhileItIsOut:
    def test_nothing_live_moves(self, out, live):
        assert refused_once(out, live, out.deposit("B1", "102", 5, BACK)) == ["custody-out"]
        back = RefundDeposit(
            building="B1", reason="overpaid", refunded_on=BACK, lines=(Refund(unit="101", amount_fen=1),)
        )
        assert refused_once(out, live, back) == ["custody-out"]
        assert refused_once(out, live, ReverseEntry(stream=B1, version=3, reason="录错")) == ["custody-out"]

    def test_once(self, out, live, history):
        for recording in (live, history):
            assert set(refused(out, recording, HAND_OVER)) == {"custody-out"}

    def test_history_is_recorded_and_may_be_handed_over_later(self, out, live, history):
        out.execute(out.deposit("B1", "102", 5, BACK), recording=history)
        assert out.balances("B1")["B1", "102"] == (5, 0)
        more = replace(HAND_OVER, buildings=("B1",), handed_on=BACK, reason="补划")
        out.execute(more, recording=live)
        assert out.building_events("B1")[-1].lines == (CustodyLine(unit="102", principal_fen=5),)

    def test_a_seller_may_not_hide_an_owner(self, out, live):
        lines = DepositLine(unit="101", part="seller", amount_fen=1), DepositLine(unit="101", amount_fen=1)
        mixed = CollectDeposit(building="B1", kind="first", value_date=BACK, lines=lines)
        assert refused_once(out, live, mixed) == ["custody-out"]


class TestComingBack:
    def test_money_comes_back(self, out, live):
        out.execute(RETURN, recording=live)
        event = out.building_events("B1")[-1]
        assert isinstance(event, CustodyTransferredIn)
        assert (event.value_date, event.assembly) == (BACK, "彝人古镇业主大会")
        assert out.balances("B1")["B1", "101"] == (90_000, 3_000)
        assert (standing(out).assembly, standing(out, "B2").assembly) == (None, "彝人古镇业主大会")
        out.execute(out.deposit("B1", "102", 5, BACK), recording=live)

    def test_it_weighs_from_its_day(self, out):
        out.execute(RETURN, out.gains(100, on=BACK))
        out.distribute(BACK)
        assert out.balances("B1")["B1", "101"] == (90_000, 3_100)

    def test_only_what_is_out(self, kept, live, history):
        assert refused_once(kept, live, RETURN) == ["custody-not-out"]
        kept.execute(RETURN, recording=history)
        assert kept.balances("B1")["B1", "101"] == (190_000, 6_000)

    def test_what_no_ledger_may_take(self, out, live, history):
        for recording in (live, history):
            assert refused(out, recording, replace(RETURN, returned_on=date(2026, 11, 24))) == ["date-future"]
            assert refused(out, recording, replace(RETURN, buildings=("B9",)))[0] == "building-unknown"


class TestReversal:
    def reverse(self, version, lines=None):
        return ReverseEntry(stream=B1, version=version, reason="登记错误", lines=lines)

    def test_a_transfer_is_taken_back_whole(self, out, live):
        out.execute(self.reverse(5), recording=live)
        event = out.building_events("B1")[-1]
        assert isinstance(event, EntryReversed)
        assert (event.obligation, event.value_date) == (False, HANDED)
        assert out.balances("B1")["B1", "101"] == (100_000, 3_000)
        assert standing(out).assembly is None
        out.execute(replace(HAND_OVER, buildings=("B1",)), recording=live)

    def test_also_one_without_money(self, out, live):
        back = ReverseEntry(stream="building/B2", version=4, reason="不属本小区")
        out.execute(back, recording=live)
        assert refused(out, live, back) == ["already-reversed"]
        assert standing(out, "B2").assembly is None
        assert out.building_events("B2")[-1].lines == ()

    def test_not_in_part(self, kept, live, history):
        kept.execute(kept.deposit("B1", "102", 5, PAID_IN), HAND_OVER)
        for recording in (live, history):
            assert refused(kept, recording, self.reverse(6, (0,))) == ["lines-partial"]

    def test_the_last_one_first(self, out, live, history):
        out.execute(RETURN, recording=live)
        assert refused_once(out, live, self.reverse(5)) == ["custody-later"]
        out.execute(self.reverse(6), recording=live)
        assert standing(out).assembly == "彝人古镇业主大会"
        out.execute(self.reverse(5), recording=live)
        assert standing(out).assembly is None

    def test_history_in_any_order(self, out, live, history):
        out.execute(RETURN, recording=live)
        out.execute(self.reverse(5), recording=history)
        assert out.balances("B1")["B1", "101"] == (190_000, 6_000)
