"""Repairs recorded as history: the steps of a project, and the shares its buildings pay."""

from datetime import date

import msgspec
import pytest

from ledger.commands import RecordRepair, RepairPayment, VoteFigures
from ledger.errors import Refused
from ledger.events import Payee, RepairPaid, WithdrawalLine, WithdrawalPaid

STREAM = "repair/532301/P1"
FIRM = Payee(kind="firm", name="楚雄某建筑公司", account="6222")


def payment(amount_fen: int, on: date, stage: str = "first") -> RepairPayment:
    return msgspec.convert(
        {"stage": stage, "amount_fen": amount_fen, "paid_on": on, "payee": FIRM}, RepairPayment
    )


REPAIR = RecordRepair(
    project="P1",
    county="532301",
    estate="E1",
    buildings=("B1",),
    object="屋面",
    content="屋面防水翻修",
    emergency=False,
    budget_fen=200_000,
    applied_on=date(2016, 1, 4),
    handler_ref="h1",
    vote=VoteFigures(
        voted_on=date(2016, 2, 1),
        total_area_dm2=31183,
        total_households=3,
        present_area_dm2=31183,
        present_households=3,
        agreed_area_dm2=31183,
        agreed_households=3,
    ),
    noticed_on=date(2016, 2, 5),
    approved_on=date(2016, 3, 1),
    approved_fen=180_000,
    approver_ref="a1",
    started_on=date(2016, 3, 5),
    accepted_on=date(2016, 6, 1),
    settled_fen=150_000,
    payments=(payment(100_000, date(2016, 3, 10)), payment(50_000, date(2016, 6, 10), "final")),
)
BARE = RecordRepair(
    project="P1",
    county="532301",
    estate="",
    buildings=("B1",),
    object="屋面",
    content="屋面防水翻修",
    emergency=False,
    payments=(payment(100_000, date(2016, 3, 10)),),
)


@pytest.fixture
def estate(office):
    """One building of three units with money, and one of a single unit."""
    office.register("B1", {"101": 8931, "102": 10247, "103": 12005})
    office.register("B2", {"101": 10000})
    office.execute(
        *(office.deposit("B1", unit, 900_000, date(2011, 1, 1)) for unit in ("101", "102", "103")),
        office.deposit("B2", "101", 900_000, date(2011, 1, 1)),
    )
    return office


def steps(office, stream=STREAM):
    return [(event.TOPIC.removeprefix("repair-"), event.value_date) for event in office.events(stream)]


def refused(office, command):
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(command)
    assert office.everything() == before
    return [(found.code, found.field, found.line) for found in caught.value.refusals]


def test_the_steps_in_the_order_of_the_procedure(estate):
    estate.execute(REPAIR)
    assert steps(estate) == [
        ("proposed", date(2016, 1, 4)),
        ("vote-counted", date(2016, 2, 1)),
        ("notice-posted", date(2016, 2, 5)),
        ("approved", date(2016, 3, 1)),
        ("started", date(2016, 3, 5)),
        ("paid", date(2016, 3, 10)),
        ("paid", date(2016, 6, 10)),
        ("accepted", date(2016, 6, 1)),
        ("settled", date(2016, 6, 1)),
    ]


def test_the_worked_example_to_the_fen(estate):
    estate.execute(REPAIR)
    first = estate.building_events("B1")[-2]
    assert isinstance(first, WithdrawalPaid)
    assert first.payment == "repair/532301/P1@6"
    assert first.value_date == date(2016, 3, 10)
    assert first.lines == (
        WithdrawalLine(unit="101", principal_fen=28_641, interest_fen=0),
        WithdrawalLine(unit="102", principal_fen=32_861, interest_fen=0),
        WithdrawalLine(unit="103", principal_fen=38_498, interest_fen=0),
    )


def test_one_payment_over_two_buildings_is_shared_at_once(estate):
    estate.execute(msgspec.structs.replace(BARE, buildings=("B2", "B1", "B2")))
    (paid,) = [event for event in estate.events(STREAM) if isinstance(event, RepairPaid)]
    assert paid.buildings == ("B1", "B2")
    taken = {
        (code, line.unit): line.principal_fen
        for code in ("B1", "B2")
        for line in estate.building_events(code)[-1].lines
    }
    # Exactly 21,686.13, 24,881.62, 29,150.38 and 24,281.86: the two fen left over go to .86 and .62.
    assert taken == {
        ("B1", "101"): 21_686,
        ("B1", "102"): 24_882,
        ("B1", "103"): 29_150,
        ("B2", "101"): 24_282,
    }


def test_the_interest_part_pays_first_and_balances_move_between_payments(estate):
    estate.execute(estate.gains(6_000, on=date(2012, 1, 1)))
    estate.distribute(date(2012, 12, 31))
    assert estate.account("B2", "101").interest_fen == 1_500
    command = msgspec.structs.replace(
        BARE,
        buildings=("B2",),
        payments=(payment(1_000, date(2016, 3, 10)), payment(1_000, date(2016, 4, 10), "final")),
    )
    estate.execute(command)
    first, second = (event.lines for event in estate.building_events("B2")[-2:])
    assert first == (WithdrawalLine(unit="101", principal_fen=0, interest_fen=1_000),)
    assert second == (WithdrawalLine(unit="101", principal_fen=500, interest_fen=500),)


def test_history_may_overdraw_an_account(estate):
    estate.execute(
        msgspec.structs.replace(
            BARE, buildings=("B2",), payments=(payment(900_001, date(2016, 3, 10), "final"),)
        )
    )
    assert estate.account("B2", "101").balance_fen == -1


def test_public_units_and_selling_units_pay_in_the_ratio_of_their_deposits(office):
    office.register("B9", {"101": 5000}, fund="public")
    office.execute(
        office.deposit("B9", "101", 1_000, date(2011, 1, 1)),
        office.deposit("B9", "101", 3_000, date(2011, 1, 1), part="seller"),
        msgspec.structs.replace(BARE, buildings=("B9",), payments=(payment(600, date(2016, 1, 1)),)),
    )
    assert office.balances("B9") == {("B9", "101"): (850, 0), ("B9", "101/seller"): (2_550, 0)}


def test_owners_of_public_units_pay_alone_where_selling_units_deposited_nothing(office):
    office.register("B9", {"101": 5000}, fund="public")
    office.execute(
        office.deposit("B9", "101", 1_000, date(2011, 1, 1)),
        msgspec.structs.replace(BARE, buildings=("B9",), payments=(payment(600, date(2016, 1, 1)),)),
    )
    assert office.balances("B9") == {("B9", "101"): (400, 0), ("B9", "101/seller"): (0, 0)}


def test_days_that_are_missing_are_stood_in_for(estate):
    late = payment(10, date(2016, 5, 1))
    early = payment(20, date(2016, 3, 10))
    estate.execute(
        msgspec.structs.replace(
            BARE,
            payments=(late, early),
            vote=VoteFigures(agreed_households=3),
            approved_fen=30,
            settled_fen=30,
        )
    )
    assert steps(estate) == [
        ("proposed", date(2016, 3, 10)),
        ("vote-counted", date(2016, 3, 10)),
        ("approved", date(2016, 3, 10)),
        ("paid", date(2016, 5, 1)),
        ("paid", date(2016, 3, 10)),
        ("settled", date(2016, 5, 1)),
    ]
    assert estate.events(STREAM)[0].applied_on is None
    assert estate.events(STREAM)[0].estate == "E1"


def test_missing_facts_may_be_supplied_with_a_later_payment(estate):
    estate.execute(BARE)
    estate.execute(msgspec.structs.replace(REPAIR, payments=(payment(50_000, date(2016, 6, 10), "final"),)))
    assert steps(estate)[2:] == [
        ("proposed", date(2016, 1, 4)),
        ("vote-counted", date(2016, 2, 1)),
        ("notice-posted", date(2016, 2, 5)),
        ("approved", date(2016, 3, 1)),
        ("started", date(2016, 3, 5)),
        ("paid", date(2016, 6, 10)),
        ("accepted", date(2016, 6, 1)),
        ("settled", date(2016, 6, 1)),
    ]
    assert estate.events(STREAM)[2].budget_fen == 200_000


def test_the_same_facts_again_add_only_the_payment(estate):
    estate.execute(REPAIR)
    estate.execute(msgspec.structs.replace(REPAIR, payments=(payment(7, date(2016, 7, 1)),)))
    assert steps(estate)[9:] == [("paid", date(2016, 7, 1))]


def test_a_day_stood_in_for_may_be_supplied(estate):
    estate.execute(msgspec.structs.replace(BARE, approved_fen=180_000))
    estate.execute(
        msgspec.structs.replace(BARE, approved_on=date(2016, 3, 1), payments=(payment(7, date(2016, 7, 1)),))
    )
    approved = estate.events(STREAM)[3]
    assert (approved.value_date, approved.amount_fen) == (date(2016, 3, 1), 180_000)


def test_a_day_that_was_given_is_not_one_that_stood_in(estate):
    estate.execute(msgspec.structs.replace(BARE, noticed_on=date(2016, 3, 10)))
    later = msgspec.structs.replace(BARE, noticed_on=date(2016, 3, 11))
    assert refused(estate, later) == [("project-contradicts", "noticed_on", None)]


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("estate", "E2", "estate"),
        ("buildings", ("B1", "B2"), "buildings"),
        ("object", "外墙", "object"),
        ("content", "另一内容", "content"),
        ("emergency", True, "emergency"),
        ("budget_fen", 1, "budget_fen"),
        ("applied_on", date(2016, 1, 5), "applied_on"),
        ("handler_ref", "h2", "handler_ref"),
        ("vote", VoteFigures(voted_on=date(2016, 2, 2)), "voted_on"),
        ("vote", VoteFigures(agreed_area_dm2=1), "agreed_area_dm2"),
        ("noticed_on", date(2016, 2, 6), "noticed_on"),
        ("approved_on", date(2016, 3, 2), "approved_on"),
        ("approved_fen", 1, "approved_fen"),
        ("approver_ref", "a2", "approver_ref"),
        ("started_on", date(2016, 3, 6), "started_on"),
        ("accepted_on", date(2016, 6, 2), "accepted_on"),
        ("settled_fen", 1, "settled_fen"),
    ],
)
def test_facts_that_contradict_are_refused(estate, field, value, named):
    estate.execute(REPAIR)
    assert refused(estate, msgspec.structs.replace(REPAIR, **{field: value})) == [
        ("project-contradicts", named, None)
    ]


def test_everything_at_fault_is_told(estate):
    future = date(2026, 11, 24)
    command = msgspec.structs.replace(
        BARE,
        buildings=("B1", "B7"),
        noticed_on=future,
        vote=VoteFigures(voted_on=future),
        budget_fen=0,
        payments=(payment(0, date(2016, 1, 1)), payment(10**14, future)),
    )
    assert refused(estate, command) == [
        ("date-future", "noticed_on", None),
        ("date-future", "voted_on", None),
        ("amount-not-positive", "budget_fen", None),
        ("amount-not-positive", "amount_fen", 0),
        ("date-future", "paid_on", 1),
        ("amount-too-large", "amount_fen", 1),
        ("building-unknown", "buildings", None),
    ]


def test_a_building_of_another_county_contradicts(estate):
    assert refused(estate, msgspec.structs.replace(BARE, county="532302")) == [
        ("building-contradicts", "buildings", None)
    ]


def test_no_payment_no_unit(office):
    office.register("B3", {})
    assert refused(office, msgspec.structs.replace(BARE, buildings=("B3",), payments=())) == [
        ("payments-missing", "payments", None),
        ("units-missing", "buildings", None),
    ]


def test_a_live_repair_is_refused_and_leaves_a_trace(estate, live):
    with pytest.raises(Refused) as caught:
        estate.execute(REPAIR, recording=live)
    assert [found.code for found in caught.value.refusals] == ["history-only"]
    assert estate.events(STREAM) == []
    (trace,) = [row for row in estate.everything() if row[0].startswith("refusal/")]
    assert '"subject":"P1"' in trace[2]
