"""A town that writes events by hand and remembers, in a plain list, what each of them meant."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from ledger.events import (
    BalanceOpened,
    BankGainsReceived,
    BuildingOpened,
    DepositCollected,
    DepositLine,
    DepositRefunded,
    EntryReversed,
    Event,
    GainLine,
    GainReversalLine,
    GainsReversed,
    IncomeCredited,
    IncomeLine,
    InterestAccrued,
    InterestLine,
    NoticePosted,
    OpeningLine,
    OtherExpensePaid,
    OtherIncomeReceived,
    OwnerChanged,
    RefundLine,
    RepairPaid,
    ReversalLine,
    StatementLine,
    StatementRecorded,
    StatementReversalLine,
    StatementReversed,
    TimeDepositEnded,
    TimeDepositPlaced,
    TreasuryReversed,
    UnitLine,
    UnitsRegistered,
    WithdrawalLine,
    WithdrawalPaid,
)
from ledger.log import Change, Log
from projections.models import read_models
from projections.runner import Follower
from projections.views import VIEWS
from projections.views.paging import page
from projections.views.showing import answer
from projections.views.view import ask

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Fact:
    """One entry as a person would note it: on a unit account, or (``unit`` None) on a book."""

    position: int
    day: date
    county: str
    kind: str
    principal: int
    interest: int = 0
    building: str = ""
    unit: str | None = None
    part: str = "owner"
    event: str = ""
    first: bool = False

    @property
    def amount(self) -> int:
        return self.principal + self.interest


@dataclass
class Town:
    """Appends one event at a time, so that every event has a position of its own."""

    log: Log
    facts: list[Fact] = field(default_factory=list)
    opened: list[tuple[int, str, str, str]] = field(default_factory=list)
    units: list[tuple[int, str, str, str, tuple[str, ...]]] = field(default_factory=list)
    county_of: dict[str, str] = field(default_factory=dict)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    position: int = 0

    def append(self, stream: str, *events: Event) -> int:
        done = self.log.append([Change(stream, self.versions[stream], events)])
        self.versions[stream] += len(events)
        self.position = done.position
        return self.versions[stream]

    def open(
        self,
        building: str,
        units: tuple[str, ...],
        county: str = "532301",
        fund: Any = "commodity",
        estate: str = "E1",
    ) -> None:
        opened = BuildingOpened(
            name="1幢", county=county, estate=estate, estate_name="彝人古镇", management="professional",
            lift=True, storeys=18, completed_on=date(2010, 6, 30), **said(date(2010, 6, 30)),
        )  # fmt: skip
        registered = UnitsRegistered(
            lines=tuple(
                UnitLine(
                    unit=unit,
                    fund=fund,
                    usage="residential",
                    area_dm2=9000,
                    owner_ref=f"p-{unit}",
                    seller="州粮食局" if fund == "public" else None,
                )
                for unit in units
            ),
            **said(date(2010, 6, 30)),
        )
        self.county_of[building] = county
        self.append(f"building/{building}", opened)
        self.opened.append((self.position, county, estate, building))
        self.append(f"building/{building}", registered)
        parts = ("owner", "seller") if fund == "public" else ("owner",)
        self.units += [(self.position, county, building, unit, parts) for unit in units]
        self.owners |= {(building, unit): f"p-{unit}" for unit in units}

    def deposit(
        self, building: str, day: date, amounts: dict[str, int], part: Any = "owner", kind: Any = "first"
    ) -> int:
        lines = tuple(
            DepositLine(unit=unit, part=part, amount_fen=amount) for unit, amount in amounts.items()
        )
        version = self.append(f"building/{building}", DepositCollected(kind=kind, lines=lines, **said(day)))
        for unit, amount in amounts.items():
            self._note(building, day, "deposit", unit, part, amount, 0, version, kind == "first")
        return version

    def opening(self, building: str, day: date, held: dict[str, tuple[int, int]], part: Any = "owner") -> int:
        lines = tuple(
            OpeningLine(unit=unit, part=part, principal_fen=principal, interest_fen=interest)
            for unit, (principal, interest) in held.items()
        )
        version = self.append(f"building/{building}", BalanceOpened(lines=lines, basis="清册", **said(day)))
        for unit, (principal, interest) in held.items():
            self._note(building, day, "opening", unit, part, principal, interest, version)
        return version

    def income(self, building: str, day: date, amounts: dict[str, int]) -> int:
        lines = tuple(IncomeLine(unit=unit, amount_fen=amount) for unit, amount in amounts.items())
        credited = IncomeCredited(category="operating", lines=lines, **said(day))
        version = self.append(f"building/{building}", credited)
        for unit, amount in amounts.items():
            self._note(building, day, "income", unit, "owner", amount, 0, version)
        return version

    def interest(self, building: str, day: date, amounts: dict[str, int], fund: Any = "commodity") -> int:
        lines = tuple(InterestLine(unit=unit, interest_fen=amount) for unit, amount in amounts.items())
        accrued = InterestAccrued(
            distribution="book/532301/commodity@1",
            fund=fund,
            boundary=day,
            settles=0,
            lines=lines,
            **said(day),
        )
        version = self.append(f"building/{building}", accrued)
        for unit, amount in amounts.items():
            self._note(building, day, "interest", unit, "owner", 0, amount, version)
        return version

    def withdraw(self, building: str, day: date, amounts: dict[str, tuple[int, int]]) -> int:
        lines = tuple(
            WithdrawalLine(unit=unit, principal_fen=principal, interest_fen=interest)
            for unit, (principal, interest) in amounts.items()
        )
        paid = WithdrawalPaid(payment="repair/532301/P1@1", lines=lines, **said(day))
        version = self.append(f"building/{building}", paid)
        for unit, (principal, interest) in amounts.items():
            self._note(building, day, "withdrawal", unit, "owner", -principal, -interest, version)
        return version

    def refund(
        self,
        building: str,
        day: date,
        amounts: dict[str, tuple[int, int]],
        kind: Any = "first",
        part: Any = "owner",
    ) -> int:
        """Give back to some units; ``kind`` is that of the deposits given back, None where nobody knows."""
        lines = tuple(
            RefundLine(
                unit=unit, part=part, principal_fen=principal, interest_fen=interest, deposit_kind=kind
            )
            for unit, (principal, interest) in amounts.items()
        )
        refunded = DepositRefunded(reason="cancelled", lines=lines, **said(day))
        version = self.append(f"building/{building}", refunded)
        for unit, (principal, interest) in amounts.items():
            self._note(building, day, "refund", unit, part, -principal, -interest, version, kind == "first")
        return version

    def change_owner(self, building: str, day: date, unit: str, owner: str) -> None:
        changed = OwnerChanged(unit=unit, owner_ref=owner, principal_fen=0, interest_fen=0, **said(day))
        self.append(f"building/{building}", changed)
        self.owners[building, unit] = owner

    def reverse(self, building: str, version: int, day: date) -> int:
        """Reverse every line of an event of this building."""
        event = f"building/{building}@{version}"
        originals = [fact for fact in self.facts if fact.event == event]
        lines = tuple(
            ReversalLine(
                line=index, unit=fact.unit or "", part=fact.part, kind=fact.kind,
                principal_fen=-fact.principal, interest_fen=-fact.interest,
            )
            for index, fact in enumerate(originals)
        )  # fmt: skip
        reversed_ = EntryReversed(version=version, reason="录入错误", lines=lines, **said(day))
        done = self.append(f"building/{building}", reversed_)
        for fact in originals:
            self._note(
                building,
                day,
                fact.kind,
                fact.unit,
                fact.part,
                -fact.principal,
                -fact.interest,
                done,
                fact.first,
            )
        return done

    def gain(self, county: str, day: date, *amounts: int, fund: str = "commodity") -> int:
        lines = tuple(
            GainLine(category="demand", amount_fen=amount, account="A1", bank_ref="B1") for amount in amounts
        )
        version = self.append(f"book/{county}/{fund}", BankGainsReceived(lines=lines, **said(day)))
        self.facts += [Fact(self.position, day, county, "gain", amount) for amount in amounts]
        return version

    def reverse_gain(self, county: str, version: int, day: date, amount: int) -> int:
        line = GainReversalLine(line=0, category="demand", amount_fen=-amount)
        reversed_ = GainsReversed(version=version, reason="录入错误", lines=(line,), **said(day))
        done = self.append(f"book/{county}/commodity", reversed_)
        self.facts.append(Fact(self.position, day, county, "gain", -amount))
        return done

    def other_money(self, county: str, day: date, kind: str, amount: int) -> None:
        """Other income or other expense of a book; an expense that is odd in fen is taken back at once."""
        stream = f"book/{county}/commodity"
        if kind == "other-income":
            self.append(stream, OtherIncomeReceived(amount_fen=amount, reason="滞纳金", **said(day)))
        else:
            paid = OtherExpensePaid(
                kind="bank-charge", amount_fen=amount, reason="手续费", payee="农行", **said(day)
            )
            version = self.append(stream, paid)
        self.facts.append(Fact(self.position, day, county, kind, amount))
        if kind == "other-expense" and amount % 2:
            back = TreasuryReversed(version=version, reason="错", kind=kind, amount_fen=-amount, **said(day))
            self.append(stream, back)
            self.facts.append(Fact(self.position, day, county, kind, -amount))

    def lot(self, county: str, day: date, amount: int) -> None:
        """A deposit of which a part comes back, with a gain; no total but the gain's changes."""
        stream, name = f"book/{county}/commodity", f"D{self.position}"
        lot = {"lot": name, "kind": "time"}
        terms = {"bank": "农行", "amount_fen": amount + 1, "rate_bp": 150, "matures_on": date(2030, 1, 1)}
        self.append(stream, TimeDepositPlaced(**lot, **terms, **said(day)))
        ended = TimeDepositEnded(**lot, principal_fen=amount, interest_fen=7, early=True, **said(day))
        gain = BankGainsReceived(lines=(GainLine(category="time", amount_fen=7),), **said(day))
        self.append(stream, ended, gain)
        self.facts.append(Fact(self.position, day, county, "gain", 7))

    def repair(self, day: date, amount: int, county: str = "532301", bank_ref: str | None = None) -> str:
        """A payment of a repair, as the bank sees it."""
        paid = RepairPaid(stage="first", amount_fen=amount, bank_ref=bank_ref, buildings=("B1",), **said(day))
        stream = f"repair/{county}/P9"
        return f"{stream}@{self.append(stream, paid)}"

    def statement(self, account: str, day: date, *amounts: int | tuple[int, str]) -> str:
        """What a bank says moved; of a pair the second is its reference."""
        pairs = [each if isinstance(each, tuple) else (each, None) for each in amounts]
        lines = tuple(
            StatementLine(in_fen=max(amount, 0), out_fen=max(-amount, 0), bank_ref=ref, summary="转账")
            for amount, ref in pairs
        )
        stream = f"bank/{account}"
        return f"{stream}@{self.append(stream, StatementRecorded(lines=lines, **said(day)))}"

    def reverse_statement(self, event: str, day: date, line: int, amount: int) -> None:
        """Take back one line of a statement, whose amount it was."""
        stream, _, version = event.rpartition("@")
        opposite = StatementReversalLine(line=line, amount_fen=-amount)
        reversed_ = StatementReversed(version=int(version), reason="账号有误", lines=(opposite,), **said(day))
        self.append(stream, reversed_)

    def noise(self, day: date) -> None:
        self.append("repair/532301/P1", NoticePosted(**said(day)))

    def balance(self, building: str, unit: str, part: str = "owner") -> tuple[int, int, int]:
        """Principal, interest and first deposit of an account."""
        found = [f for f in self.facts if (f.building, f.unit, f.part) == (building, unit, part)]
        return (
            sum(fact.principal for fact in found),
            sum(fact.interest for fact in found),
            sum(fact.principal for fact in found if fact.first),
        )

    def _note(
        self,
        building: str,
        day: date,
        kind: str,
        unit: str | None,
        part: str,
        principal: int,
        interest: int,
        version: int,
        first: bool = False,
    ) -> None:
        county = self.county_of[building]
        event = f"building/{building}@{version}"
        self.facts.append(
            Fact(self.position, day, county, kind, principal, interest, building, unit, part, event, first)
        )


def said(day: date) -> dict[str, Any]:
    """What every event carries."""
    moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    return {"actor": "u1", "recorded_at": moment, "value_date": day, "origin": "history", "policy": "p1"}


def grow(town: Town, random: Random, steps: int, first: int = 0) -> None:
    """A random history: late value dates, several counties, both fund kinds, reversals of anything."""
    counties = ("532301", "532302", "532322")
    reversible: list[tuple[str, int, date]] = []
    gains: list[tuple[str, int, date, int]] = []
    for step in range(first, first + steps):
        day = date(random.randint(2012, 2019), random.randint(1, 12), random.randint(1, 28))
        action = random.choice("obddddiiwwrrggxnpcfftsqlm") if town.opened else "o"
        if action == "o" or (action == "b" and len(town.opened) < 4):
            units = tuple(f"{number:03}" for number in range(random.randint(1, 4)))
            town.open(
                f"B{step:03}", units, random.choice(counties), random.choice(("commodity", "public")),
                random.choice(("E1", "E2")),
            )  # fmt: skip
            continue
        _, _, building, _, _ = random.choice(town.units)
        own = [(unit, parts) for _, _, at, unit, parts in town.units if at == building]
        some = random.sample(own, random.randint(1, len(own)))
        names = [unit for unit, _ in some]
        if action == "d":
            kind = random.choice(("first", "top-up", "make-up"))
            part = random.choice(some[0][1])
            version = town.deposit(building, day, {u: random.randint(1, 10**6) for u in names}, part, kind)
            reversible.append((building, version, day))
        elif action == "i":
            town.interest(building, day, {u: random.randint(1, 10**4) for u in names})
        elif action == "w":
            paid = {u: (random.randint(0, 10**5), random.randint(0, 500)) for u in names}
            town.withdraw(building, day, paid)
        elif action == "p":
            part = random.choice(some[0][1])
            held = {u: (random.randint(0, 10**6), random.randint(0, 10**4)) for u in names}
            reversible.append((building, town.opening(building, day, held, part), day))
        elif action == "c":
            version = town.income(building, day, {u: random.randint(1, 10**5) for u in names})
            reversible.append((building, version, day))
        elif action == "f":
            given = {u: (random.randint(0, 10**5), random.randint(0, 500)) for u in names}
            kind = random.choice(("first", "top-up", None))
            version = town.refund(building, day, given, kind, random.choice(some[0][1]))
            reversible.append((building, version, day))
        elif action == "t":
            town.change_owner(building, day, names[0], f"q{step}")
        elif action == "r" and reversible:
            town.reverse(*reversible.pop(random.randrange(len(reversible))))
        elif action == "g":
            county = random.choice(counties)
            amount = random.randint(1, 10**6)
            gains.append((county, town.gain(county, day, amount), day, amount))
        elif action == "x" and gains:
            county, version, day, amount = gains.pop(random.randrange(len(gains)))
            town.reverse_gain(county, version, day, amount)
        elif action == "s":
            amounts = [random.choice((-1, 1)) * random.randint(1, 10**6) for _ in range(random.randint(1, 3))]
            stated = town.statement(random.choice("AB"), day, *amounts)
            if random.random() < 0.3:
                town.reverse_statement(stated, day, len(amounts) - 1, amounts[-1])
        elif action == "q":
            town.repair(day, random.randint(1, 10**5), random.choice(counties))
        elif action == "l":
            town.lot(random.choice(counties), day, random.randint(1, 10**6))
        elif action == "m":
            kind = random.choice(("other-income", "other-expense"))
            town.other_money(random.choice(counties), day, kind, random.randint(1, 10**5))
        elif action == "n":
            town.noise(day)


@pytest.fixture
def town(event_log) -> Town:
    return Town(event_log)


@pytest.fixture
def follower(database) -> Follower:
    return Follower(database.engine, read_models(database.engine))


@pytest.fixture
def shown(follower, database):
    """The rows of a view as programs get them, after everything that was recorded."""

    def show(name, **asked):
        follower.catch_up()
        view = VIEWS[name]
        with database.engine.connect() as connection:
            return answer(page(connection, view, ask(connection, view, today=TODAY, **asked), 1000))

    return show
