"""How planted irregularities come about: each breaks one rule where all else is in order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from demo.land import LIFT, NO_LIFT, Building, Estate, Unit, workday
from demo.persons import distinct_names, names
from demo.plants import SHOP_AREAS, SHOP_TOP_UP, Plant
from demo.repairs import LAST_APPLICATION, WORKS, Firm, Office, Project, draft, firm, ready_on

_ENOUGH: Final = 70_000_00
"""What a building must have for several repairs not to exhaust it."""


@dataclass(slots=True)
class Label:
    """What the audit should find: the subject, and the project whose code is given later."""

    rule: str
    note: str
    estate: Estate | None = None
    building: Building | None = None
    unit: Unit | None = None
    project: Project | None = None


@dataclass(slots=True)
class TopUp:
    """A further deposit (续交) that must be made."""

    building: Building
    unit: Unit
    amount: int
    paid_on: date


@dataclass(slots=True)
class Site:
    """A county's land with what is planted in it; buildings ``kept`` are left alone by everything else."""

    estates: list[Estate]
    kept: set[str] = field(default_factory=set)
    visited: set[str] = field(default_factory=set)
    labels: list[Label] = field(default_factory=list)
    top_ups: list[TopUp] = field(default_factory=list)
    missing_receipts: set[str] = field(default_factory=set)
    repeated_receipts: set[str] = field(default_factory=set)
    gaps: int = 0

    def old(self, *, alone: bool, size: int = 1) -> list[Building]:
        """Buildings of one estate that may be repaired for years, if possible where nothing is planted yet.

        ``alone`` keeps them from everything else.
        """
        limit = LAST_APPLICATION - timedelta(days=500)
        choices: dict[tuple[bool, bool, bool, int, str], list[Building]] = {}
        for estate in self.estates:
            free = [
                building
                for building in estate.buildings
                if not building.public and building.code not in self.kept and ready_on([building]) < limit
            ]
            row = sorted(free, key=lambda building: (building.code in self.visited, -building.first_fen))[
                :size
            ]
            if row:
                poor = row[-1].first_fen < _ENOUGH
                visited = estate.code in self.visited, row[0].code in self.visited
                choices[poor, *visited, -len(row), estate.code] = row
        if not choices:
            raise ValueError("no building old enough is left to plant in")
        chosen = choices[min(choices)]
        self.visited |= {chosen[0].estate.code, *(building.code for building in chosen)}
        if alone:
            self.kept |= {building.code for building in chosen}
        return chosen

    def any(self, suits: Callable[[Building], bool]) -> Building:
        """A late building not kept, if possible one that suits and in which nothing is planted."""
        free = [
            building
            for estate in reversed(self.estates)
            for building in reversed(estate.buildings)
            if not building.public and building.code not in self.kept and building.units[-1].residential
        ]
        chosen = min(free, key=lambda building: (not suits(building), building.code in self.visited))
        self.visited.add(chosen.code)
        return chosen


def misdeposit(site: Site, plants: list[Plant], office: Office) -> None:
    """Plants in accounts: they come before the areas are steered, because they change what is deposited."""
    for plant in plants:
        if plant.rule in _ACCOUNTS:
            _ACCOUNTS[plant.rule](site, plant, office)


def misspend(site: Site, plants: list[Plant], office: Office) -> None:
    """Plants in repairs, once the areas are settled; those that want a building alone choose first."""
    for plant in sorted(plants, key=lambda plant: plant.rule != "I43"):
        if plant.rule in _REPAIRS:
            _REPAIRS[plant.rule](site, plant, office)


def _unpaid(site: Site, plant: Plant, _office: Office) -> None:
    building = site.any(lambda building: building.completed_on < date(2018, 1, 1))
    unit = building.units[-1]
    unit.rate, unit.paid_on = 0, None
    site.kept.add(building.code)
    site.labels.append(Label(plant.rule, "竣工多年没有任何交存", building.estate, building, unit))


def _wrong_standard(site: Site, plant: Plant, _office: Office) -> None:
    """One unit pays by the other class of building: too little with a lift, too much without."""
    building = site.any(lambda building: building.lift == (plant.variant == "under"))
    unit = building.units[-1]
    unit.rate = NO_LIFT if building.lift else LIFT
    site.kept.add(building.code)
    note = "有电梯却按 75 元/m² 交存" if building.lift else "无电梯却按 93 元/m² 交存"
    site.labels.append(Label(plant.rule, note, building.estate, building, unit))


def _undistributed(site: Site, plant: Plant, _office: Office) -> None:
    site.labels.append(Label(plant.rule, f"账套 {plant.county}/{plant.variant} 的收益从未分配"))


def _receipts(site: Site, plant: Plant, _office: Office) -> None:
    if plant.variant == "gap":
        site.gaps += 1
        site.labels.append(Label(plant.rule, "票据断号"))
        return
    building = site.any(lambda building: len(building.units) >= 8)
    if plant.variant == "missing":
        site.missing_receipts.add(building.code)
        site.labels.append(Label(plant.rule, "交存没有票据号", building.estate, building))
    else:
        site.repeated_receipts.add(building.code)
        site.labels.append(Label(plant.rule, f"楼幢 {building.code} 两笔交存使用同一票据号"))


def _late_payer(site: Site, plant: Plant, office: Office) -> None:
    """A unit that pays in only after a repair has been charged to it."""
    [building] = site.old(alone=True)
    unit = building.units[-1]
    since, unit.paid_on = ready_on([building]), None
    project = draft(office, [building], plant.costs[0], since=since, until=since + timedelta(days=400))
    unit.paid_on = workday(project.payments[-1].paid_on + timedelta(days=office.rng.randrange(60, 200)))
    site.labels.append(Label(plant.rule, "先分摊后交存，账户曾为负", building.estate, building, unit))


def _exhausted(site: Site, plant: Plant, office: Office) -> None:
    """Two shops whose repair takes most of their money; only one owner tops up."""
    estate = site.old(alone=False)[0].estate
    first = estate.buildings[0]
    shops = [
        Unit(f"商-{place:02d}", area, False, owner, NO_LIFT)
        for place, (area, owner) in enumerate(zip(SHOP_AREAS, names(office.rng, 2), strict=True), 1)
    ]
    index = len(estate.buildings) + 1
    building = Building(
        f"{estate.code}{index:03d}",
        f"{index}幢",
        estate,
        False,
        False,
        2,
        first.completed_on,
        first.bulk_on,
        shops,
    )
    building.fixed = True
    estate.buildings.append(building)
    site.kept.add(building.code)
    since = ready_on([building])
    project = draft(
        office, [building], plant.costs[0], since=since, until=since + timedelta(days=300), work=WORKS[0]
    )
    paid_on = workday(project.payments[-1].paid_on + timedelta(days=120))
    site.top_ups.append(TopUp(building, shops[1], SHOP_TOP_UP, paid_on))
    site.labels.append(Label(plant.rule, "余额不足首期三成且未续交", estate, building, shops[0]))


def _concentrated(site: Site, plant: Plant, office: Office) -> None:
    buildings = site.old(alone=False)
    payee = firm(office.place, "独家", 0, office.rng)
    start = ready_on(buildings)
    for index, (cost, work) in enumerate(zip(plant.costs, WORKS[5:], strict=False)):
        since = start + timedelta(days=100 * index)
        draft(
            office,
            buildings,
            cost,
            since=since,
            until=since + timedelta(days=60),
            work=work,
            payee=payee,
            stages=1,
        )
    site.labels.append(
        Label(plant.rule, f"“{payee.name}”两年内承揽四个项目，付款为整数", buildings[0].estate)
    )


def _split_up(site: Site, plant: Plant, office: Office) -> None:
    buildings = site.old(alone=False, size=3)
    start = max(ready_on([building]) for building in buildings)
    for index, cost in enumerate(plant.costs):
        since = start + timedelta(days=60 * index)
        work = (WORKS[1][0], f"{('东', '南', '西')[index]}立面{WORKS[1][1]}")
        building = buildings[index % len(buildings)]
        draft(office, [building], cost, since=since, until=since + timedelta(days=40), work=work)
    office.works[buildings[0].estate.code, WORKS[1][0]] += 100
    site.labels.append(Label(plant.rule, "外墙维修一年内拆成三个项目", buildings[0].estate))


def _twice(
    office: Office,
    building: Building,
    costs: tuple[int, ...],
    works: list[tuple[str, str]],
    payee: Firm | None,
) -> list[Project]:
    """Two projects of one building, less than a year apart."""
    start = ready_on([building])
    found = []
    for index, (cost, work) in enumerate(zip(costs, works, strict=True)):
        since = start + timedelta(days=300 * index)
        until = since + timedelta(days=60)
        found.append(
            draft(office, [building], cost, since=since, until=until, work=work, payee=payee, stages=1)
        )
    return found


def _repeated(site: Site, plant: Plant, office: Office) -> None:
    [building] = site.old(alone=False)
    if plant.variant == "invoice":
        payee = firm(office.place, "重诚", 1, office.rng)
        first, second = _twice(office, building, plant.costs, [WORKS[2], WORKS[3]], payee)
        second.payments[0].invoice = first.payments[0].invoice
        note = "两个项目使用同一张发票"
    else:
        _, second = _twice(office, building, plant.costs, [WORKS[4]] * 2, None)
        note = "同一部位同样内容两年内重复维修"
    site.labels.append(Label(plant.rule, note, building.estate, project=second))


def _project(site: Site, plant: Plant, office: Office) -> None:
    """One project in order, in which one thing is then wrong."""
    buildings = site.old(alone=False)
    since = until = None
    if plant.rule == "I24":
        since = buildings[0].warranty_until - timedelta(days=120)
        until = buildings[0].warranty_until - timedelta(days=20)
    project = draft(
        office,
        buildings,
        plant.costs[0],
        since=since,
        until=until or LAST_APPLICATION - timedelta(days=200),
        emergency=plant.rule == "I22",
        stages=2 if plant.variant == "account" else None,
    )
    note = _WRONGS[plant.rule](project, plant.variant, office)
    site.labels.append(Label(plant.rule, note, buildings[0].estate, project=project))


def _slow_emergency(project: Project, _variant: str, _office: Office) -> str:
    later = timedelta(weeks=7)
    project.started_on += later
    if project.accepted_on:
        project.accepted_on += later
    for payment in project.payments:
        payment.paid_on += later
    return "应急项目申请七周后才开工"


def _routine(project: Project, variant: str, _office: Office) -> str:
    project.object, project.content = "公共区域", variant
    return f"日常养护：{variant}"


def _under_warranty(_project: Project, _variant: str, _office: Office) -> str:
    return "保修期满前申请使用"


def _inverted(project: Project, variant: str, _office: Office) -> str:
    if variant == "works":
        project.started_on = project.approved_on - timedelta(days=4)
        return "批准前已开工"
    if variant == "vote":
        if project.ballot:
            project.ballot.voted_on = project.applied_on - timedelta(days=12)
        return "表决早于申请"
    project.accepted_on = project.started_on - timedelta(days=2)
    return "验收早于开工"


def _no_notice(project: Project, variant: str, _office: Office) -> str:
    if variant == "none":
        project.noticed_on = None
        return "没有公示"
    project.noticed_on = project.approved_on - timedelta(days=3)
    return "公示三天即批准"


def _no_vote(project: Project, variant: str, _office: Office) -> str:
    if variant == "none" or project.ballot is None:
        project.ballot = None
        return "没有表决"
    area, households = project.ballot.area, project.ballot.households
    project.ballot.area = (area[0], area[0] * 7 // 10, area[0] * 55 // 100)
    project.ballot.households = (households[0], households[0] * 7 // 10, households[0] * 55 // 100)
    return "表决未达三分之二"


def _over_budget(project: Project, _variant: str, _office: Office) -> str:
    project.budget = project.settled * 100 // 125 // 100_00 * 100_00
    return "决算超过预算两成以上"


def _wrong_payee(project: Project, variant: str, office: Office) -> str:
    if variant == "person":
        [project.payee] = distinct_names(office.rng, 1)
        for payment in project.payments:
            payment.account = f"62{office.rng.randrange(10**16, 10**17)}"
        return "付给自然人"
    project.payments[-1].account = f"6{office.rng.randrange(10**17, 10**18)}7"
    return "首款与尾款的收款账号不同"


def _unaccepted(project: Project, variant: str, _office: Office) -> str:
    if variant == "none" or project.accepted_on is None:
        project.accepted_on = None
        return "没有验收记录就付尾款"
    project.accepted_on = project.payments[-1].paid_on + timedelta(days=25)
    return "验收前已付尾款"


def _alone(project: Project, _variant: str, _office: Office) -> str:
    project.approver = project.handler
    return "经办与审批为同一人"


def _idle(site: Site, plant: Plant, _office: Office) -> None:
    site.labels.append(Label(plant.rule, "归集多年，使用率不足 0.5%"))


_Deed = Callable[[Site, Plant, Office], None]
_ACCOUNTS: Final[dict[str, _Deed]] = {
    "I01": _unpaid,
    "I07": _wrong_standard,
    "I11": _undistributed,
    "I38": _receipts,
    "I44": _exhausted,
    "I49": _idle,
}
_WRONGS: Final[dict[str, Callable[[Project, str, Office], str]]] = {
    "I22": _slow_emergency,
    "I23": _routine,
    "I24": _under_warranty,
    "I26": _inverted,
    "I28": _no_notice,
    "I29": _no_vote,
    "I30": _over_budget,
    "I47": _wrong_payee,
    "I48": _unaccepted,
    "I51": _alone,
}
_REPAIRS: Final[dict[str, _Deed]] = {
    "I17": _concentrated,
    "I21": _split_up,
    "I31": _repeated,
    "I43": _late_payer,
    **dict.fromkeys(_WRONGS, _project),
}
