"""Units split, merged and corrected: the whole balance moves, to the fen, and nothing is lost or doubled."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from audit.replay import replay
from audit.verify import consistency
from ledger import building, interest, unit_changes
from ledger.building import Account, Closing, Posting
from ledger.commands import (
    ChangeOwner,
    CollectDeposit,
    CorrectUnit,
    CountVote,
    CreditIncome,
    MergeUnits,
    NewUnit,
    OpenBalance,
    ProposeRepair,
    RecordRepair,
    Refund,
    RefundDeposit,
    RepairPayment,
    ReverseEntry,
    SplitUnit,
)
from ledger.errors import Refused
from ledger.events import (
    Ballot,
    CommandRefused,
    DepositLine,
    MoveLine,
    OpeningLine,
    ProjectUnit,
    UnitLine,
    UnitsChanged,
)

PAID = date(2012, 5, 1)
CHANGED = date(2014, 7, 1)
T1, T2 = date(2012, 12, 31), date(2014, 12, 31)
DOCUMENT = "不动产登记 2014-18"


def split(unit="101", into=(("101A", 3000), ("101B", 5931)), on=CHANGED, note=None, building="B1"):
    return SplitUnit(
        building=building,
        unit=unit,
        into=tuple(NewUnit(unit=name, area_dm2=area) for name, area in into),
        changed_on=on,
        document_no=DOCUMENT,
        note=note,
    )


def merge(units=("101", "102"), into="103", area=19178, on=CHANGED, owner=None, note=None):
    return MergeUnits(
        building="B1",
        units=tuple(units),
        into=NewUnit(unit=into, area_dm2=area, owner_ref=owner),
        changed_on=on,
        document_no=DOCUMENT,
        note=note,
    )


def correct(area=9000, on=CHANGED, **facts):
    return CorrectUnit(building="B1", unit="101", changed_on=on, reason="area", area_dm2=area, **facts)


def correct_of(unit, area):
    return CorrectUnit(building="B1", unit=unit, changed_on=CHANGED, reason="area", area_dm2=area)


def refused(office, recording, *commands):
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    return [(found.code, found.field) for found in caught.value.refusals]


def state(office):
    return office.application.buildings(["B1"])["B1"]


@pytest.fixture
def held(office):
    """101 holds 1,000.01 first deposit, 0.50 of a top-up and 30.00 interest; 102 holds 200.00 and nothing."""
    office.register("B1", {"101": 8931, "102": 10247})
    office.execute(
        office.deposit("B1", "101", 100_001, PAID, "7"),
        office.deposit("B1", "101", 50, PAID, "8", kind="top-up"),
        office.gains(3_000, on=T1),
    )
    office.distribute(T1)
    office.execute(office.deposit("B1", "102", 20_000, date(2013, 1, 1), "9"))
    return office


class TestSplit:
    def test_the_balance_moves_by_area_and_the_old_account_is_empty(self, held, live):
        held.execute(split(), recording=live)
        event = held.building_events("B1")[-1]
        assert isinstance(event, UnitsChanged)
        assert (event.reason, event.value_date, event.document_no) == ("split", CHANGED, DOCUMENT)
        assert event.lines == (
            MoveLine(unit="101", principal_fen=-100_051, interest_fen=-3_000, first_deposit_fen=-100_001),
            MoveLine(unit="101A", principal_fen=33_608, interest_fen=1_008, first_deposit_fen=33_591),
            MoveLine(unit="101B", principal_fen=66_443, interest_fen=1_992, first_deposit_fen=66_410),
        )
        assert held.balances("B1") == {
            ("B1", "101"): (0, 0),
            ("B1", "102"): (20_000, 0),
            ("B1", "101A"): (33_608, 1_008),
            ("B1", "101B"): (66_443, 1_992),
        }
        assert state(held).closed == {"101": Closing(7, {"101A": 3000, "101B": 5931})}
        assert state(held).areas == {"102": 10247, "101A": 3000, "101B": 5931}

    def test_new_units_are_as_the_old_one_was_but_for_what_is_said(self, office):
        units = office.units("B1", {"101": 8931})
        old = replace(units.units[0], owner_ref="p1", usage="nonresidential", realty_no="R1")
        office.execute(replace(units, units=(old,)))
        office.execute(ChangeOwner(building="B1", unit="101", transferred_on=PAID, owner_ref="p2"))
        command = split()
        second = replace(command.into[1], owner_ref="p3", realty_no="R2")
        office.execute(replace(command, into=(command.into[0], second)))
        assert state(office).units["101A"] == UnitLine(
            unit="101A", fund="commodity", usage="nonresidential", area_dm2=3000, owner_ref="p2"
        )
        assert (state(office).owner_ref("101B"), state(office).units["101B"].realty_no) == ("p3", "R2")

    def test_the_parts_of_public_housing_stay_apart(self, office):
        office.register("B1", {"101": 8931}, "public")
        office.execute(
            office.deposit("B1", "101", 7, PAID, part="seller"), office.deposit("B1", "101", 100, PAID)
        )
        office.execute(split())
        assert office.balances("B1") == {
            ("B1", "101"): (0, 0),
            ("B1", "101/seller"): (0, 0),
            ("B1", "101A"): (34, 0),
            ("B1", "101A/seller"): (2, 0),
            ("B1", "101B"): (66, 0),
            ("B1", "101B/seller"): (5, 0),
        }

    def test_an_account_without_money_has_no_line(self, office):
        office.register("B1", {"101": 8931})
        office.execute(split())
        assert office.building_events("B1")[-1].lines == ()

    def test_what_was_reversed_or_given_back_is_no_first_deposit_that_moves(self, held):
        held.execute(
            RefundDeposit(
                building="B1",
                reason="overpaid",
                refunded_on=date(2013, 2, 1),
                lines=(Refund(unit="101", amount_fen=40_000, receipt_no="7"),),
            ),
            held.deposit("B1", "101", 9, PAID, "10"),
        )
        held.execute(ReverseEntry(stream="building/B1", version=8, reason="录错"))
        held.execute(split())
        assert held.building_events("B1")[-1].lines[0].first_deposit_fen == -60_001


class TestRefundAfterwards:
    """A deposit may be given back from the accounts that its money moved to."""

    @staticmethod
    def refund(unit, amount, receipt="7"):
        line = Refund(unit=unit, amount_fen=amount, receipt_no=receipt)
        return RefundDeposit(building="B1", reason="overpaid", refunded_on=T2, lines=(line,))

    def test_it_names_the_deposit_of_the_old_unit(self, held, live):
        held.execute(split(), merge(("101A", "102"), "104", 13247))
        held.execute(self.refund("104", 20_000), recording=live)
        (line,) = held.building_events("B1")[-1].lines
        assert (line.unit, line.deposit, line.deposit_line) == ("104", "building/B1@3", 0)
        assert (line.deposited_on, line.deposit_kind) == (PAID, "first")
        held.execute(split("104", (("1", 1), ("2", 13246)), T2))
        assert held.building_events("B1")[-1].lines[0].first_deposit_fen == -(33_591 + 20_000 - 20_000)

    def test_not_more_than_was_deposited_in_all(self, held, live):
        held.execute(split())
        held.execute(self.refund("101B", 60_000), self.refund("101A", 30_000), recording=live)
        assert refused(held, live, self.refund("101A", 10_002)) == [("refund-exceeds", "amount_fen")]

    def test_other_units_have_no_part_in_it(self, held, live):
        held.execute(split(), merge(("101A", "102"), "104", 13247))
        assert refused(held, live, self.refund("101B", 1, "9")) == [("deposit-unknown", "receipt_no")]


class TestMerger:
    def test_the_new_unit_has_the_sum(self, held, live):
        held.execute(merge(), recording=live)
        assert held.balances("B1") == {
            ("B1", "101"): (0, 0),
            ("B1", "102"): (0, 0),
            ("B1", "103"): (120_051, 3_000),
        }
        assert held.building_events("B1")[-1].lines[-1].first_deposit_fen == 120_001

    def test_units_of_several_owners_need_a_named_one(self, held, history):
        held.execute(ChangeOwner(building="B1", unit="101", transferred_on=PAID, owner_ref="p2"))
        assert refused(held, history, merge()) == [("owner-missing", "owner_ref")]
        held.execute(merge(owner="p2"))
        assert state(held).owner_ref("103") == "p2"

    def test_what_was_split_may_be_merged_again(self, held):
        held.execute(split(), merge(("101A", "101B"), "101C", 8931))
        assert held.balances("B1")["B1", "101C"] == (100_051, 3_000)
        assert held.building_events("B1")[-1].lines[-1].first_deposit_fen == 100_001
        assert list(state(held).closed) == ["101", "101A", "101B"]


class TestCorrection:
    def test_money_stays_and_later_costs_are_shared_by_the_new_area(self, held, live):
        before = held.balances("B1")
        held.execute(correct(10247, document_no="测绘 5"), recording=live)
        event = held.building_events("B1")[-1]
        assert (event.reason, event.lines) == ("area", ())
        assert [line.area_dm2 for line in (*event.before, *event.after)] == [8931, 10247]
        assert held.balances("B1") == before
        held.execute(CreditIncome(building="B1", category="operating", value_date=CHANGED, amount_fen=100))
        assert [line.amount_fen for line in held.building_events("B1")[-1].lines] == [50, 50]

    def test_use_and_number_of_the_unit(self, held):
        held.execute(
            CorrectUnit(
                building="B1", unit="101", changed_on=CHANGED, reason="usage", usage="nonresidential",
                realty_no="R7",
            )
        )  # fmt: skip
        assert state(held).units["101"].usage == "nonresidential"
        assert state(held).units["101"].realty_no == "R7"
        assert state(held).units["101"].area_dm2 == 8931

    @pytest.mark.parametrize("area", [8931, 9000, 9500])
    def test_a_register_older_or_newer_than_the_correction_contradicts_nothing(self, held, area):
        held.execute(correct(9000), correct(9500))
        before = held.everything()
        held.execute(held.units("B1", {"101": area}))
        assert held.everything() == before

    def test_any_other_area_does(self, held, history):
        held.execute(correct(9000))
        assert refused(held, history, held.units("B1", {"101": 9001})) == [("unit-contradicts", "area_dm2")]


def test_registers_of_before_and_after_a_split_contradict_nothing(held):
    held.execute(split())
    before = held.everything()
    held.execute(held.units("B1", {"101": 8931, "102": 10247}))
    held.execute(held.units("B1", {"101A": 3000, "101B": 5931, "102": 10247}))
    assert held.everything() == before


def test_a_repair_is_shared_over_the_open_units(held):
    held.execute(split())
    repair = RecordRepair(
        project="P1", county="532301", estate="E1", buildings=("B1",), object="屋面", content="防水",
        emergency=False, payments=(RepairPayment(stage="final", amount_fen=19178, paid_on=T2),),
    )  # fmt: skip
    held.execute(repair)
    taken = {
        line.unit: line.principal_fen + line.interest_fen for line in held.building_events("B1")[-1].lines
    }
    assert taken == {"101A": 3000, "101B": 5931, "102": 10247}


def test_the_units_of_a_split_vote_and_the_old_one_does_not(held, live):
    """Also for a project proposed before; the audit counts over the same units and areas."""
    plan = ProposeRepair(
        county="532301", project="P1", applied_on=date(2018, 2, 1), buildings=("B1",),
        object="屋面", content="屋面防水层翻修", budget_fen=200_000, handler_ref="h1",
    )  # fmt: skip
    held.execute(plan, recording=live)
    held.execute(split(), correct_of("102", 10000))
    held.execute(ChangeOwner(building="B1", unit="101A", transferred_on=date(2019, 1, 1), owner_ref="p9"))
    ballots = tuple(Ballot(building="B1", unit=unit, choice="agree") for unit in ("101A", "101B", "102"))
    vote = CountVote(county="532301", project="P1", voted_on=date(2018, 3, 1), ballots=ballots)
    held.execute(vote)
    event = held.events("repair/532301/P1")[-1]
    assert (event.total_area_dm2, event.total_households, event.agreed_area_dm2) == (18931, 3, 18931)
    assert list(consistency(replay(held.memory))) == []


def test_a_closed_unit_is_not_charged(held, history):
    held.execute(split())
    plan = ProposeRepair(
        county="532301", project="P1", applied_on=date(2018, 2, 1), buildings=("B1",),
        object="屋面", content="屋面防水层翻修", budget_fen=200_000,
        handler_ref="h1", units=(ProjectUnit(building="B1", unit="101"),),
    )  # fmt: skip
    assert refused(held, history, plan) == [("unit-closed", "units")]


LINE = DepositLine(unit="101", amount_fen=5, receipt_no="70")
ON_CLOSED = [
    CollectDeposit(building="B1", kind="top-up", value_date=T2, lines=(LINE,)),
    OpenBalance(building="B1", value_date=T2, lines=(OpeningLine(unit="101", principal_fen=5),)),
    CreditIncome(building="B1", category="disposal", value_date=T2, amount_fen=5, unit="101"),
    RefundDeposit(
        building="B1",
        reason="overpaid",
        refunded_on=T2,
        lines=(Refund(unit="101", amount_fen=5, receipt_no="7"),),
    ),
    ChangeOwner(building="B1", unit="101", transferred_on=T2, owner_ref="p5"),
    split(into=(("X", 1), ("Y", 8930)), on=T2),
    correct(on=T2),
]


@pytest.mark.parametrize("recording", ["live", "history"])
@pytest.mark.parametrize("command", ON_CLOSED, ids=lambda command: type(command).__name__)
def test_a_closed_account_takes_nothing_more(held, request, recording, command):
    held.execute(split())
    assert "unit-closed" in [code for code, _ in refused(held, request.getfixturevalue(recording), command)]


@pytest.mark.parametrize("recording", ["live", "history"])
def test_an_entry_whose_money_moved_on_is_not_reversed(held, request, recording):
    held.execute(split())
    command = ReverseEntry(stream="building/B1", version=3, reason="录错")
    assert refused(held, request.getfixturevalue(recording), command) == [("unit-closed", "lines")]
    command = ReverseEntry(stream="building/B1", version=7, reason="录错")
    assert refused(held, request.getfixturevalue(recording), command) == [("not-reversible", "version")]


@pytest.mark.parametrize("recording", ["live", "history"])
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (split(building="B9"), "building-unknown"),
        (split(unit="999"), "unit-unknown"),
        (split(on=date(2026, 11, 24)), "date-future"),
        (split(into=(("102", 3000), ("101B", 5931))), "unit-exists"),
        (split(into=(("A", 3000), ("A", 5931))), "unit-exists"),
        (split(into=(("A", 8931),)), "units-few"),
        (split(into=(("A", 0), ("B", 8931))), "area-invalid"),
        (split(into=(("A/", 1), ("B", 8930))), "code-invalid"),
        (replace(split(), document_no=" "), "document-missing"),
        (merge(("101",), area=8931), "units-few"),
        (merge(("101", "101"), area=17862), "units-few"),
        (correct(8931), "nothing-changed"),
        (correct(0), "area-invalid"),
    ],
)
def test_what_no_ledger_may_take(held, request, recording, command, code):
    before = held.balances("B1")
    assert [found for found, _ in refused(held, request.getfixturevalue(recording), command)] == [code]
    assert held.balances("B1") == before


def test_units_of_two_fund_kinds_are_never_one(held, history):
    held.execute(replace(held.units("B1", {"201": 5}, "public")))
    assert refused(held, history, merge(("101", "201"), area=8936)) == [("units-differ", "units")]


class TestRules:
    CASES = (
        (split(into=(("101A", 3000), ("101B", 6000))), "area-differs", "area_dm2"),
        (merge(area=19000), "area-differs", "area_dm2"),
        (split(on=date(2012, 12, 30)), "change-early", "changed_on"),
        (merge(on=date(2012, 12, 31)), "change-early", "changed_on"),
    )

    @pytest.mark.parametrize(("command", "code", "field"), CASES)
    def test_a_refusal_is_recorded_once_and_nothing_else(self, held, live, command, code, field):
        before = held.everything()
        assert refused(held, live, command) == [(code, field)]
        grown = [row for row in held.everything() if row not in before]
        (kept,) = held.events(grown[0][0])
        assert len(grown) == 1
        assert isinstance(kept, CommandRefused)
        assert (kept.subject, kept.codes) == ("B1", (code,))

    @pytest.mark.parametrize(("command", "code", "field"), CASES)
    def test_the_same_as_history_is_recorded(self, held, command, code, field):
        held.execute(command)
        assert isinstance(held.building_events("B1")[-1], UnitsChanged)

    def test_a_difference_with_its_reason_is_taken(self, held, live):
        held.execute(split(into=(("101A", 3000), ("101B", 6000)), note="实测面积"), recording=live)
        assert held.building_events("B1")[-1].note == "实测面积"


# Interest


def test_the_interest_of_before_goes_to_the_new_accounts(held):
    """101 weighs for all of 2013 and half of 2014, then its successors; 102 is as it was."""
    untouched = held.balances("B1")["B1", "101"]
    assert untouched == (100_051, 3_000)
    held.execute(split(), held.gains(10_000, on=T2))
    held.distribute(T2)
    days = (date(2015, 1, 1) - date(2013, 1, 1)).days
    old, other = 103_051 * days, 20_000 * days
    balances = held.balances("B1")
    assert balances["B1", "101"] == (0, 0)
    gained = balances["B1", "101A"][1] + balances["B1", "101B"][1] - 3_000
    assert gained == round(10_000 * old / (old + other))
    assert balances["B1", "102"] == (20_000, 10_000 - gained)


def test_a_change_recorded_late_earns_nothing_twice(held):
    """The old account earned interest through the whole year before anyone said it was split in July."""
    held.execute(held.gains(10_000, on=T2))
    held.distribute(T2)
    held.execute(split(), held.gains(10_000, on=date(2015, 12, 31)))
    before = held.balances("B1")
    held.distribute(date(2015, 12, 31))
    after = held.balances("B1")
    assert after["B1", "102"][1] - before["B1", "102"][1] == pytest.approx(
        10_000 * sum(before["B1", "102"]) / 133_051, abs=1
    )


def test_a_distribution_torn_by_a_split_is_finished_with_the_sum_it_fixed(held, monkeypatch):
    held.execute(held.gains(10_000, on=T2))
    with monkeypatch.context() as torn:
        torn.setattr(interest, "decide_accrual", _fail)
        with pytest.raises(RuntimeError):
            held.distribute(T2)
    held.execute(split(on=T2), merge(("101A", "102"), "104", 13247, on=T2))
    done = held.distribute(T2)
    assert done.pool_fen == 10_000
    balances = held.balances("B1")
    assert sum(interest for _, interest in balances.values()) == 13_000
    assert all(balances["B1", gone] == (0, 0) for gone in ("101", "102", "101A"))


def _fail(*_):
    raise RuntimeError("the power went off")


DAYS = st.integers(0, 3000).map(lambda number: date(2010, 1, 1) + timedelta(number))
POSTINGS = st.lists(st.tuples(DAYS, st.integers(0, 10**8)), max_size=5)
AREAS = st.lists(st.integers(1, 20_000), min_size=2, max_size=5)


def _with_account(postings, settled):
    line = UnitLine(unit="101", fund="commodity", usage="residential", area_dm2=10_000)
    account = Account(
        principal_fen=settled + sum(amount for _, amount in postings),
        settled_fen=settled,
        unsettled=tuple(Posting(3, day, amount) for day, amount in postings),
    )
    return building.State(version=3, units={"101": line}, accounts={("101", "owner"): account})


@given(POSTINGS, st.integers(0, 10**8), AREAS, DAYS, DAYS)
def test_a_split_alters_no_sum_of_weights_at_any_boundary(postings, settled, areas, changed_on, boundary):
    """Also for a boundary before the change, and for a change recorded after the distribution was fixed."""
    before = _with_account(postings, settled)
    command = split(into=tuple((f"N{index}", area) for index, area in enumerate(areas)), on=changed_on)
    stamp = {"actor": "a", "recorded_at": None, "origin": "history", "policy": "p", "evidence": (),
             "import_id": None}  # fmt: skip
    after_lines = tuple(unit_changes._new_line([before.units["101"]], new) for new in command.into)
    event = UnitsChanged(
        **stamp,
        value_date=changed_on,
        reason="split",
        before=(before.units["101"],),
        after=after_lines,
        lines=tuple(unit_changes.moves(before.accounts, {}, [before.units["101"]], after_lines)),
    )
    after = building.apply(before, event)
    previous = date(2009, 12, 31)
    fixed = sum(interest.weights(before, "commodity", previous, boundary, 3).values())
    assert sum(interest.weights(after, "commodity", previous, boundary, 3).values()) == fixed
    later = interest.weights(after, "commodity", previous, boundary, 4)
    assert later["101", "owner"] == 0
    if changed_on >= max([day for day, _ in postings], default=changed_on):
        assert sum(later.values()) == fixed
    # Dated before its money, fen of a share are cut off at zero: less than one a day and account.
    assert 0 <= sum(later.values()) - fixed <= len(areas) * max((boundary - changed_on).days, 0)


@given(
    st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**7), 10**7), st.integers(0, 10**9)),
    AREAS,
)
def test_the_lines_of_a_split_sum_to_nothing_and_are_fair_to_the_fen(held, areas):
    line = UnitLine(unit="101", fund="commodity", usage="residential", area_dm2=10_000)
    after = [replace(line, unit=f"N{index}", area_dm2=area) for index, area in enumerate(areas)]
    accounts = {("101", "owner"): Account(principal_fen=held[0], interest_fen=held[1])}
    lines = list(unit_changes.moves(accounts, {("101", "owner"): held[2]}, [line], after))
    for name, total in zip(("principal_fen", "interest_fen", "first_deposit_fen"), held, strict=True):
        assert sum(getattr(move, name) for move in lines) == 0
        for new in after:
            got = sum(getattr(move, name) for move in lines if move.unit == new.unit)
            assert abs(got * sum(areas) - total * new.area_dm2) < sum(areas)
