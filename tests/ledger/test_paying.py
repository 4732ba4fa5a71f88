"""The money of a repair: what each bearer pays of a payment, what comes back, and how a project ends."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from audit.replay import replay
from audit.verify import consistency
from ledger.commands import (
    AcceptRepair,
    CloseRepair,
    NewUnit,
    PayRepair,
    Recording,
    ReturnRepairMoney,
    SettleRepair,
    SplitUnit,
)
from ledger.errors import Refused
from ledger.events import (
    Developer,
    NoticePosted,
    Payee,
    ProjectUnit,
    RepairApproved,
    RepairPaid,
    RepairProposed,
    ReturnLine,
    SelfRaised,
    WithdrawalLine,
    WithdrawalReturned,
)
from ledger.log import Change

PROJECT = "repair/532301/P1"
FIRM = Payee(kind="firm", name="楚雄某建筑公司", account="6222")
CASHIER = Recording(actor="cashier")
PAY = PayRepair(
    county="532301",
    project="P1",
    stage="first",
    amount_fen=100_000,
    paid_on=date(2026, 4, 1),
    payee=FIRM,
    bank_ref="R1",
)
BACK = ReturnRepairMoney(
    county="532301",
    project="P1",
    payment=f"{PROJECT}@3",
    amount_fen=30_000,
    returned_on=date(2026, 9, 1),
    reason="审减",
)
ACCEPT = AcceptRepair(county="532301", project="P1", accepted_on=date(2026, 5, 1))
SETTLE = SettleRepair(county="532301", project="P1", settled_on=date(2026, 5, 10), settled_fen=100_000)
CLOSE = CloseRepair(county="532301", project="P1", closed_on=date(2026, 6, 1))


def said(actor, day):
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return {"actor": actor, "recorded_at": moment, "value_date": day, "origin": "live", "policy": "p1"}


def owned(office, areas):
    """A building whose units all belong to somebody, whether they deposited or not."""
    asked = office.units("B1", areas)
    units = tuple(replace(unit, owner_ref=f"o{unit.unit}") for unit in asked.units)
    office.execute(replace(asked, units=units))


def approve(office, *buildings, approved_fen=200_000, emergency=False, units=(), developer=None):
    """A project that one officer proposed and another approved."""
    proposed = RepairProposed(
        **said("clerk", date(2026, 1, 5)),
        project="P1",
        county="532301",
        estate="E1",
        buildings=buildings,
        object="屋面",
        content="屋面防水翻修",
        emergency=emergency,
        budget_fen=approved_fen,
        applied_on=date(2026, 1, 5),
        units=units,
        developer=developer,
    )
    approved = RepairApproved(**said("head", date(2026, 3, 1)), amount_fen=approved_fen)
    office.log.append([Change(PROJECT, 0, (proposed, approved))])


@pytest.fixture
def estate(office):
    """One building of three units with money, and an approved repair."""
    office.register("B1", {"101": 8931, "102": 10247, "103": 12005})
    for unit in ("101", "102", "103"):
        office.execute(office.deposit("B1", unit, 900_000, date(2011, 1, 1)))
    approve(office, "B1")
    return office


def paid(office, nth=0):
    return [event for event in office.events(PROJECT) if isinstance(event, RepairPaid)][nth]


def codes(office, command, recording):
    with pytest.raises(Refused) as caught:
        office.execute(command, recording=recording)
    return [found.code for found in caught.value.refusals]


def test_a_live_payment_is_shared_by_area_to_the_fen(estate):
    estate.execute(PAY, recording=CASHIER)
    event = paid(estate)
    assert (event.amount_fen, event.cost_fen, event.buildings) == (100_000, None, ("B1",))
    assert (event.payee, event.bank_ref, event.actor) == (FIRM, "R1", "cashier")
    withdrawal = estate.building_events("B1")[-1]
    assert withdrawal.payment == f"{PROJECT}@3"
    assert [line.principal_fen for line in withdrawal.lines] == [28_641, 32_861, 38_498]


def test_an_account_pays_what_it_has_and_the_owner_raises_the_rest(office):
    owned(office, {"101": 5000, "102": 5000, "103": 5000})
    office.execute(
        office.deposit("B1", "101", 900_000, date(2011, 1, 1)),
        office.deposit("B1", "102", 10_000, date(2011, 1, 1)),
    )
    approve(office, "B1")
    office.execute(replace(PAY, amount_fen=90_000), recording=CASHIER)
    event = paid(office)
    assert (event.amount_fen, event.cost_fen) == (40_000, 90_000)
    assert event.self_raised == (
        SelfRaised(building="B1", unit="102", amount_fen=20_000),
        SelfRaised(building="B1", unit="103", amount_fen=30_000),
    )
    assert office.building_events("B1")[-1].lines == (
        WithdrawalLine(unit="101", principal_fen=30_000, interest_fen=0),
        WithdrawalLine(unit="102", principal_fen=10_000, interest_fen=0),
    )
    assert office.account("B1", "102").balance_fen == 0


def test_history_takes_the_whole_share_and_may_overdraw(office):
    office.register("B1", {"101": 5000, "102": 5000})
    office.execute(office.deposit("B1", "101", 900_000, date(2011, 1, 1)))
    approve(office, "B1")
    office.execute(PAY)
    assert (paid(office).cost_fen, paid(office).self_raised) == (None, ())
    assert office.account("B1", "102").balance_fen == -50_000


def test_the_developer_bears_the_share_of_what_is_not_sold(office):
    office.register("B1", {"101": 5000, "102": 5000, "103": 10000})
    office.execute(
        office.deposit("B1", "101", 900_000, date(2011, 1, 1)),
        office.deposit("B1", "102", 900_000, date(2011, 1, 1)),
    )
    unsold = Developer(name="楚雄某置业公司", units=(ProjectUnit(building="B1", unit="103"),))
    approve(office, "B1", developer=unsold)
    office.execute(PAY, recording=CASHIER)
    event = paid(office)
    assert (event.amount_fen, event.cost_fen, event.developer_fen) == (50_000, 100_000, 50_000)
    assert [line.unit for line in office.building_events("B1")[-1].lines] == ["101", "102"]


def test_only_the_units_of_the_scope_are_charged(office):
    owned(office, {"101": 5000, "102": 5000})
    office.execute(office.deposit("B1", "101", 900_000, date(2011, 1, 1)))
    approve(office, "B1", units=(ProjectUnit(building="B1", unit="101"),))
    office.execute(PAY, recording=CASHIER)
    assert office.account("B1", "101").balance_fen == 800_000
    assert office.account("B1", "102").balance_fen == 0


def test_the_interest_part_pays_first(estate):
    estate.execute(estate.gains(30_000, on=date(2012, 1, 1)))
    estate.distribute(date(2012, 12, 31))
    estate.execute(PAY, recording=CASHIER)
    assert estate.building_events("B1")[-1].lines[0] == WithdrawalLine(
        unit="101", principal_fen=18_641, interest_fen=10_000
    )


def test_an_interest_part_below_zero_pays_nothing(estate):
    estate.execute(estate.gains(30_000, on=date(2012, 1, 1)))
    estate.distribute(date(2012, 12, 31))
    estate.execute(replace(PAY, amount_fen=15_000), recording=CASHIER)
    estate.execute(replace(PAY, amount_fen=50_000), recording=CASHIER)
    first, second = estate.building_events("B1")[-2:]
    assert [line.principal_fen for line in first.lines] == [0, 0, 0]
    assert all(
        line.interest_fen + other.interest_fen == 10_000
        for line, other in zip(first.lines, second.lines, strict=True)
    )


def test_a_fund_without_money_pays_nothing(office):
    owned(office, {"101": 5000})
    approve(office, "B1")
    assert codes(office, PAY, CASHIER) == ["fund-pays-nothing"]


@pytest.mark.parametrize("origin", ["live", "history"])
@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (replace(PAY, project="P2"), "project-unknown"),
        (replace(PAY, paid_on=date(2026, 11, 24)), "date-future"),
        (replace(PAY, amount_fen=0), "amount-not-positive"),
        (replace(PAY, amount_fen=10**14), "amount-too-large"),
        (BACK, "payment-unknown"),
        (replace(BACK, payment="no-event"), "payment-unknown"),
        (replace(BACK, payment="repair/532301/P2@3"), "payment-unknown"),
        (replace(BACK, reason=" "), "reason-missing"),
        (replace(ACCEPT, project="P2"), "project-unknown"),
        (replace(SETTLE, settled_fen=-1), "amount-not-positive"),
        (replace(CLOSE, closed_on=date(2027, 1, 1)), "date-future"),
    ],
)
def test_what_no_ledger_may_take(estate, command, refused, origin):
    recording = Recording(actor="cashier", origin=origin)
    before = estate.everything()
    assert refused in codes(estate, command, recording)
    after = [row for row in estate.everything() if not row[0].startswith("refusal/")]
    assert after == before


@pytest.mark.parametrize("command", [ACCEPT, SETTLE, CLOSE])
def test_a_project_is_accepted_settled_and_closed_once(estate, command, history):
    estate.execute(command, recording=history)
    assert codes(estate, command, history) == ["step-repeated"]


def test_money_comes_back_to_those_who_paid(estate):
    estate.execute(PAY, recording=CASHIER)
    estate.execute(BACK, recording=CASHIER)
    project, back = estate.events(PROJECT)[-1], estate.building_events("B1")[-1]
    assert (project.amount_fen, project.paid_on, project.reason) == (30_000, date(2026, 4, 1), "审减")
    # 30,000 × 28,641 ÷ 100,000 = 8,592.3; × 32,861 = 9,858.3; × 38,498 = 11,549.4: the fen left goes to .4
    assert back == WithdrawalReturned(
        **{**said("cashier", date(2026, 9, 1)), "recorded_at": back.recorded_at, "policy": back.policy},
        returned=f"{PROJECT}@4",
        payment=f"{PROJECT}@3",
        paid_on=date(2026, 4, 1),
        lines=(
            ReturnLine(unit="101", principal_fen=8_592, interest_fen=0),
            ReturnLine(unit="102", principal_fen=9_858, interest_fen=0),
            ReturnLine(unit="103", principal_fen=11_550, interest_fen=0),
        ),
    )
    assert estate.account("B1", "101").balance_fen == 900_000 - 28_641 + 8_592


def test_principal_and_interest_come_back_as_they_went(estate):
    estate.execute(estate.gains(30_000, on=date(2012, 1, 1)))
    estate.distribute(date(2012, 12, 31))
    estate.execute(PAY, recording=CASHIER)
    estate.execute(replace(BACK, amount_fen=100_000), recording=CASHIER)
    account = estate.account("B1", "101")
    assert (account.principal_fen, account.interest_fen) == (900_000, 10_000)


def test_history_may_give_back_more_than_was_paid(estate, history):
    estate.execute(PAY, recording=CASHIER)
    estate.execute(replace(BACK, amount_fen=200_000), recording=history)
    assert [line.principal_fen for line in estate.building_events("B1")[-1].lines] == [57_282, 65_722, 76_996]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=6))
def test_returns_in_any_pieces_never_give_an_account_more_than_it_paid(new_office, pieces):
    office = new_office()
    office.register("B1", {"101": 8931, "102": 10247})
    office.register("B2", {"101": 3})
    for code, unit in (("B1", "101"), ("B1", "102"), ("B2", "101")):
        office.execute(office.deposit(code, unit, 900_000, date(2011, 1, 1)))
    approve(office, "B1", "B2")
    before = office.balances("B1", "B2")
    office.execute(PAY, recording=CASHIER)
    after = office.balances("B1", "B2")
    left = 100_000
    for piece in pieces:
        amount = min(piece, left)
        if not amount:
            break
        office.execute(replace(BACK, amount_fen=amount), recording=CASHIER)
        left -= amount
        now = office.balances("B1", "B2")
        assert sum(map(sum, now.values())) == sum(map(sum, before.values())) - left
        assert all(after[key] <= now[key] <= before[key] for key in now)
    if left:
        office.execute(replace(BACK, amount_fen=left), recording=CASHIER)
    assert office.balances("B1", "B2") == before


def test_a_project_from_payment_to_close(estate):
    estate.execute(replace(PAY, amount_fen=80_000), recording=CASHIER)
    estate.execute(ACCEPT, recording=CASHIER)
    estate.execute(SETTLE, recording=CASHIER)
    final = replace(PAY, stage="final", amount_fen=20_000, paid_on=date(2026, 5, 20))
    estate.execute(final, recording=CASHIER)
    estate.execute(CLOSE, recording=CASHIER)
    assert [event.TOPIC for event in estate.events(PROJECT)[2:]] == [
        "repair-paid",
        "repair-accepted",
        "repair-settled",
        "repair-paid",
        "repair-closed",
    ]


def test_an_emergency_is_closed_after_its_notice(office):
    office.register("B1", {"101": 5000})
    office.execute(office.deposit("B1", "101", 900_000, date(2011, 1, 1)))
    approve(office, "B1", emergency=True)
    office.execute(replace(PAY), recording=CASHIER)
    office.execute(ACCEPT, recording=CASHIER)
    office.execute(SETTLE, recording=CASHIER)
    assert codes(office, CLOSE, CASHIER) == ["notice-missing"]
    office.log.append([Change(PROJECT, 5, (NoticePosted(**said("clerk", date(2026, 5, 12))),))])
    office.execute(CLOSE, recording=CASHIER)


def test_what_a_unit_bore_comes_back_to_those_that_took_its_place(estate, history):
    estate.execute(PAY, recording=CASHIER)
    into = (NewUnit(unit="101A", area_dm2=3000), NewUnit(unit="101B", area_dm2=5931))
    split = SplitUnit(building="B1", unit="101", into=into, changed_on=date(2026, 6, 1), document_no="规1")
    estate.execute(split, recording=history)
    estate.execute(BACK, recording=CASHIER)
    returned = estate.building_events("B1")[-1]
    assert {line.unit: line.principal_fen for line in returned.lines} == {
        "101A": 2_886,
        "101B": 5_706,
        "102": 9_858,
        "103": 11_550,
    }
    assert estate.account("B1", "101").balance_fen == 0
    assert list(consistency(replay(estate.memory))) == []
