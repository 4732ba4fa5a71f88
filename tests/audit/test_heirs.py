"""Projects whose units split and merge while they vote and pay: both witnesses put heirs in their place."""

import random
from datetime import date

import polars as pl
import pytest

from audit.heirs import with_heirs
from audit.replay import replay
from audit.verify import consistency
from ledger.commands import (
    ApproveRepair,
    CountVote,
    MergeUnits,
    NewUnit,
    PayRepair,
    ProposeRepair,
    Recording,
    SplitUnit,
)
from ledger.events import Ballot, Developer, Payee, ProjectUnit, VoteCounted

DAY = date(2020, 3, 4)
PROJECT = {"county": "532301", "project": "P1"}
STREAM = "repair/532301/P1"


class Project:
    """A project over some units of a commercial and a public building, and some that a developer holds."""

    def __init__(self, office, seed):
        self.office = office(seed)
        self.choose = random.Random(seed)
        self.serial = 0
        self.office.open("B1", 6)
        self.office.open("P1", 4, public=True)
        self.office.deposit("B1", ["101", "102", "103", "104"])
        self.office.deposit("P1", ["101", "102", "103"])
        self.office.deposit("P1", ["101", "103"], "seller")
        every = [("B1", unit) for unit in self.open_units("B1")]
        every += [("P1", unit) for unit in self.open_units("P1")]
        named = self.choose.sample(every, self.choose.randint(0, 4))
        rest = [place for place in every if place not in named]
        held = self.choose.sample(rest, self.choose.randint(0, 2))
        self.do(
            ProposeRepair(
                **PROJECT,
                applied_on=DAY,
                buildings=("B1", "P1"),
                object="屋面",
                content="翻修",
                units=tuple(ProjectUnit(building=building, unit=unit) for building, unit in named),
                developer=Developer(
                    name="某公司", units=tuple(ProjectUnit(building=b, unit=u) for b, u in held)
                )
                if held
                else None,
            )
        )
        self.do(ApproveRepair(**PROJECT, approved_on=DAY, approved_fen=10**9))

    def do(self, command):
        self.office._do(command)

    def open_units(self, building):
        return sorted(self.office.application.buildings([building])[building].areas)

    def new(self):
        self.serial += 1
        return NewUnit(unit=f"N{self.serial}", area_dm2=self.choose.randint(1, 9000), owner_ref="p7")

    def change(self):
        building = self.choose.choice(["B1", "P1"])
        units = self.open_units(building)
        said = {"building": building, "changed_on": DAY, "document_no": "D"}
        if self.choose.random() < 0.5 and len(units) > 1:
            self.do(MergeUnits(**said, units=tuple(self.choose.sample(units, 2)), into=self.new()))
        else:
            self.do(SplitUnit(**said, unit=self.choose.choice(units), into=(self.new(), self.new())))

    def vote(self):
        cast = [
            Ballot(building=building, unit=unit, choice=self.choose.choice(["agree", "against"]))
            for building in ("B1", "P1")
            for unit in self.open_units(building)
            if self.choose.random() < 0.8
        ]
        self.do(CountVote(**PROJECT, voted_on=DAY, ballots=tuple(cast)))

    def pay(self):
        command = PayRepair(
            **PROJECT,
            stage="first",
            amount_fen=self.choose.randint(1, 900_000),
            paid_on=DAY,
            payee=Payee(kind="firm", name="某建筑公司", account="6222"),
            bank_ref="R",
        )
        origin = self.choose.choice(["live", "history"])
        recording = Recording(actor="cashier", origin=origin)
        self.office._allow(lambda: self.office.application.execute([command], recording))

    def live(self, steps=14):
        for _ in range(steps):
            self.choose.choice([self.change, self.change, self.vote, self.pay])()
        return self.office


@pytest.mark.parametrize("seed", range(6))
def test_votes_and_payments_of_changing_units_contradict_nothing(office, seed):
    made = Project(office, seed).live()
    found = replay(made.log)
    assert list(consistency(found)) == []
    assert found.unit_changes.height > 0
    assert any(isinstance(event, VoteCounted) for event in made.log.events(STREAM)) or found.payments.height


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(300, 312))
def test_nor_do_long_ones(office, seed):
    assert list(consistency(replay(Project(office, seed).live(40).log))) == []


def test_heirs_of_heirs_stand_in_and_a_unit_that_inherits_from_itself_ends_the_search():
    changes = pl.DataFrame(
        [
            ("B1", 3, "101", "closed"),
            ("B1", 3, "A", "opened"),
            ("B1", 3, "B", "opened"),
            ("B1", 4, "B", "closed"),
            ("B1", 4, "102", "closed"),
            ("B1", 4, "C", "opened"),
            ("B1", 5, "C", "closed"),
            ("B1", 5, "101", "opened"),
        ],
        schema=["building", "version", "unit", "fate"],
        orient="row",
    )
    named = pl.DataFrame({"stream": ["s", "s"], "building": ["B1", "B2"], "unit": ["101", "102"]})
    assert sorted(with_heirs(named, changes).rows()) == [
        ("s", "B1", "101"),
        ("s", "B1", "A"),
        ("s", "B1", "B"),
        ("s", "B1", "C"),
        ("s", "B2", "102"),
    ]
