"""What a court froze pays for nothing: not a repair, not what is owed, not custody, not a correction."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from ledger.commands import (
    DestroyBuilding,
    FreezeUnit,
    HandOver,
    ObligationPart,
    PayObligation,
    PayRepair,
    Recording,
    ReleaseUnit,
    ReturnRepairMoney,
    ReverseEntry,
)
from ledger.events import Payee, RepairApproved, RepairProposed, SelfRaised
from ledger.identity import building_stream
from ledger.log import Change

from .leaving import refused, refused_once

B1 = building_stream("B1")
PROJECT = "repair/532301/P1"
CASHIER = Recording(actor="cashier")
PAID_IN = date(2012, 5, 1)
FROZEN = date(2026, 3, 1)
TODAY = date(2026, 11, 23)
FREEZE = FreezeUnit(building="B1", unit="101", frozen_on=FROZEN, court="楚雄市人民法院", order_no="执1号")
PAY = PayRepair(
    county="532301",
    project="P1",
    stage="first",
    amount_fen=90_000,
    paid_on=date(2026, 4, 1),
    payee=Payee(kind="firm", name="楚雄某建筑公司", account="6222"),
    bank_ref="R1",
)


def release(on):
    return ReleaseUnit(building="B1", unit="101", released_on=on, order_no="执1号")


@pytest.fixture
def held(office):
    """101 and 102, of one area, hold 1,000.00 each."""
    office.register("B1", {"101": 5000, "102": 5000})
    office.execute(
        office.deposit("B1", "101", 100_000, PAID_IN, "7"),
        office.deposit("B1", "102", 100_000, PAID_IN, "8"),
    )
    return office


@pytest.fixture
def approved(held):
    """And an approved repair of the building."""
    said = {"recorded_at": datetime(2026, 3, 1, tzinfo=UTC), "origin": "live", "policy": "p1"}
    proposed = RepairProposed(
        **said,
        actor="clerk",
        value_date=date(2026, 1, 5),
        project="P1",
        county="532301",
        estate="E1",
        buildings=("B1",),
        object="屋面",
        content="屋面防水翻修",
        emergency=False,
        budget_fen=500_000,
        applied_on=date(2026, 1, 5),
    )
    agreed = RepairApproved(**said, actor="head", value_date=date(2026, 3, 1), amount_fen=500_000)
    held.log.append([Change(PROJECT, 0, (proposed, agreed))])
    return held


class TestRepairs:
    """The owner of a frozen account raises its share (自筹); it stays whole."""

    def pay(self, office, recording=CASHIER, **facts):
        office.execute(replace(PAY, **facts), recording=recording)
        *_, last = office.events(PROJECT)
        return last

    def test_a_frozen_account_pays_nothing(self, approved):
        approved.execute(FREEZE)
        paid = self.pay(approved)
        assert (paid.amount_fen, paid.cost_fen) == (45_000, 90_000)
        assert paid.self_raised == (SelfRaised(building="B1", unit="101", amount_fen=45_000),)
        assert approved.balances("B1") == {("B1", "101"): (100_000, 0), ("B1", "102"): (55_000, 0)}

    def test_it_pays_what_an_order_leaves(self, approved):
        approved.execute(replace(FREEZE, amount_fen=70_000))
        paid = self.pay(approved)
        assert paid.self_raised == (SelfRaised(building="B1", unit="101", amount_fen=15_000),)
        assert approved.account("B1", "101").balance_fen == 70_000

    def test_a_freeze_of_today_holds_against_a_payment_with_an_earlier_day(self, approved):
        approved.execute(replace(FREEZE, frozen_on=TODAY))
        assert self.pay(approved).self_raised[0].amount_fen == 45_000

    @pytest.mark.parametrize(("released_on", "raised"), [("2026-04-01", 0), ("2026-04-02", 1)])
    def test_after_the_release_it_pays_again(self, approved, released_on, raised):
        approved.execute(FREEZE, release(date.fromisoformat(released_on)))
        assert len(self.pay(approved).self_raised) == raised

    def test_history_is_recorded_as_it_happened(self, approved, history):
        approved.execute(FREEZE)
        assert self.pay(approved, history).self_raised == ()
        assert approved.account("B1", "101").balance_fen == 55_000

    def test_where_all_is_frozen_the_fund_pays_nothing(self, approved):
        approved.execute(FREEZE, replace(FREEZE, unit="102"))
        assert refused(approved, CASHIER, PAY) == ["fund-pays-nothing"]


class TestReversals:
    """What was booked by mistake goes back, but not out of what a court holds."""

    BACK = ReverseEntry(stream=B1, version=3, reason="录入错误")

    def test_a_deposit_stays_while_its_account_is_frozen(self, held, live):
        held.execute(FREEZE)
        assert refused_once(held, live, self.BACK) == ["unit-frozen"]

    def test_a_deposit_goes_back_from_what_the_order_leaves(self, held, live):
        held.execute(held.deposit("B1", "101", 30_000, PAID_IN, "9"), replace(FREEZE, amount_fen=70_000))
        assert refused(held, live, self.BACK) == ["unit-frozen"]
        held.execute(replace(self.BACK, version=5), recording=live)
        assert held.account("B1", "101").balance_fen == 100_000

    def test_after_the_release_or_of_another_unit_it_goes_back(self, held, live):
        held.execute(FREEZE)
        held.execute(replace(self.BACK, version=4), recording=live)
        held.execute(release(date(2026, 5, 1)))
        held.execute(self.BACK, recording=live)
        assert set(held.balances("B1").values()) == {(0, 0)}

    def test_a_freeze_that_is_over_is_no_matter_though_it_held_on_the_day_of_the_deposit(self, held, live):
        held.execute(replace(FREEZE, frozen_on=PAID_IN, until=date(2013, 1, 1)))
        held.execute(self.BACK, recording=live)

    def test_history_takes_it_back(self, held, history):
        held.execute(FREEZE)
        held.execute(self.BACK, recording=history)
        assert held.account("B1", "101").balance_fen == 0

    def test_money_that_a_firm_gave_back_stays_and_a_payment_comes_back(self, approved, live):
        approved.execute(PAY, recording=CASHIER)
        back = ReturnRepairMoney(
            county="532301",
            project="P1",
            payment=f"{PROJECT}@3",
            amount_fen=10_000,
            returned_on=date(2026, 9, 1),
            reason="审减",
        )
        approved.execute(back, recording=CASHIER)
        approved.execute(FREEZE)
        take = ReverseEntry(stream=PROJECT, version=4, reason="退错")
        assert refused(approved, live, take) == ["unit-frozen"]
        approved.execute(release(TODAY), recording=live)
        approved.execute(take, replace(take, version=3), recording=live)
        assert approved.account("B1", "101").balance_fen == 100_000


class TestCustody:
    OUT = HandOver(
        buildings=("B1",),
        noticed_on=date(2026, 5, 1),
        handed_on=date(2026, 5, 10),
        assembly="彝人古镇业主大会",
        assembly_account="6230",
    )

    def test_frozen_money_is_not_handed_over(self, held, live):
        held.execute(replace(FREEZE, amount_fen=1))
        assert refused_once(held, live, self.OUT) == ["unit-frozen"]

    def test_it_is_after_the_release(self, held, live):
        held.execute(FREEZE, release(date(2026, 5, 10)))
        held.execute(self.OUT, recording=live)
        assert held.account("B1", "101").balance_fen == 0

    def test_as_history_it_is_recorded(self, held):
        held.execute(FREEZE)
        held.execute(self.OUT)
        assert held.account("B1", "101").balance_fen == 0


class TestLoss:
    """The building is lost, the money is owed and stays here; what is frozen of it is not paid."""

    LOST = DestroyBuilding(building="B1", destroyed_on=date(2026, 5, 1), document="楚建灭〔2026〕1号")

    def owed(self, office, recording):
        (event,) = office.execute(self.LOST, recording=recording).events
        return event

    @staticmethod
    def pay(obligation, amount=100_000, line=0):
        parts = (ObligationPart(line=line, amount_fen=amount),)
        return PayObligation(
            building="B1", obligation=obligation, paid_on=date(2026, 6, 1), lines=parts,
            payee_ref="p1", reason="权利人申请",
        )  # fmt: skip

    def test_a_frozen_account_comes_to_be_owed_and_is_not_paid(self, held, live):
        held.execute(FREEZE)
        owed = self.owed(held, live)
        assert refused_once(held, live, self.pay(owed, 1)) == ["unit-frozen"]
        held.execute(self.pay(owed, line=1), recording=live)

    def test_what_the_order_leaves_is_paid(self, held, live):
        held.execute(replace(FREEZE, amount_fen=70_000))
        owed = self.owed(held, live)
        held.execute(self.pay(owed, 30_000), recording=live)
        assert refused(held, live, self.pay(owed, 1)) == ["unit-frozen"]

    def test_a_court_may_freeze_what_is_owed_and_lift_it(self, held, live):
        owed = self.owed(held, live)
        held.execute(replace(FREEZE, frozen_on=date(2026, 5, 20)), recording=live)
        assert refused(held, live, self.pay(owed)) == ["unit-frozen"]
        held.execute(release(date(2026, 6, 1)), recording=live)
        held.execute(self.pay(owed), recording=live)

    def test_as_history_it_is_recorded(self, held):
        held.execute(FREEZE)
        held.execute(self.pay(self.owed(held, Recording(actor="a", origin="history"))))
