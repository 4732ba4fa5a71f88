"""The plan of the demonstration (演示方案): draw and write every county, and say what must come out."""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

from demo import later
from demo.county import Case, Order, Written, produce
from demo.gains import account
from demo.plants import NEVER_DISTRIBUTED, costs, plants, thrifty
from demo.prefecture import PLACES, Totals, parse_scale, quotas, spending, totals
from demo.sheets import KINDS, Kind
from demo.story import Ground
from ledger.identity import Fund


@dataclass(frozen=True, slots=True)
class Counts:
    """How much land the registers hold."""

    estates: int
    buildings: int
    units: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What was written and what it must add up to.

    ``files`` by kind, in the order of import; ``distributions`` as (county, fund, through), in order;
    ``totals`` in fen at the end of 2019; ``later`` the documents of the years after; ``cases`` are all
    irregularities that registers and documents hold.
    """

    files: dict[Kind, list[Path]]
    distributions: list[tuple[str, Fund, date]]
    totals: Totals
    counts: Counts
    later: Path
    cases: list[Case]


def generate(directory: Path, *, seed: int = 1, scale: Decimal | str = "1", workers: int = 2) -> Plan:
    """Write the registers of the demonstration prefecture, ``later.jsonl`` and ``cases.json``.

    The same seed and scale give the same cells, whatever the number of worker processes. Raises InputError
    ``scale-invalid``.
    """
    size = parse_scale(scale)
    orders = _orders(size, seed)
    directory.mkdir(parents=True, exist_ok=True)
    work = partial(produce, directory=directory)
    if workers == 1:
        written = [work(order) for order in orders]
    else:
        largest_first = sorted(orders, key=lambda order: -order.quota.deposits)
        # Fresh processes: a fork of a program with threads may hang.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            written = sorted(pool.map(work, largest_first), key=lambda done: done.code)
    path, cases_since = later.write(_ground(written[0]), directory, seed)
    plan = _plan(written, totals(size), path, cases_since)
    cases = json.dumps([asdict(case) for case in plan.cases], ensure_ascii=False, indent=1)
    (directory / "cases.json").write_text(cases + "\n", encoding="utf-8")
    return plan


def _orders(scale: Decimal, seed: int) -> list[Order]:
    planted = plants(scale, Random(f"{seed}/plants"))  # noqa: S311 - synthetic data, no secret
    counties = quotas(scale)
    spent = spending(counties, costs(planted), thrifty(planted), totals(scale).withdrawn)
    return [
        Order(
            quota,
            spent[quota.place.code],
            tuple(plant for plant in planted if plant.county == quota.place.code),
            seed,
        )
        for quota in counties
    ]


def _ground(written: Written) -> Ground:
    place, oldest = PLACES[0], written.oldest
    return Ground(
        place=place,
        estate=oldest.estate,
        estate_name=oldest.name,
        management=oldest.management,
        accounts={fund: account(place, fund) for fund in ("commodity", "public")},
        public_fen=oldest.public_fen,
    )


def _plan(written: list[Written], expected: Totals, path: Path, cases_since: list[Case]) -> Plan:
    return Plan(
        files={kind: [path for done in written for path in done.files[kind]] for kind in KINDS},
        distributions=sorted(
            (
                (done.code, fund, through)
                for done in written
                for fund, days in done.through.items()
                if f"{done.code}/{fund}" not in NEVER_DISTRIBUTED
                for through in days
            ),
            key=lambda step: (step[2], step[0], step[1]),
        ),
        totals=expected,
        counts=Counts(
            sum(done.estates for done in written),
            sum(done.buildings for done in written),
            sum(done.units for done in written),
        ),
        later=path,
        cases=[*(case for done in written for case in done.cases), *cases_since],
    )
