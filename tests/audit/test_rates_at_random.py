"""Interest at rates while units split and merge and custody comes and goes: both witnesses agree."""

import random
from datetime import date

import pytest

from audit.replay import replay
from audit.verify import consistency
from ledger.commands import (
    AccrueRates,
    CustodyAmount,
    DestroyBuilding,
    HandOver,
    MergeUnits,
    NewUnit,
    Recording,
    ReturnCustody,
    SplitUnit,
)
from ledger.events import RatesAccrued

HISTORY = Recording(actor="clerk", origin="history")
BOOK = "book/532301/commodity"


class Settling:
    """An office that settles at rates every year, and changes its units and buildings in between."""

    def __init__(self, office, seed):
        self.office = office(seed)
        self.choose = random.Random(seed)
        self.serial = 0
        for building, units in (("B1", 4), ("B2", 3), ("B3", 2)):
            self.office.open(building, units)
            self.office.deposit(building, ["101", "102"])

    def do(self, command):
        self.office._allow(lambda: self.office._do(command))

    def open_units(self, building):
        return sorted(self.office.application.buildings([building])[building].areas)

    def change(self, on):
        building = self.choose.choice(["B1", "B2", "B3"])
        units = self.open_units(building)
        said = {"building": building, "changed_on": on, "document_no": "D"}
        self.serial += 1
        new = [
            NewUnit(unit=f"{letter}{self.serial}", area_dm2=self.choose.randint(1, 9000), owner_ref="p7")
            for letter in "NM"
        ]
        if self.choose.random() < 0.5 and len(units) > 1:
            self.do(MergeUnits(**said, units=tuple(self.choose.sample(units, 2)), into=new[0]))
        else:
            self.do(SplitUnit(**said, unit=self.choose.choice(units), into=tuple(new)))

    def pass_on(self, on):
        self.do(HandOver(buildings=("B2",), noticed_on=on, handed_on=on, assembly="业主大会"))

    def take_back(self, on):
        unit = self.choose.choice(self.open_units("B2"))
        back = CustodyAmount(
            building="B2", unit=unit, principal_fen=self.choose.randint(1, 90_000), interest_fen=7
        )
        self.do(ReturnCustody(buildings=("B2",), returned_on=on, lines=(back,)))

    def live(self, years=6):
        for year in range(2013, 2013 + years):
            for _ in range(self.choose.randint(2, 6)):
                on = date(year, self.choose.randint(1, 12), self.choose.randint(1, 28))
                act = self.choose.choice([self.change, self.change, self.pass_on, self.take_back, None])
                if act is None:
                    building = self.choose.choice(["B1", "B2", "B3"])
                    self.office.deposit(building, self.open_units(building)[:2])
                    self.office._allow(self.office.refund)
                else:
                    act(on)
            self.office.gain()
            command = AccrueRates(
                county="532301", fund="commodity", settled_on=date(year + 1, 1, 1), bank="PBOC"
            )
            self.office._allow(lambda command=command: self.office.application.accrue(command, HISTORY))
        self.do(DestroyBuilding(building="B3", destroyed_on=date(2020, 1, 5), document="灭失证明"))
        return self.office


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_and_the_audit_agree(office, seed):
    made = Settling(office, seed).live()
    found = replay(made.log)
    assert list(consistency(found)) == []
    assert sum(isinstance(event, RatesAccrued) for event in made.log.events(BOOK)) >= 3
    assert {"split", "merge"} & set(found.unit_changes["reason"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(400, 430))
def test_they_do_in_long_histories(office, seed):
    assert list(consistency(replay(Settling(office, seed).live(10).log))) == []
