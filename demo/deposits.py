"""Deposits (交存): in order of their days, each with the next receipt number of the county.

Developers hand in most first deposits of a building on one day; the other owners pay on days of their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from demo.land import Building, Estate, Unit, workday
from demo.misdeeds import Site, TopUp
from demo.repairs import Office
from ledger.money import Fen

_GAP: Final = 3
_LAST_TOP_UP: Final = date(2019, 12, 18)


class Line(NamedTuple):
    """One deposit of one unit."""

    unit: Unit
    amount: Fen


@dataclass(slots=True)
class Batch:
    """Deposits into one building on one day, handed in together; without ``payer`` each owner pays."""

    paid_on: date
    building: Building
    kind: str
    seller: bool
    payer: str | None
    lines: list[Line]


class Deposit(NamedTuple):
    """One row of the register, with its papers."""

    batch: Batch
    unit: Unit
    amount: Fen
    receipt: str | None
    bank_ref: str


def planned_top_ups(units: int, rng: Random) -> list[Fen]:
    """Amounts that owners' meetings ask for after a repair (续交): whole hundreds of yuan, at least one."""
    return [rng.randrange(3, 21) * 100_00 for _ in range(max(1, units // 400))]


def top_up(site: Site, office: Office, amounts: list[Fen]) -> None:
    """Give each amount to a unit whose building was repaired in order, the year after the last payment."""
    repaired = {
        project.buildings[0].code: (project.buildings[0], project.payments[-1].paid_on)
        for project in office.projects
        if project.buildings[0].code not in site.kept
    }
    places = sorted(repaired.values(), key=lambda place: place[0].code) or [
        (building, building.fully_paid_on)
        for building in site.estates[0].buildings
        if building.code not in site.kept
    ]
    for index, amount in enumerate(amounts):
        building, since = places[index * len(places) // len(amounts)]
        unit = building.units[office.rng.randrange(len(building.units))]
        day = workday(since + timedelta(days=office.rng.randrange(30, 365)))
        site.top_ups.append(TopUp(building, unit, amount, min(day, _LAST_TOP_UP)))


def batches(estates: list[Estate], top_ups: Iterable[TopUp]) -> list[Batch]:
    """All deposits of a county, in order of day and building."""
    found = [batch for estate in estates for b in estate.buildings for batch in _of_building(b)]
    found += [
        Batch(item.paid_on, item.building, "续交", False, None, [Line(item.unit, item.amount)])
        for item in top_ups
    ]
    return sorted(found, key=lambda batch: (batch.paid_on, batch.building.code))


def _of_building(building: Building) -> Iterator[Batch]:
    bulk = [unit for unit in building.units if unit.rate and unit.paid_on is None]
    payer = None if building.public else building.estate.developer
    if bulk:
        lines = [Line(unit, unit.first_fen) for unit in bulk]
        yield Batch(building.bulk_on, building, "首期", False, payer, lines)
    for unit in building.units:
        if unit.rate and unit.paid_on:
            yield Batch(unit.paid_on, building, "首期", False, None, [Line(unit, unit.first_fen)])
    if building.public:
        yield from _of_seller(building)


def _of_seller(building: Building) -> Iterator[Batch]:
    """The selling unit's part within 30 days; some are made up to the new price later."""
    first_on = workday(building.bulk_on + timedelta(days=14))
    short = 10 if building.estate.seller is None or int(building.code[-3:]) % 4 == 2 else 0
    rate = building.seller_rate - short
    lines = [Line(unit, unit.area_dm2 * rate) for unit in building.units]
    yield Batch(first_on, building, "首期", True, building.seller, lines)
    if short:
        lines = [Line(unit, unit.area_dm2 * short) for unit in building.units]
        yield Batch(workday(first_on + timedelta(days=75)), building, "补交", True, building.seller, lines)


def receipted(site: Site, batches: list[Batch]) -> Iterator[Deposit]:
    """Every deposit with its receipt number (票据号): eight digits, one after the other in the county."""
    number = 0
    handed_in = 0
    day = date.min
    first_of: dict[str, str] = {}
    last_of = {
        batch.building.code: batch for batch in batches if batch.building.code in site.repeated_receipts
    }
    gaps = {len(batches) * (place + 1) // (site.gaps + 1) for place in range(site.gaps)}
    for index, batch in enumerate(batches):
        number += _GAP if index in gaps else 0
        handed_in = handed_in + 1 if batch.paid_on == day else 1
        day = batch.paid_on
        bank_ref = f"{day:%Y%m%d}{handed_in:06d}"
        code = batch.building.code
        for place, line in enumerate(batch.lines):
            receipt: str | None = f"{number + 1:08d}"
            if code in site.missing_receipts and place in (1, 2, 3):
                receipt = None
            elif last_of.get(code) is batch and place == len(batch.lines) - 1:
                receipt = first_of[code]
            else:
                number += 1
                first_of.setdefault(code, f"{number:08d}")
            yield Deposit(batch, line.unit, line.amount, receipt, bank_ref)
