"""Repairs in order (维修使用): after the warranty, voted by two thirds, noticed, approved, accepted, paid up.

What a county draws comes out to the fen: projects are drawn until their expected costs reach it, then it is
shared over them.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from demo.land import Building, Estate, workday
from demo.persons import distinct_names
from demo.prefecture import Place
from ledger.money import Fen, split

LAST_APPLICATION: Final = date(2019, 6, 3)
"""Works applied for later would not be paid up in 2019."""

WORKS: Final[tuple[tuple[str, str], ...]] = (
    ("屋面", "屋面防水层翻修"),
    ("外墙", "外墙面脱落修复"),
    ("排水", "地下排水主管更换"),
    ("消防", "消防水泵及管网维修"),
    ("单元门", "单元防盗门更换"),
    ("道路", "区内道路路面修补"),
    ("供配电", "公共配电线路改造"),
    ("化粪池", "化粪池渗漏治理"),
    ("围墙", "围墙倾斜加固"),
    ("避雷设施", "屋面避雷带更换"),
    ("楼梯间", "楼梯间墙面及扶手修复"),
)
LIFT_WORKS: Final = ("电梯", "电梯曳引机及钢丝绳更换")
_STAGES: Final = {
    1: ((100,), ("尾款",)),
    2: ((40, 60), ("首款", "尾款")),
    3: ((30, 40, 30), ("首款", "进度款", "尾款")),
}
_SIDES: Final = ("", "东侧", "西侧", "南侧", "北侧")
_BRANDS: Final = "恒固筑匠诚卓立鼎新泰"


@dataclass(slots=True)
class Firm:
    """A firm that repairs (维修单位), with its account."""

    name: str
    account: str


@dataclass(slots=True)
class Payment:
    """One payment (付款) of a project."""

    stage: str
    amount: Fen
    paid_on: date
    account: str
    invoice: str


@dataclass(slots=True)
class Ballot:
    """A counted vote (表决); areas in 0.01 m², people by household."""

    voted_on: date
    area: tuple[int, int, int]
    households: tuple[int, int, int]


@dataclass(slots=True)
class Project:
    """One repair project (维修项目) with its papers; ``code`` is given when all are known."""

    buildings: list[Building]
    object: str
    content: str
    emergency: bool
    budget: Fen
    applied_on: date
    ballot: Ballot | None
    noticed_on: date | None
    approved_on: date
    payee: str
    started_on: date
    accepted_on: date | None
    settled: Fen
    handler: str
    approver: str
    payments: list[Payment]
    code: str = ""


@dataclass(slots=True)
class Office:
    """A county's repair desk: its firms, its people, the numbers it has given, the works each estate had."""

    place: Place
    rng: Random
    firms: list[Firm]
    handlers: list[str]
    approvers: list[str]
    projects: list[Project] = field(default_factory=list)
    works: Counter[tuple[str, str]] = field(default_factory=Counter)
    invoices: int = 0

    def firm(self) -> Firm:
        """The next firm in turn, so that no estate sees one firm again and again."""
        return self.firms[len(self.projects) % len(self.firms)]

    def invoice(self) -> str:
        """An invoice number that no other payment bears."""
        self.invoices += 1
        return f"{self.place.code[2:]}{self.invoices:06d}"

    def work(self, building: Building) -> tuple[str, str]:
        """A common part that this estate has repaired least, and what is done to it."""
        choice = [*WORKS, LIFT_WORKS] if building.lift else list(WORKS)
        self.rng.shuffle(choice)
        return min(choice, key=lambda work: self.works[building.estate.code, work[0]])


def open_office(place: Place, projects: int, rng: Random) -> Office:
    """The repair desk of a county that expects about so many projects."""
    firms = [
        firm(
            place,
            f"{_BRANDS[index % 10]}{_BRANDS[(index // 10 + index) % 10]}{index // 100 or ''}",
            index,
            rng,
        )
        for index in range(max(8, projects // 12))
    ]
    people = distinct_names(rng, 9)
    return Office(place, rng, firms, people[:6], people[6:])


def firm(place: Place, brand: str, index: int, rng: Random) -> Firm:
    """A firm of this name with an account of 19 digits."""
    trade = ("建筑工程", "防水工程", "机电设备", "装饰工程")[index % 4]
    return Firm(
        f"{place.name}{brand}{trade}有限公司（演示）", f"6{rng.randrange(10**17, 10**18)}{index % 10}"
    )


def ready_on(buildings: list[Building]) -> date:
    """From here on a repair is lawful and every unit has paid in."""
    return max(max(b.warranty_until, b.fully_paid_on) for b in buildings) + timedelta(days=30)


def draft(
    office: Office,
    buildings: list[Building],
    cost: Fen,
    *,
    since: date | None = None,
    until: date = LAST_APPLICATION,
    work: tuple[str, str] | None = None,
    payee: Firm | None = None,
    emergency: bool = False,
    stages: int | None = None,
) -> Project:
    """A project in order, applied for between the days given; it joins the office's projects."""
    rng = office.rng
    first = since or ready_on(buildings)
    applied = workday(first + timedelta(days=rng.randrange(max(1, (until - first).days))))
    ballot, noticed = None, None
    if emergency:
        approved = workday(applied + timedelta(days=rng.randrange(1, 3)))
        started = approved + timedelta(days=rng.randrange(3))
    else:
        ballot = _vote(buildings, applied + timedelta(days=rng.randrange(7, 28)), rng)
        noticed = workday(ballot.voted_on + timedelta(days=rng.randrange(1, 6)))
        approved = workday(noticed + timedelta(days=rng.randrange(8, 18)))
        started = approved + timedelta(days=rng.randrange(3, 16))
    accepted = workday(started + timedelta(days=rng.randrange(12, 50)))
    final = accepted + timedelta(days=rng.randrange(3, 25))
    object_, content = work or office.work(buildings[0])
    again = 0 if work else office.works[buildings[0].estate.code, object_]
    payee = payee or office.firm()
    days = [approved + timedelta(days=3), started + timedelta(days=10), final]
    project = Project(
        buildings=buildings,
        object=object_,
        content="、".join(building.name for building in buildings) + _SIDES[again % len(_SIDES)] + content,
        emergency=emergency,
        budget=-(-cost * max(rng.randrange(97, 112), 100) // 100 // 100_00) * 100_00,
        applied_on=applied,
        ballot=ballot,
        noticed_on=noticed,
        approved_on=approved,
        payee=payee.name,
        started_on=started,
        accepted_on=accepted,
        settled=cost,
        handler=rng.choice(office.handlers),
        approver=rng.choice(office.approvers),
        payments=_payments(office, cost, days, payee.account, stages),
    )
    office.projects.append(project)
    office.works[buildings[0].estate.code, object_] += 1
    return project


def _payments(office: Office, cost: Fen, days: list[date], account: str, stages: int | None) -> list[Payment]:
    """The cost in one to three stages (付款阶段), by its size; ``days`` are those of all three."""
    count = stages or (1 if cost < 8_000_00 else 2 if cost < 30_000_00 else 3)
    weights, names = _STAGES[count]
    dates = [*days[: count - 1], days[-1]]
    return [
        Payment(name, amount, workday(day), account, office.invoice())
        for name, amount, day in zip(names, split(cost, weights), dates, strict=True)
    ]


def _vote(buildings: list[Building], voted: date, rng: Random) -> Ballot:
    """More than two thirds of all agree (165号令 art. 22), by area and by household."""
    households = sum(len(building.units) for building in buildings)
    area = sum(building.area_dm2 for building in buildings)
    agreed, present = rng.randrange(700, 900), rng.randrange(900, 1000)
    return Ballot(
        voted,
        (area, -(-area * present // 1000), -(-area * agreed // 1000)),
        (households, -(-households * present // 1000), -(-households * agreed // 1000)),
    )


def repair(office: Office, estates: list[Estate], amount: Fen, kept: set[str]) -> None:
    """Projects in order that cost ``amount`` together; buildings in ``kept`` stay untouched."""
    if not amount:
        return
    candidates = _scopes(estates, kept, office.rng)
    scopes: list[list[Building]] = []
    expected: list[Fen] = []
    missing = amount
    while missing > 0:
        office.rng.shuffle(candidates)
        for scope in candidates:
            cost = sum(building.first_fen for building in scope) * office.rng.randrange(20, 100) // 1000
            scopes.append(scope)
            expected.append(cost)
            missing -= cost
            if missing <= 0:
                break
    for scope, cost in zip(scopes, split(amount, expected), strict=True):
        draft(office, scope, cost, emergency=office.rng.random() < 0.07)


def _scopes(estates: list[Estate], kept: set[str], rng: Random) -> list[list[Building]]:
    """Neighbouring buildings of one fund, one to three, that may lawfully be repaired in time.

    Public housing is kept apart: its owners have paid in far less for the same area.
    """
    found = []
    for estate in estates:
        for public in (False, True):
            row = [
                building
                for building in estate.buildings
                if building.public == public
                and building.code not in kept
                and ready_on([building]) <= LAST_APPLICATION - timedelta(days=90)
            ]
            while row:
                size = rng.choice((1, 1, 2, 3))
                found.append(row[:size])
                del row[:size]
    return found


def number(office: Office) -> None:
    """Give every project its code, in order of application."""
    office.projects.sort(key=lambda project: (project.applied_on, project.buildings[0].code, project.object))
    for index, project in enumerate(office.projects, 1):
        project.code = f"WX{project.applied_on.year}{index:05d}"
