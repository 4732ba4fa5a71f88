"""Repair payments recounted: live ones with every bearer contradict nothing, and wrong ones are named."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from audit.replay import replay
from audit.verify import consistency
from ledger import policy
from ledger.application import Application
from ledger.commands import (
    CollectDeposit,
    FreezeUnit,
    PayRepair,
    Recording,
    RegisterUnits,
    ReleaseUnit,
    ReturnRepairMoney,
)
from ledger.events import (
    DepositLine,
    Developer,
    Payee,
    ProjectUnit,
    RepairApproved,
    RepairMoneyReturned,
    RepairPaid,
    RepairProposed,
    UnitFrozen,
    UnitLine,
    WithdrawalReturned,
)
from ledger.log import Change
from ledger.store.codec import decode, encode
from ledger.store.memory import MemoryLog

PROJECT = "repair/532301/P1"
CLERK = Recording(actor="clerk", origin="history")
CASHIER = Recording(actor="cashier")


def said(actor, day):
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return {"actor": actor, "recorded_at": moment, "value_date": day, "origin": "live", "policy": "p1"}


class Office:
    """Two buildings, commercial and sold public, some of whose units the developer still holds."""

    def __init__(self, money, chosen=(), unsold=()):
        self.log = MemoryLog()
        self.application = Application(self.log, policy.load(), lambda: datetime(2026, 11, 23, 1, tzinfo=UTC))
        funds = {"B1": ("commodity", "commodity", "public"), "B2": ("public", "public")}
        for code, kinds in funds.items():
            self.execute(self.units(code, kinds), CLERK)
        for (building, unit, part), amount in money.items():
            line = DepositLine(unit=unit, part=part, amount_fen=amount)
            self.execute(
                CollectDeposit(building=building, kind="first", value_date=date(2015, 1, 5), lines=(line,)),
                CLERK,
            )
        named = tuple(ProjectUnit(building=building, unit=unit) for building, unit in unsold)
        proposed = RepairProposed(
            **said("clerk", date(2026, 1, 5)),
            project="P1",
            county="532301",
            estate="E1",
            buildings=("B1", "B2"),
            object="屋面",
            content="屋面防水翻修",
            emergency=False,
            budget_fen=10_000_000,
            units=tuple(ProjectUnit(building=building, unit=unit) for building, unit in chosen),
            developer=Developer(name="某置业公司", units=named) if named else None,
        )
        approved = RepairApproved(**said("head", date(2026, 3, 1)), amount_fen=10_000_000)
        self.log.append([Change(PROJECT, 0, (proposed, approved))])

    @staticmethod
    def units(code, kinds):
        return RegisterUnits(
            building=code,
            name=code,
            county="532301",
            estate="E1",
            estate_name="和谐小区",
            management="self",
            lift=True,
            storeys=9,
            units=tuple(
                UnitLine(unit=f"{number}", fund=fund, usage="residential", area_dm2=7_001 + 613 * number)
                for number, fund in enumerate(kinds, 101)
            ),
        )

    def execute(self, command, recording=CASHIER):
        return self.application.execute([command], recording)

    @staticmethod
    def payment(amount_fen):
        return PayRepair(
            county="532301",
            project="P1",
            stage="first",
            amount_fen=amount_fen,
            paid_on=date(2026, 4, 1),
            payee=Payee(kind="firm", name="某公司", account="6222"),
        )

    def pay(self, amount_fen):
        return self.execute(self.payment(amount_fen))

    def give_back(self, amount_fen, payment=3, recording=CASHIER):
        command = ReturnRepairMoney(
            county="532301",
            project="P1",
            payment=f"{PROJECT}@{payment}",
            amount_fen=amount_fen,
            returned_on=date(2026, 9, 1),
            reason="审减",
        )
        return self.execute(command, recording)


MONEY = {
    ("B1", "101", "owner"): 900_000,
    ("B1", "102", "owner"): 20_000,
    ("B1", "103", "owner"): 300_000,
    ("B1", "103", "seller"): 200_000,
    ("B2", "101", "owner"): 5_000,
    ("B2", "101", "seller"): 123_457,
    ("B2", "102", "owner"): 7_000,
}
PLACES = sorted({(building, unit) for building, unit, _ in MONEY})


def problems(rows_or_log):
    return [(found.kind, found.key) for found in consistency(replay(rows_or_log))]


def rows(office):
    return office.log.rows(0, 10**6)


def rewritten(written, office, kind, change):
    """The log with the last event of a kind changed."""
    kept = rows(office)
    index, event = [
        (index, found)
        for index, row in enumerate(kept)
        if isinstance(found := decode(row.topic, row.schema, row.data), kind)
    ][-1]
    return written([*kept[:index], kept[index]._replace(data=encode(change(event))), *kept[index + 1 :]])


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(st.data())
def test_live_payments_of_every_kind_contradict_nothing(data):
    money = {
        key: data.draw(st.integers(1, 300_000)) for key in MONEY if data.draw(st.booleans(), label=str(key))
    }
    unsold = data.draw(st.sets(st.sampled_from(PLACES), max_size=2))
    chosen = data.draw(st.sets(st.sampled_from(PLACES), max_size=3)) - unsold
    office = Office(money, chosen, unsold)
    for number, (building, unit) in enumerate(data.draw(st.sets(st.sampled_from(PLACES)), label="frozen")):
        amount = data.draw(st.one_of(st.none(), st.integers(1, 300_000)))
        since = data.draw(st.sampled_from([date(2016, 1, 5), date(2026, 4, 1), date(2026, 4, 2)]))
        frozen = freeze(building, unit, since, f"执{number}号", amount)
        office.execute(frozen)
        if data.draw(st.booleans()):
            released_on = max(since, data.draw(st.sampled_from([date(2026, 4, 1), date(2026, 4, 2)])))
            office.execute(release(frozen, released_on))
    for amount in data.draw(st.lists(st.integers(1, 400_000), min_size=1, max_size=3)):
        if not office.application.judge([office.payment(amount)], CASHIER):
            office.pay(amount)
    made = [event for event in office.log.events(PROJECT) if isinstance(event, RepairPaid)]
    if made:
        office.give_back(min(made[0].amount_fen, data.draw(st.integers(1, 300_000))))
    assert problems(office.log) == []


def freeze(building, unit, since=date(2026, 2, 1), order="执1号", amount=None):
    return FreezeUnit(
        building=building, unit=unit, frozen_on=since, court="法院", order_no=order, amount_fen=amount
    )


def release(frozen, released_on):
    return ReleaseUnit(
        building=frozen.building, unit=frozen.unit, released_on=released_on, order_no=frozen.order_no
    )


@pytest.mark.parametrize("amount", [None, 890_000])
def test_what_was_frozen_then_may_be_raised_by_its_owner(amount):
    office = Office(MONEY)
    frozen = freeze("B1", "101", amount=amount)
    office.execute(frozen)
    office.pay(400_000)
    (event,) = [event for event in office.log.events(PROJECT) if isinstance(event, RepairPaid)]
    assert ("B1", "101") in [(each.building, each.unit) for each in event.self_raised]
    assert problems(office.log) == []
    office.execute(release(frozen, date(2026, 4, 1)))
    assert problems(office.log) == []


@pytest.mark.parametrize(
    ("amount", "found"),
    [(889_999, [("self-raised-wrong", "B1/101/owner")]), (890_000, []), (None, [])],
)
def test_what_was_not_frozen_may_not(written, amount, found):
    office = Office(MONEY)
    office.execute(freeze("B1", "101", amount=890_000))
    office.pay(400_000)
    other = rewritten(written, office, UnitFrozen, lambda event: replace(event, amount_fen=amount))
    assert problems(other) == found


@pytest.fixture
def paid():
    office = Office(MONEY, unsold=[("B2", "102")])
    office.pay(400_000)
    office.give_back(50_000)
    return office


def test_in_order(paid):
    assert problems(paid.log) == []
    (event,) = [event for event in paid.log.events(PROJECT) if isinstance(event, RepairPaid)]
    assert event.developer_fen > 0
    assert event.self_raised


@pytest.mark.parametrize(
    "change",
    [
        lambda event: replace(event, cost_fen=event.cost_fen + 1),
        lambda event: replace(event, amount_fen=event.amount_fen + 1),
        lambda event: replace(event, developer_fen=event.developer_fen - 1, amount_fen=event.amount_fen + 1),
        lambda event: replace(event, self_raised=event.self_raised[1:]),
    ],
)
def test_a_payment_that_is_not_the_sum_of_its_parts_is_named(paid, written, change):
    assert ("payment-wrong", None) in problems(rewritten(written, paid, RepairPaid, change))


def test_money_to_be_raised_that_the_account_had_is_named(paid, written):
    def change(event):
        first = event.self_raised[0]
        return replace(event, self_raised=(replace(first, unit="101"), *event.self_raised[1:]))

    found = problems(rewritten(written, paid, RepairPaid, change))
    assert ("self-raised-wrong", "B1/101/owner") in found
    assert ("withdrawal-wrong", "B1/101/owner") in found


def test_a_fen_returned_to_the_wrong_account_is_named_on_both(paid, written):
    def change(event):
        first, second, *rest = event.lines
        return replace(
            event,
            lines=(
                replace(first, principal_fen=first.principal_fen + 1),
                replace(second, principal_fen=second.principal_fen - 1),
                *rest,
            ),
        )

    found = problems(rewritten(written, paid, WithdrawalReturned, change))
    assert [kind for kind, _ in found] == ["return-wrong", "return-wrong"]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (RepairMoneyReturned, {"payment": f"{PROJECT}@9"}),
        (RepairMoneyReturned, {"paid_on": date(2025, 4, 1)}),
        (RepairMoneyReturned, {"amount_fen": 49_999}),
        (WithdrawalReturned, {"returned": f"{PROJECT}@9"}),
        (WithdrawalReturned, {"payment": f"{PROJECT}@2"}),
        (WithdrawalReturned, {"paid_on": date(2025, 4, 1)}),
    ],
)
def test_a_return_that_is_not_what_it_says_is_named(paid, written, kind, changes):
    found = problems(rewritten(written, paid, kind, lambda event: replace(event, **changes)))
    assert "return-wrong" in {kind for kind, _ in found}


def test_history_that_gives_back_too_much_contradicts_nothing(paid):
    paid.give_back(900_000, recording=CLERK)
    assert problems(paid.log) == []
