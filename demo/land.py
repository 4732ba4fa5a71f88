"""The land (楼盘): a county's estates, buildings and units, whose first deposits meet the county's quota.

An estate is filled with buildings until its money is spent; the rest, less than a unit or two in the county,
is steered away by steps of 0.01 m² in the floor areas.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from demo.persons import names
from demo.prefecture import Quota
from ledger.events import Management
from ledger.money import Fen, split

NO_LIFT: Final = 75
"""First deposit without lift below seven storeys: 75.00 yuan/m², that is 75 fen for each 0.01 m²."""
LIFT: Final = 93
LAST_COMPLETION: Final = date(2019, 6, 28)

_TALL: Final = 950_000_00
"""An estate of less money than this has no high-rises; else one of them would be all there is."""
_FIRST_COMPLETION: Final = date(2007, 6, 1)
_YEARS_OF_BUILDING: Final = 3780
_ESTATE_FIRST: Final = "龙碧彝紫金翠云锦瑞祥福康和安嘉盛雅兰桂松"
_ESTATE_SECOND: Final = (
    "湖苑",
    "溪花园",
    "泉小区",
    "岭家园",
    "江名邸",
    "峰雅居",
    "城新村",
    "园公寓",
    "山庭院",
    "河人家",
)
_SELLERS: Final = ("示范机械厂", "示范盐矿", "示范林场", "示范粮库", "示范中学", "示范运输站", "示范供销社")


@dataclass(slots=True)
class Unit:
    """One unit (户): ``rate`` is what the owner pays first, in fen for each 0.01 m²; 0 pays nothing."""

    number: str
    area_dm2: int
    residential: bool
    owner: str
    rate: int
    paid_on: date | None = None

    @property
    def first_fen(self) -> Fen:
        """The owner's first deposit (首期)."""
        return self.area_dm2 * self.rate


@dataclass(slots=True)
class Building:
    """One building (幢); ``bulk_on`` is the day on which the developer hands in most of the deposits."""

    code: str
    name: str
    estate: "Estate"
    public: bool
    lift: bool
    storeys: int
    completed_on: date
    bulk_on: date
    units: list[Unit] = field(default_factory=list)
    seller_rate: int = 0
    seller: str | None = None
    fixed: bool = False

    @property
    def warranty_until(self) -> date:
        """End of the warranty (保修期满): five years, the roof's (建设工程质量管理条例 art. 40)."""
        return years_after(self.completed_on, 5)

    @property
    def first_fen(self) -> Fen:
        """All owners' first deposits."""
        return sum(unit.first_fen for unit in self.units)

    @property
    def area_dm2(self) -> int:
        """Floor area of all units."""
        return sum(unit.area_dm2 for unit in self.units)

    @property
    def fully_paid_on(self) -> date:
        """The day of the last first deposit."""
        return max([self.bulk_on, *(unit.paid_on for unit in self.units if unit.paid_on)])


@dataclass(slots=True)
class Estate:
    """One estate (小区); a ``seller`` (售房单位) makes its buildings sold public housing."""

    code: str
    name: str
    management: Management
    developer: str
    seller: str | None
    started_on: date
    buildings: list[Building] = field(default_factory=list)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 28."""
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def workday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def develop(quota: Quota, deposits: Fen, rng: Random) -> list[Estate]:
    """The estates of a county; all first deposits come to ``deposits`` or up to 92 fen less."""
    estates = list(_estates(quota, rng))
    budgets = split(deposits, [rng.randrange(40, 190) for _ in estates])
    carried = 0
    for estate, budget in zip(estates, budgets, strict=True):
        carried = _fill(estate, budget + carried, rng)
    if quota.index == 0:
        _house_staff(max(estates, key=lambda estate: (estate.seller is None, len(estate.buildings))), rng)
    return estates


def _estates(quota: Quota, rng: Random) -> Iterator[Estate]:
    public = _public(quota)
    plots = len(_ESTATE_FIRST) * len(_ESTATE_SECOND)
    for index, management in enumerate(quota.estates):
        lap, place = divmod(index, plots)
        second, first = divmod(place, len(_ESTATE_FIRST))
        name = _ESTATE_FIRST[first] + _ESTATE_SECOND[second] + (f"{lap + 1}期" if lap else "")
        seller = quota.place.name + _SELLERS[index % len(_SELLERS)] if index in public else None
        # The golden ratio spreads the years evenly over any number of estates; the first is the oldest.
        elapsed = index * 6180 % 10_000 * _YEARS_OF_BUILDING // 10_000 + rng.randrange(60)
        if seller:
            elapsed //= 3
        yield Estate(
            code=f"{quota.place.code}{index + 1:05d}",
            name=name,
            management=management,
            developer=f"{quota.place.name}{_ESTATE_FIRST[index % 20]}筑房地产开发有限公司（演示）",
            seller=seller,
            started_on=_FIRST_COMPLETION + timedelta(days=elapsed),
        )


def _public(quota: Quota) -> frozenset[int]:
    """Sold public housing: about six of a hundred estates, those managed by the units that sold them."""
    own = [index for index, kind in enumerate(quota.estates) if kind == "self" and index > 0]
    wanted = min(len(own), len(quota.estates) * 7 // 100)
    return frozenset(own[step * len(own) // wanted] for step in range(wanted))


def _fill(estate: Estate, budget: Fen, rng: Random) -> Fen:
    """Build until the budget is spent; returns what is left of it, less than the price of four units."""
    phase = max(3, budget // 18_600_000 // 4)
    tall = budget > _TALL
    started = estate.started_on
    while True:
        index = len(estate.buildings)
        if index and index % phase == 0:
            started += timedelta(days=rng.randrange(500, 700))
        completed = started + timedelta(days=rng.randrange(60))
        if completed > LAST_COMPLETION:
            completed = LAST_COMPLETION - timedelta(days=rng.randrange(700))
        building = _draw(estate, completed, rng, public=estate.seller is not None, tall=tall)
        price = (building.first_fen + building.area_dm2 * building.seller_rate) // len(building.units)
        room = (budget + price // 2) // price
        if index and room < 4:
            return budget
        del building.units[max(4, room) :]
        estate.buildings.append(building)
        budget -= building.first_fen + building.area_dm2 * building.seller_rate


def _draw(estate: Estate, completed: date, rng: Random, *, public: bool, tall: bool) -> Building:
    index = len(estate.buildings)
    lift = not public and rng.random() < 0.46
    if lift:
        storeys = rng.choice((9, 11, 11, 11, 15, 17, 18, 18, 26, 33) if tall else (8, 9, 11, 11, 11))
        stairs, flats = 1, 2
    else:
        storeys = rng.choice((5, 6, 6, 6, 6))
        stairs, flats = rng.choice((1, 2)), 2
    submitted = completed + timedelta(days=rng.randrange(20, 120))
    building = Building(
        code=f"{estate.code}{index + 1:03d}",
        name=f"{index + 1}幢",
        estate=estate,
        public=public,
        lift=lift,
        storeys=storeys,
        completed_on=completed,
        bulk_on=workday(max(submitted, date(2008, 2, 18) + timedelta(days=rng.randrange(240)))),
        seller_rate=rng.randrange(110, 131, 2) if public else 0,
        seller=(estate.seller or f"{estate.name}原产权单位") if public else None,
    )
    mean, spread, low, high = (7400, 900, 5200, 10_500) if public else (10_740, 2100, 5800, 18_800)
    areas = [min(max(round(rng.gauss(mean, spread)), low), high) for _ in range(stairs * flats)]
    rate = rng.choice((23, 24, 25)) if public else LIFT if lift else NO_LIFT
    shops = not public and rng.random() < 0.2
    owners = iter(names(rng, storeys * stairs * flats))
    for storey in range(1, storeys + 1):
        for place, area in enumerate(areas):
            shop = shops and storey == 1
            number = (
                f"商-{place + 1:02d}" if shop else f"{place // flats + 1}-{storey}{place % flats + 1:02d}"
            )
            unit = Unit(number, area // 2 if shop else area, not shop, next(owners), rate)
            if not public and rng.random() < 0.25:
                unit.paid_on = _own_day(building.bulk_on, rng)
            building.units.append(unit)
    return building


def _own_day(bulk_on: date, rng: Random) -> date | None:
    """The day on which a late owner pays; None when that would be after 2019."""
    day = workday(bulk_on + timedelta(days=rng.randrange(10, 500)))
    return day if day <= date(2019, 12, 20) else None


def _house_staff(estate: Estate, rng: Random) -> None:
    """Turn one building of a commercial estate into sold public housing, as mixed estates have it."""
    old = estate.buildings.pop()
    building = _draw(estate, old.completed_on, rng, public=True, tall=False)
    building.bulk_on = old.bulk_on
    estate.buildings.append(building)
    for unit in building.units:
        unit.paid_on = None


def first_deposits(estates: list[Estate]) -> Fen:
    """All first deposits, owners' and sellers'."""
    return sum(
        building.first_fen + building.area_dm2 * building.seller_rate
        for estate in estates
        for building in estate.buildings
    )


def steer(estates: list[Estate], deposits: Fen) -> Fen:
    """Change areas by steps of 0.01 m² until first deposits come to ``deposits`` less at most 92 fen.

    Returns what is still missing. Buildings of public housing and fixed ones keep their areas.
    """
    units = [
        unit
        for estate in estates
        for building in estate.buildings
        if not building.public and not building.fixed
        for unit in building.units
        if unit.rate
    ]
    missing = deposits - first_deposits(estates)
    steps, missing = divmod(missing, sum(unit.rate for unit in units))
    for unit in units:
        more = 1 if missing >= unit.rate else 0
        unit.area_dm2 += steps + more
        missing -= more * unit.rate
    return missing
