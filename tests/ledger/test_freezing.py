"""Accounts that a court froze: what leaves them is refused live, and recorded as history."""

from datetime import date

import pytest
from msgspec.structs import replace

from ledger.commands import (
    ChangeOwner,
    CorrectUnit,
    FreezeUnit,
    MergeUnits,
    NewUnit,
    Refund,
    RefundDeposit,
    ReleaseUnit,
    SplitUnit,
)
from ledger.errors import Refused
from ledger.events import CommandRefused, UnitFrozen, UnitReleased
from ledger.freezing import available
from ledger.rules.freezes import FREEZE_BASIS

PAID = date(2012, 5, 1)
FROZEN = date(2014, 7, 1)
LATER = date(2014, 8, 1)
TODAY = date(2026, 11, 23)
ORDER = "（2014）楚执字第7号"
WRITTEN = "(2014)楚执字第7号"


def freeze(
    on=FROZEN, order=ORDER, until=None, amount=None, unit="101", court="楚雄市人民法院", building="B1"
):
    return FreezeUnit(
        building=building,
        unit=unit,
        frozen_on=on,
        court=court,
        order_no=order,
        until=until,
        amount_fen=amount,
    )


def release(on=LATER, order=ORDER, unit="101"):
    return ReleaseUnit(building="B1", unit=unit, released_on=on, order_no=order)


def refund(amount=40_000, on=LATER, part="owner", receipt="7"):
    line = Refund(unit="101", amount_fen=amount, part=part, receipt_no=receipt)
    return RefundDeposit(building="B1", reason="overpaid", refunded_on=on, lines=(line,))


SPLIT = SplitUnit(
    building="B1",
    unit="101",
    into=(NewUnit(unit="101A", area_dm2=3000), NewUnit(unit="101B", area_dm2=5931)),
    changed_on=LATER,
    document_no="D1",
)
MERGER = MergeUnits(
    building="B1",
    units=("101", "102"),
    into=NewUnit(unit="103", area_dm2=19178),
    changed_on=LATER,
    document_no="D1",
)
TRANSFER = ChangeOwner(building="B1", unit="101", transferred_on=LATER, owner_ref="p2")


def refused(office, recording, *commands):
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    return [(found.code, found.field) for found in caught.value.refusals]


def left(office, on=LATER, part="owner", today=TODAY):
    return available(office.application.buildings(["B1"])["B1"], "101", part, on, today)


@pytest.fixture
def held(office):
    """101 of public housing holds 1,000.00 of its owner's and 300.00 of the selling unit's."""
    office.register("B1", {"101": 8931, "102": 10247}, "public")
    office.execute(
        office.deposit("B1", "101", 100_000, PAID, "7"),
        office.deposit("B1", "101", 30_000, PAID, "8", part="seller"),
    )
    return office


def test_an_order_is_written_one_way_and_moves_nothing(held, live):
    before = held.balances("B1")
    held.execute(freeze(until=date(2015, 6, 30), amount=50_000), recording=live)
    event = held.building_events("B1")[-1]
    assert isinstance(event, UnitFrozen)
    assert (event.unit, event.court, event.order_no) == ("101", "楚雄市人民法院", WRITTEN)
    assert (event.value_date, event.until, event.amount_fen) == (FROZEN, date(2015, 6, 30), 50_000)
    assert held.balances("B1") == before
    held.execute(release(order=WRITTEN), recording=live)
    event = held.building_events("B1")[-1]
    assert isinstance(event, UnitReleased)
    assert (event.unit, event.order_no, event.value_date) == ("101", WRITTEN, LATER)


class TestAvailable:
    def test_all_where_nothing_is_frozen(self, held):
        assert left(held) == 100_000

    def test_nothing_of_the_owners_and_all_of_the_sellers(self, held):
        held.execute(freeze())
        assert (left(held), left(held, part="seller")) == (0, 30_000)

    def test_what_the_orders_leave(self, held):
        held.execute(freeze(amount=50_000), freeze(order="另案8号", amount=20_000))
        assert left(held) == 30_000
        held.execute(freeze(order="另案9号", amount=40_000))
        assert left(held) == 0

    @pytest.mark.parametrize(
        ("on", "today", "free"),
        [
            (date(2014, 6, 30), date(2014, 6, 30), 100_000),
            (FROZEN, FROZEN, 0),
            (date(2014, 7, 31), date(2014, 7, 31), 0),
            (date(2014, 8, 1), date(2014, 8, 1), 100_000),
            (date(2014, 6, 30), date(2014, 7, 1), 0),
            (date(2014, 6, 30), TODAY, 0),
            (date(2014, 8, 1), TODAY, 100_000),
        ],
    )
    @pytest.mark.parametrize("ends", ["until", "released"])
    def test_from_its_first_day_to_its_last_and_not_by_an_earlier_date(self, held, on, today, free, ends):
        if ends == "until":
            held.execute(freeze(until=date(2014, 7, 31)))
        else:
            held.execute(freeze(until=date(2020, 1, 1)), release())
        assert left(held, on, today=today) == free

    def test_an_account_below_zero_has_nothing(self, held):
        held.execute(refund(150_000))
        assert left(held) == 0


class TestRules:
    CASES = (refund(), SPLIT, MERGER, TRANSFER)

    @pytest.mark.parametrize("command", CASES, ids=lambda command: type(command).__name__)
    def test_a_refusal_is_recorded_once_and_nothing_else(self, held, live, command):
        held.execute(freeze())
        before = held.everything()
        with pytest.raises(Refused) as caught:
            held.execute(command, recording=live)
        (found,) = caught.value.refusals
        assert (found.code, found.field, found.basis) == ("unit-frozen", "unit", FREEZE_BASIS)
        assert WRITTEN in found.message
        grown = [row for row in held.everything() if row not in before]
        (kept,) = held.events(grown[0][0])
        assert len(grown) == 1
        assert isinstance(kept, CommandRefused)
        assert (kept.subject, kept.codes) == ("B1", ("unit-frozen",))

    @pytest.mark.parametrize("command", CASES, ids=lambda command: type(command).__name__)
    def test_the_same_as_history_is_recorded(self, held, command):
        held.execute(freeze())
        before = len(held.building_events("B1"))
        held.execute(command)
        assert len(held.building_events("B1")) == before + 1

    @pytest.mark.parametrize("command", CASES, ids=lambda command: type(command).__name__)
    def test_after_the_release_nothing_stands_in_the_way(self, held, live, command):
        held.execute(freeze(), release())
        held.execute(command, recording=live)

    def test_a_refund_may_take_what_an_order_leaves(self, held, live):
        held.execute(freeze(amount=60_000))
        held.execute(refund(40_000), recording=live)
        assert refused(held, live, refund(1)) == [("unit-frozen", "unit")]

    def test_two_refunds_of_one_command_share_it(self, held, live):
        held.execute(freeze(amount=60_000))
        (line,) = refund(30_000).lines
        assert refused(held, live, replace(refund(), lines=(line, line))) == [("unit-frozen", "unit")]

    def test_the_selling_units_part_and_other_units_are_free(self, held, live):
        held.execute(freeze(), freeze(unit="102", order="另案"))
        held.execute(refund(30_000, part="seller", receipt="8"), recording=live)

    def test_money_may_come_in_and_facts_be_corrected(self, held, live):
        held.execute(freeze())
        correction = CorrectUnit(building="B1", unit="101", changed_on=LATER, reason="area", area_dm2=9000)
        held.execute(held.deposit("B1", "101", 5, LATER, "11"), correction, recording=live)


@pytest.mark.parametrize("recording", ["live", "history"])
@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (freeze(building="B9"), "building-unknown", "building"),
        (freeze(unit="999"), "unit-unknown", "unit"),
        (freeze(on=date(2026, 11, 24), order="另案"), "date-future", "frozen_on"),
        (freeze(order=" "), "code-invalid", "order_no"),
        (freeze(court=" ", order="另案"), "court-missing", "court"),
        (freeze(order="另案", amount=0), "amount-not-positive", "amount_fen"),
        (freeze(order="另案", until=date(2014, 6, 30)), "until-early", "until"),
        (freeze(order=WRITTEN), "order-known", "order_no"),
        (release(order="另案"), "order-unknown", "order_no"),
        (release(unit="102"), "order-unknown", "order_no"),
        (release(on=date(2014, 6, 30)), "release-early", "released_on"),
        (release(on=date(2026, 11, 24)), "date-future", "released_on"),
    ],
)
def test_what_no_ledger_may_take(held, request, recording, command, code, field):
    held.execute(freeze())
    assert refused(held, request.getfixturevalue(recording), command) == [(code, field)]


def test_an_order_ends_once_and_does_not_come_back(held, history):
    held.execute(freeze(), release())
    assert refused(held, history, release()) == [("order-unknown", "order_no")]
    assert refused(held, history, freeze()) == [("order-known", "order_no")]


@pytest.mark.parametrize("command", [freeze(), release()], ids=["freeze", "release"])
def test_a_closed_account_is_neither_frozen_nor_released(held, history, command):
    held.execute(SPLIT)
    assert refused(held, history, command) == [("unit-closed", "unit")]
