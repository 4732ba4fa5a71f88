"""A building: given its events, when a command comes, then these events or this refusal."""

import time
from datetime import UTC, date, datetime

import msgspec
import pytest

from ledger import building
from ledger import units as registering
from ledger.commands import CollectDeposit, RegisterUnits
from ledger.errors import Refusal, Refused
from ledger.events import (
    BankGainsReceived,
    BuildingOpened,
    DepositCollected,
    DepositLine,
    Event,
    GainLine,
    UnitLine,
    UnitsRegistered,
)
from ledger.stamp import Stamp

TODAY = date(2026, 11, 23)
STAMP = Stamp(
    actor="officer-1",
    recorded_at=datetime(2026, 11, 23, tzinfo=UTC),
    origin="history",
    policy="p1",
    evidence=(),
    import_id=None,
)
U101 = UnitLine(unit="101", fund="commodity", usage="residential", area_dm2=8931, owner_ref="o1")
U102 = UnitLine(unit="102", fund="public", usage="residential", area_dm2=10247, seller="州粮食局")
REGISTER = RegisterUnits(
    building="B1",
    name="1幢",
    county="532301",
    estate="E1",
    estate_name="彝人古镇",
    management="professional",
    lift=True,
    storeys=18,
    completed_on=date(2010, 6, 30),
    units=(U101, U102),
)


def given(*events: Event) -> building.State:
    state = building.EMPTY
    for event in events:
        state = building.apply(state, event)
    return state


def registered() -> building.State:
    return given(*registering.decide_units(building.EMPTY, REGISTER, STAMP, TODAY))


def decide(state: building.State, command: RegisterUnits | CollectDeposit) -> tuple[Event, ...]:
    if isinstance(command, RegisterUnits):
        return registering.decide_units(state, command, STAMP, TODAY)
    return building.decide_deposit(state, command, STAMP, TODAY)


def refusals(state: building.State, command: RegisterUnits | CollectDeposit) -> list[tuple[object, ...]]:
    with pytest.raises(Refused) as caught:
        decide(state, command)
    return [(found.code, found.field, found.line) for found in caught.value.refusals]


def deposit(*lines: DepositLine, on: date = date(2012, 5, 1)) -> CollectDeposit:
    return CollectDeposit(building="B1", kind="first", value_date=on, lines=lines)


class TestUnits:
    def test_a_new_building_opens_with_its_units(self) -> None:
        opened, units = registering.decide_units(building.EMPTY, REGISTER, STAMP, TODAY)
        assert opened == BuildingOpened(
            **STAMP,
            value_date=date(2010, 6, 30),
            name="1幢",
            county="532301",
            estate="E1",
            estate_name="彝人古镇",
            management="professional",
            lift=True,
            storeys=18,
            completed_on=date(2010, 6, 30),
        )
        assert units == UnitsRegistered(**STAMP, value_date=date(2010, 6, 30), lines=(U101, U102))

    def test_accounts_open_by_fund_kind(self) -> None:
        state = registered()
        assert set(state.accounts) == {("101", "owner"), ("102", "owner"), ("102", "seller")}

    def test_without_a_day_of_completion_today_counts(self) -> None:
        command = msgspec.structs.replace(REGISTER, completed_on=None)
        assert {e.value_date for e in registering.decide_units(building.EMPTY, command, STAMP, TODAY)} == {
            TODAY
        }

    def test_the_same_again_adds_nothing(self) -> None:
        assert registering.decide_units(registered(), REGISTER, STAMP, TODAY) == ()

    def test_facts_left_out_do_not_contradict(self) -> None:
        silent = msgspec.structs.replace(U101, owner_ref=None)
        command = msgspec.structs.replace(REGISTER, completed_on=None, units=(silent,))
        assert registering.decide_units(registered(), command, STAMP, TODAY) == ()

    def test_only_new_units_are_added(self) -> None:
        u103 = msgspec.structs.replace(U101, unit="103")
        command = msgspec.structs.replace(REGISTER, units=(U101, u103, u103))
        (added,) = registering.decide_units(registered(), command, STAMP, TODAY)
        assert isinstance(added, UnitsRegistered)
        assert added.lines == (u103,)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "2幢"),
            ("county", "532302"),
            ("estate", "E2"),
            ("estate_name", "他处"),
            ("management", "self"),
            ("lift", False),
            ("storeys", 6),
            ("completed_on", date(2011, 1, 1)),
            ("warranty_until", date(2015, 1, 1)),
        ],
    )
    def test_other_facts_of_the_building_contradict(self, field: str, value: object) -> None:
        command = msgspec.structs.replace(REGISTER, **{field: value})
        assert refusals(registered(), command) == [("building-contradicts", field, None)]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("fund", "public"),
            ("usage", "nonresidential"),
            ("area_dm2", 8932),
            ("owner_ref", "o2"),
            ("seller", "某单位"),
            ("realty_no", "530"),
        ],
    )
    def test_other_facts_of_a_unit_contradict(self, field: str, value: object) -> None:
        other = msgspec.structs.replace(U101, **{field: value})
        command = msgspec.structs.replace(REGISTER, units=(U102, other))
        assert refusals(registered(), command) == [("unit-contradicts", field, 1)]
        both = msgspec.structs.replace(REGISTER, units=(U101, U102, other))
        assert refusals(building.EMPTY, both) == [("unit-contradicts", field, 2)]

    def test_every_refusal_is_told(self) -> None:
        command = msgspec.structs.replace(
            REGISTER,
            building=" B1",
            storeys=0,
            completed_on=date(2026, 11, 24),
            units=(
                msgspec.structs.replace(U101, area_dm2=0),
                msgspec.structs.replace(U102, area_dm2=-5, unit="1/2"),
            ),
        )
        assert refusals(building.EMPTY, command) == [
            ("code-invalid", "building", None),
            ("date-future", "completed_on", None),
            ("storeys-invalid", "storeys", None),
            ("area-invalid", "area_dm2", 0),
            ("code-invalid", "unit", 1),
            ("area-invalid", "area_dm2", 1),
        ]


class TestDeposits:
    def test_money_goes_to_the_account(self) -> None:
        line = DepositLine(unit="101", amount_fen=830_583, receipt_no="00000001")
        (event,) = building.decide_deposit(registered(), deposit(line), STAMP, TODAY)
        assert event == DepositCollected(**STAMP, value_date=date(2012, 5, 1), kind="first", lines=(line,))
        account = given(*registering.decide_units(building.EMPTY, REGISTER, STAMP, TODAY), event).accounts
        assert account["101", "owner"] == building.Account(
            830_583, 0, 0, (building.Posting(3, date(2012, 5, 1), 830_583),), 1, 830_583
        )

    def test_the_selling_unit_has_its_own_part(self) -> None:
        line = DepositLine(unit="102", part="seller", amount_fen=5)
        state = building.apply(
            registered(), *building.decide_deposit(registered(), deposit(line), STAMP, TODAY)
        )
        assert state.accounts["102", "seller"].balance_fen == 5
        assert state.accounts["102", "owner"].balance_fen == 0

    def test_today_is_not_the_future(self) -> None:
        (event,) = building.decide_deposit(
            registered(), deposit(DepositLine(unit="101", amount_fen=1), on=TODAY), STAMP, TODAY
        )
        assert event.value_date == TODAY

    def test_every_line_at_fault_is_told(self) -> None:
        lines = (
            DepositLine(unit="101", amount_fen=1),
            DepositLine(unit="999", amount_fen=0),
            DepositLine(unit="101", part="seller", amount_fen=10**14),
            DepositLine(unit="102", amount_fen=-1),
        )
        assert refusals(registered(), deposit(*lines, on=date(2026, 11, 24))) == [
            ("date-future", "value_date", None),
            ("amount-not-positive", "amount_fen", 1),
            ("unit-unknown", "unit", 1),
            ("amount-too-large", "amount_fen", 2),
            ("part-unknown", "part", 2),
            ("amount-not-positive", "amount_fen", 3),
        ]

    def test_an_unknown_building_and_no_lines(self) -> None:
        assert refusals(building.EMPTY, deposit()) == [
            ("lines-missing", "lines", None),
            ("building-unknown", "building", None),
        ]

    def test_a_day_before_the_republic(self) -> None:
        command = deposit(DepositLine(unit="101", amount_fen=1), on=date(1949, 9, 30))
        assert refusals(registered(), command) == [("date-invalid", "value_date", None)]


def test_a_strange_event_is_a_defect() -> None:
    gains = BankGainsReceived(**STAMP, value_date=TODAY, lines=(GainLine(category="demand", amount_fen=1),))
    with pytest.raises(TypeError, match="bank-gains-received"):
        building.apply(building.EMPTY, gains)


def test_folding_never_changes_an_earlier_state() -> None:
    state = registered()
    before = msgspec.structs.asdict(state) | {"accounts": dict(state.accounts)}
    (event,) = building.decide_deposit(state, deposit(DepositLine(unit="101", amount_fen=1)), STAMP, TODAY)
    building.apply(state, event)
    assert msgspec.structs.asdict(state) == before


def test_a_thousand_events_fold_fast() -> None:
    state = registered()
    (event,) = building.decide_deposit(state, deposit(DepositLine(unit="101", amount_fen=1)), STAMP, TODAY)
    begun = time.perf_counter()
    for _ in range(1000):
        state = building.apply(state, event)
    seconds = time.perf_counter() - begun
    assert state.accounts["101", "owner"].principal_fen == 1000
    assert seconds < 0.1, "1,000 events of one account should fold in about 5 ms"


def test_a_refusal_names_its_article() -> None:
    with pytest.raises(Refused) as caught:
        building.decide_deposit(
            registered(), deposit(DepositLine(unit="101", part="seller", amount_fen=1)), STAMP, TODAY
        )
    assert caught.value.refusals == (
        Refusal("part-unknown", "户“101”是商品住宅，没有售房单位部分的账户", "part", 0, "165号令第8、11条"),
    )
