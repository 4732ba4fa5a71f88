"""Changes of units and freezes before the second witness: a wrong fen is named, an honest one is not."""

import random
from datetime import date

import pytest
from msgspec.structs import replace

from audit.heirs import shares
from audit.replay import replay
from audit.verify import consistency
from ledger import interest
from ledger.commands import (
    CorrectUnit,
    FreezeUnit,
    MergeUnits,
    NewUnit,
    Refund,
    RefundDeposit,
    ReleaseUnit,
    SplitUnit,
)
from ledger.events import (
    DepositCollected,
    DepositLine,
    InterestAccrued,
    OwnerChanged,
    UnitFrozen,
    UnitReleased,
    UnitsChanged,
)
from ledger.money import split as split_fen
from ledger.store.codec import decode, encode
from ledger.store.feed import Row

DAY = date(2020, 3, 4)


def kinds(feed):
    return [(found.kind, found.key) for found in consistency(replay(feed))]


class Restless:
    """An office in which units change all the time."""

    def __init__(self, office, seed):
        self.office = office
        self.choose = random.Random(seed)
        self.orders = []
        self.serial = 0

    def open_units(self, building):
        return sorted(self.office.application.buildings([building])[building].areas)

    def new(self, area):
        self.serial += 1
        return NewUnit(unit=f"{self.choose.choice('9AZ')}{self.serial}", area_dm2=area, owner_ref="p7")

    def split(self, building):
        into = [self.new(self.choose.randint(1, 9000)) for _ in range(self.choose.randint(2, 4))]
        self.do(
            SplitUnit(
                building=building, unit=self.choose.choice(self.open_units(building)), into=tuple(into),
                changed_on=self.office._day(), document_no="D",
            )
        )  # fmt: skip

    def merge(self, building):
        units = self.open_units(building)
        if len(units) > 1:
            some = self.choose.sample(units, self.choose.randint(2, min(3, len(units))))
            self.do(
                MergeUnits(
                    building=building, units=tuple(some), into=self.new(self.choose.randint(1, 30_000)),
                    changed_on=self.office._day(), document_no="D",
                )
            )  # fmt: skip

    def correct(self, building):
        self.do(
            CorrectUnit(
                building=building, unit=self.choose.choice(self.open_units(building)),
                changed_on=self.office._day(), reason="area",
                area_dm2=30_000 + self.choose.randint(1, 10**6),
            )
        )  # fmt: skip

    def freeze(self, building):
        self.serial += 1
        unit, order = self.choose.choice(self.open_units(building)), f"执{self.serial}号"
        self.do(
            FreezeUnit(
                building=building, unit=unit, frozen_on=date(2013, 1, 1), court="法院", order_no=order,
                amount_fen=self.choose.choice([None, 500]),
            )
        )  # fmt: skip
        self.orders.append((building, unit, order))

    def release(self):
        if self.orders:
            building, unit, order = self.orders.pop(self.choose.randrange(len(self.orders)))
            command = ReleaseUnit(
                building=building, unit=unit, released_on=self.office._day(), order_no=order
            )
            self.office._allow(lambda: self.do(command))

    def refund(self, building):
        """By whichever receipt of the building: some are of deposits that came to the unit."""
        known = [receipt for at, _, receipt in self.office._receipts if at == building] or [None]
        line = Refund(
            unit=self.choose.choice(self.open_units(building)), amount_fen=self.choose.randint(1, 9_000),
            receipt_no=self.choose.choice(known),
        )  # fmt: skip
        self.do(
            RefundDeposit(building=building, reason="overpaid", refunded_on=self.office._day(), lines=(line,))
        )

    def do(self, command):
        self.office._do(command)

    def live(self, steps):
        throughs = [date(2020 + year, 12, 31) for year in range(6)]
        for number in range(steps):
            building = self.choose.choice(["B1", "B2", "P1"])
            units = self.open_units(building)
            some = self.choose.sample(units, self.choose.randint(1, len(units)))
            match self.choose.randrange(10):
                case 0 | 1:
                    self.office.deposit(building, some)
                case 2:
                    self.split(building)
                case 3:
                    self.merge(building)
                case 4:
                    self.correct(building)
                case 5:
                    self.office.repair(f"C{number}", ["B1", "P1"])
                case 6:
                    self.office.credit(building)
                case 7:
                    self.freeze(building)
                    self.office.transfer(building, some[0])
                case 8:
                    self.release()
                    self.office._allow(self.office.refund)
                    self.refund(building)
                case 9 if throughs:
                    self.office.gain()
                    self.office.gain("public")
                    through = throughs.pop(0)
                    self.office.distribute(through)
                    self.office.distribute(through, "public")
        self.office.reconcile("6220", date(2025, 12, 31))
        self.office.publish(2020)
        self.office.publish(2021, "public")
        return self.office


def restless(busy, seed, before=40, steps=60):
    return Restless(busy(seed, before), seed).live(steps)


@pytest.mark.parametrize("seed", range(4))
def test_a_history_in_which_units_change_contradicts_nothing(busy, seed):
    found = replay(restless(busy, seed).log)
    assert list(consistency(found)) == []
    assert {"split", "merge", "area"} <= set(found.unit_changes["reason"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 212))
def test_long_ones_contradict_nothing_either(busy, seed):
    assert list(consistency(replay(restless(busy, seed, 60, 200).log))) == []


def test_read_tables_hold_what_the_replay_says(busy, own_of):
    kept = own_of(restless(busy, 3, steps=120).log.rows(0, 10**6))
    assert kept.verify().problems == ()


@pytest.fixture
def own_of(database, request):
    """A log in PostgreSQL, sealed and projected."""
    kept = type(request.getfixturevalue("own"))
    with request.getfixturevalue("embedded").database() as other:
        yield lambda rows: kept(other, rows)


def test_a_split_between_a_distribution_and_its_accruals_contradicts_nothing(busy, monkeypatch):
    office = Restless(busy(1, 60), 1)
    office.office.gain()
    with monkeypatch.context() as torn:
        torn.setattr(interest, "decide_accrual", _fail)
        with pytest.raises(RuntimeError):
            office.office.distribute(date(2021, 12, 31))
    for building in ("B1", "B2", "B1"):
        office.split(building)
        office.merge(building)
    assert kinds(office.office.log) == [("distribution-unfinished", "532301/commodity")]
    office.office.distribute(date(2021, 12, 31))
    assert kinds(office.office.log) == []


def _fail(*_):
    raise RuntimeError("the power went off")


@pytest.mark.parametrize("total", [0, 1, 7, 100_051, -3, -100_051, 10**25 + 7])
@pytest.mark.parametrize("areas", [[1], [1, 1], [3000, 5931], [5, 5, 5, 1]])
def test_two_witnesses_share_alike(total, areas):
    assert shares(total, areas) == split_fen(total, areas)


class TestTampering:
    """One thing of an honest history is written otherwise."""

    @pytest.fixture
    def rows(self, busy):
        office = Restless(busy(2, 30), 2)
        for change in (office.split, office.merge, office.correct):
            change("B1")
            change("P1")
        office.freeze("B1")
        office.freeze("B2")
        office.release()
        return office.office.log.rows(0, 10**6)

    @staticmethod
    def found(rows, written, kind, change, nth=0):
        at = [index for index, row in enumerate(rows) if row.topic == kind.TOPIC][nth]
        event = decode(rows[at].topic, rows[at].schema, rows[at].data)
        changed = rows[at]._replace(data=encode(change(event)))
        return [kind for kind, _ in kinds(written([*rows[:at], changed, *rows[at + 1 :]]))]

    @pytest.mark.parametrize("field", ["principal_fen", "interest_fen", "first_deposit_fen"])
    @pytest.mark.parametrize("line", [0, -1])
    def test_a_wrong_fen_that_moved(self, rows, written, field, line):
        def change(event):
            lines = list(event.lines)
            lines[line] = replace(lines[line], **{field: getattr(lines[line], field) + 1})
            return replace(event, lines=tuple(lines))

        assert "change-wrong" in self.found(rows, written, UnitsChanged, change)

    @pytest.mark.parametrize(
        "change",
        [
            lambda event: replace(event, before=(replace(event.before[0], area_dm2=1),)),
            lambda event: replace(event, before=(replace(event.before[0], unit="nobody"),)),
            lambda event: replace(event, after=event.after[:1]),
            lambda event: replace(event, reason="merge"),
            lambda event: replace(event, reason="area"),
            lambda event: replace(event, after=tuple(replace(line, seller="S") for line in event.after)),
        ],
    )
    def test_facts_that_are_not_as_on_record(self, rows, written, change):
        assert "change-wrong" in self.found(rows, written, UnitsChanged, change)

    def test_a_unit_opened_twice(self, rows, written):
        def change(event):
            return replace(event, after=(replace(event.after[0], unit="105"), *event.after[1:]))

        assert "unit-double" in self.found(rows, written, UnitsChanged, change)

    @pytest.mark.parametrize("kind", [DepositCollected, InterestAccrued, OwnerChanged])
    def test_anything_after_the_closing(self, rows, written, kind):
        row = next(row for row in rows if row.topic == UnitsChanged.TOPIC and row.stream == "building/B1")
        event = decode(row.topic, row.schema, row.data)
        gone = event.before[0].unit
        said = {"actor": "a", "recorded_at": event.recorded_at, "value_date": DAY, "origin": "history",
                "policy": "p"}  # fmt: skip
        after = {
            DepositCollected: lambda: DepositCollected(
                **said, kind="top-up", lines=(DepositLine(unit=gone, amount_fen=1),)
            ),
            InterestAccrued: lambda: InterestAccrued(
                **said,
                distribution="book/532301/commodity@9",
                fund="commodity",
                boundary=DAY,
                settles=0,
                lines=({"unit": gone, "interest_fen": 1},),
            ),
            OwnerChanged: lambda: OwnerChanged(
                **said, unit=gone, owner_ref="p1", principal_fen=0, interest_fen=0
            ),
        }[kind]()
        last = max(other.version for other in rows if other.stream == row.stream)
        added = Row(
            position=rows[-1].position + 1, stream=row.stream, version=last + 1, topic=kind.TOPIC, schema=1,
            recorded_at=row.recorded_at, data=encode(after),
        )  # fmt: skip
        assert "account-closed" in [found for found, _ in kinds(written([*rows, added]))]

    @pytest.mark.parametrize(
        ("kind", "change"),
        [
            (UnitFrozen, lambda event: replace(event, unit="nobody")),
            (UnitReleased, lambda event: replace(event, order_no="另案")),
            (UnitReleased, lambda event: replace(event, value_date=date(2012, 12, 31))),
        ],
    )
    def test_freezes_that_do_not_fit(self, rows, written, kind, change):
        assert "freeze-wrong" in self.found(rows, written, kind, change)

    def test_an_order_that_freezes_twice(self, rows, written):
        first = next(row for row in rows if row.topic == UnitFrozen.TOPIC)
        last = max(row.version for row in rows if row.stream == first.stream)
        again = first._replace(position=rows[-1].position + 1, version=last + 1)
        assert [kind for kind, _ in kinds(written([*rows, again]))] == ["freeze-wrong"]
