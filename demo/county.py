"""One county's registers (一县的登记表): land, deposits, gains and repairs, drawn together and written.

A county is drawn alone from its quota and its plants, so that counties can be made side by side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from demo import persons
from demo.deposits import Batch, batches, planned_top_ups, receipted, top_up
from demo.gains import Gain, account, boundaries, gains
from demo.land import Building, Estate, develop, steer
from demo.misdeeds import Label, Site, misdeposit, misspend
from demo.plants import SHOP_TOP_UP, Plant
from demo.prefecture import Quota
from demo.repairs import Office, Project, number, open_office, repair
from demo.sheets import Cell, Kind, Row, hundredths, write
from ledger.events import Management
from ledger.identity import FUND_NAMES, Fund
from ledger.money import Fen

_MANAGEMENT: Final = {
    "professional": "专业物业",
    "self": "单位自管",
    "community": "社区托管",
    "other": "其他",
}
_AVERAGE_DEPOSIT: Final = 8_900_00
_YEAR_BEFORE: Final = date(2019, 9, 30)
"""A year before the last money of the years after 2019."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one county is to draw: its quota, what it spends on repairs, what is planted, the seed."""

    quota: Quota
    spending: Fen
    plants: tuple[Plant, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Case:
    """What the audit should find, by codes."""

    rule: str
    county: str
    estate: str | None
    building: str | None
    unit: str | None
    project: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Oldest:
    """The first estate of a county; and what its book of public housing held in September 2019, in fen."""

    estate: str
    name: str
    management: Management
    public_fen: Fen


@dataclass(frozen=True, slots=True)
class Written:
    """What one county has written."""

    code: str
    files: dict[Kind, list[Path]]
    cases: list[Case]
    through: dict[Fund, list[date]]
    estates: int
    buildings: int
    units: int
    oldest: Oldest


def produce(order: Order, directory: Path) -> Written:
    """Draw one county and write its registers."""
    quota = order.quota
    site, office, deposits = _draw(order)
    place = quota.place
    credited = gains(place, deposits, quota.growth)
    rows: dict[Kind, Iterator[Row]] = {
        "units": _units(quota, site.estates, order.seed),
        "deposits": _deposits(quota, site, deposits),
        "bank-gains": _gains(quota, credited),
        "repairs": _repairs(office),
    }
    buildings = [building for estate in site.estates for building in estate.buildings]
    books: list[Fund] = ["commodity", "public"]
    return Written(
        code=place.code,
        files={kind: write(directory, kind, place.code, rows[kind]) for kind in rows},
        cases=[_case(label, place.code) for label in site.labels],
        through={fund: through for fund in books if (through := boundaries(credited, fund))},
        estates=len(site.estates),
        buildings=len(buildings),
        units=sum(len(building.units) for building in buildings),
        oldest=_oldest(site, office, deposits, credited),
    )


def _oldest(site: Site, office: Office, deposits: list[Batch], credited: list[Gain]) -> Oldest:
    first = site.estates[0]
    held = sum(
        line.amount
        for batch in deposits
        if batch.building.public and batch.paid_on <= _YEAR_BEFORE
        for line in batch.lines
    )
    held += sum(
        gain.amount for gain in credited if gain.fund == "public" and gain.received_on <= _YEAR_BEFORE
    )
    spent = sum(
        payment.amount
        for project in office.projects
        if project.buildings[0].public
        for payment in project.payments
    )
    return Oldest(first.code, first.name, first.management, held - spent)


def _draw(order: Order) -> tuple[Site, Office, list[Batch]]:
    quota, plants = order.quota, list(order.plants)
    rng = Random(f"{order.seed}/{quota.place.code}")  # noqa: S311 - synthetic data, no secret
    office = open_office(quota.place, order.spending // 18_000_00, rng)
    top_ups = planned_top_ups(quota.deposits // _AVERAGE_DEPOSIT, rng)
    first = quota.deposits - sum(top_ups) - SHOP_TOP_UP * sum(plant.rule == "I44" for plant in plants)
    site = Site(develop(quota, first, rng))
    misdeposit(site, plants, office)
    top_ups[-1] += steer(site.estates, first)
    misspend(site, plants, office)
    planted = sum(sum(plant.costs) for plant in plants)
    repair(office, site.estates, order.spending - planted, site.kept)
    top_up(site, office, top_ups)
    number(office)
    return site, office, batches(site.estates, site.top_ups)


def _case(label: Label, county: str) -> Case:
    return Case(
        rule=label.rule,
        county=county,
        estate=label.estate.code if label.estate else None,
        building=label.building.code if label.building else None,
        unit=label.unit.number if label.unit else None,
        project=label.project.code if label.project else None,
        note=label.note,
    )


def _units(quota: Quota, estates: list[Estate], seed: int) -> Iterator[Row]:
    people = persons.indices(quota.index)
    for estate in estates:
        for building in estate.buildings:
            head = _building_head(quota, building)
            parcel = f"{quota.place.code}{int(estate.code[-5:]):06d}GB00001F{int(building.code[-3:]):04d}"
            for index, unit in enumerate(building.units, 1):
                person = next(people)
                yield (
                    *head,
                    unit.number,
                    "住宅" if unit.residential else "非住宅",
                    hundredths(unit.area_dm2),
                    unit.owner,
                    persons.id_number(person, seed),
                    None if person % 3 == 0 else persons.phone(person, seed),
                    # Unified registration of real estate began with these years; older papers have no number.
                    f"{parcel}{index:04d}" if building.completed_on.year >= 2016 else None,
                )


def _building_head(quota: Quota, building: Building) -> Row:
    estate = building.estate
    fund: Fund = "public" if building.public else "commodity"
    return (
        quota.place.code,
        FUND_NAMES[fund],
        estate.code,
        estate.name,
        _MANAGEMENT[estate.management],
        building.code,
        building.name,
        "有" if building.lift else "无",
        building.storeys,
        building.completed_on.isoformat(),
        building.warranty_until.isoformat(),
        building.seller,
    )


def _deposits(quota: Quota, site: Site, batches: list[Batch]) -> Iterator[Row]:
    accounts = {public: account(quota.place, "public" if public else "commodity") for public in (False, True)}
    for deposit in receipted(site, batches):
        batch = deposit.batch
        yield (
            batch.building.code,
            deposit.unit.number,
            "售房单位" if batch.seller else None,
            batch.kind,
            hundredths(deposit.amount),
            batch.paid_on.isoformat(),
            deposit.receipt,
            deposit.bank_ref,
            accounts[batch.building.public],
            batch.payer or deposit.unit.owner,
        )


def _gains(quota: Quota, credited: list[Gain]) -> Iterator[Row]:
    for index, gain in enumerate(sorted(credited, key=lambda gain: gain.received_on), 1):
        yield (
            quota.place.code,
            FUND_NAMES[gain.fund],
            account(quota.place, gain.fund),
            gain.received_on.isoformat(),
            gain.category,
            hundredths(gain.amount),
            f"LX{gain.received_on:%Y%m%d}{index:05d}",
        )


def _repairs(office: Office) -> Iterator[Row]:
    for project in office.projects:
        before, after = _papers(office, project)
        for index, payment in enumerate(project.payments, 1):
            yield (
                *before,
                project.payee,
                payment.account,
                payment.stage,
                hundredths(payment.amount),
                payment.paid_on.isoformat(),
                f"WX{payment.paid_on:%Y%m%d}{project.code[-5:]}{index}",
                *after,
                payment.invoice,
                project.handler,
                project.approver,
            )


def _papers(office: Office, project: Project) -> tuple[Row, Row]:
    """The facts of a project before and after the columns of a payment."""
    ballot = project.ballot
    figures: list[Cell] = [None] * 7
    if ballot:
        figures = [_day(ballot.voted_on)]
        for area, households in zip(ballot.area, ballot.households, strict=True):
            figures += [hundredths(area), households]
    before = (
        project.code,
        office.place.code,
        project.buildings[0].estate.code,
        ";".join(building.code for building in project.buildings),
        project.object,
        project.content,
        "是" if project.emergency else "否",
        hundredths(project.budget),
        _day(project.applied_on),
        *figures,
        _day(project.noticed_on),
        _day(project.approved_on),
        hundredths(project.budget),
    )
    return before, (_day(project.started_on), _day(project.accepted_on), hundredths(project.settled))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
