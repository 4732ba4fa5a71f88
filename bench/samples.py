"""Events and commands of realistic size, for measurements; deterministic."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from ledger.events import BuildingOpened, DepositCollected, DepositLine, Event, UnitLine, UnitsRegistered
from ledger.identity import building_stream
from ledger.log import Change

MOMENT = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
STAMP: dict[str, Any] = {"actor": "bench", "recorded_at": MOMENT, "origin": "history", "policy": "bench"}


def opening(county: str, units: int) -> tuple[Event, ...]:
    """A building with units, each of 100 m²."""
    day = date(2008, 1, 1)
    opened = BuildingOpened(
        **STAMP,
        value_date=day,
        name="1幢",
        county=county,
        estate="E1",
        estate_name="小区",
        management="professional",
        lift=True,
        storeys=18,
        completed_on=day,
        warranty_until=date(2013, 1, 1),
    )
    lines = tuple(
        UnitLine(unit=f"{number:04d}", fund="commodity", usage="residential", area_dm2=10_000)
        for number in range(units)
    )
    return opened, UnitsRegistered(**STAMP, value_date=day, lines=lines)


def deposit(number: int, units: int) -> DepositCollected:
    """One deposit into one unit, on a day that depends on its number."""
    line = DepositLine(
        unit=f"{number % units:04d}",
        amount_fen=930_000 + number % 1000,
        receipt_no=f"{number:08d}",
        bank_ref=f"B{number:012d}",
        account="5300000000000001",
        payer_ref="p0123456789abcdef",
    )
    day = date(2009 + number % 10, 1 + number % 12, 1 + number % 28)
    return DepositCollected(**STAMP, value_date=day, kind="first", lines=(line,))


def history(buildings: int, units: int, deposits: int) -> Iterator[Change]:
    """Buildings of one county, each with so many units and so many single deposits."""
    for number in range(buildings):
        events = (*opening("532301", units), *(deposit(each, units) for each in range(deposits)))
        yield Change(building_stream(f"B{number:06d}"), 0, events)
