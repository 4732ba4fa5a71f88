"""Dated rules as data (政策): the TOML files of this folder, validated once, with a version.

A period holds from ``valid_from`` to the day before ``valid_to``; periods of one rule never overlap.
``Policy.table`` hands a file of this folder to a room that keeps its own data here.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from ledger.errors import InputError
from ledger.events import Product
from ledger.money import Fen, round_half_up
from ledger.policy.custody import HandOverTime
from ledger.policy.custody import read as read_custody
from ledger.policy.dues import DueRules
from ledger.policy.dues import read as read_dues
from ledger.policy.journal import JournalRules
from ledger.policy.journal import read as read_journal
from ledger.policy.payments import StageCap
from ledger.policy.payments import read as read_payments
from ledger.policy.rates import Rates, fraction_of
from ledger.policy.rates import read as read_rates
from ledger.policy.repairs import RepairRules
from ledger.policy.repairs import read as read_repairs
from ledger.policy.rows import Period, PolicyError, Row, one_at_a_time, rows, without_gap
from ledger.policy.treasury import Treasury
from ledger.policy.treasury import read as read_treasury

__all__ = [
    "County",
    "DueRules",
    "HandOverTime",
    "JournalRules",
    "Policy",
    "PolicyError",
    "Rates",
    "RepairRules",
    "StageCap",
    "Standard",
    "Treasury",
    "VoteRule",
    "WithdrawalOrder",
    "load",
    "read",
]


class FormerCounty(Row, frozen=True, kw_only=True):
    """Code and name a county had before."""

    code: str
    name: str


class County(Row, frozen=True, kw_only=True):
    """A county (区县) by its code of GB/T 2260 today; ``since``: first day of this code where it changed."""

    code: str
    name: str
    since: date | None = None
    former: tuple[FormerCounty, ...] = ()


class Standard(Period, frozen=True, kw_only=True):
    """A deposit standard (首期交存标准), art. 7: fen per m² for counties, lift and storeys.

    ``mark``: ``found`` in a public text, or ``unverified``, that is assumed.
    """

    counties: tuple[str, ...]
    lift: bool
    storeys_from: int = 1
    storeys_to: int | None = None
    fen_per_m2: Fen
    mark: Literal["found", "unverified"]

    def due_fen(self, area_dm2: int) -> Fen:
        """The first deposit (首期应交) of a unit, half-up to the fen."""
        return round_half_up(Fraction(self.fen_per_m2 * area_dm2, 100))

    def covers(self, county: str, lift: bool, storeys: int) -> bool:
        """Whether a building of this kind falls under the standard."""
        return (
            county in self.counties
            and lift == self.lift
            and self.storeys_from <= storeys
            and (self.storeys_to is None or storeys <= self.storeys_to)
        )


class VoteRule(Period, frozen=True, kw_only=True):
    """Thresholds of a vote on the use (使用) of the fund: 165号令 art. 22, 民法典 art. 278."""

    present: str
    agreed: str
    agreed_of: Literal["all", "present"]
    more_than: bool

    def __post_init__(self) -> None:
        if not all(0 <= Fraction(text) <= 1 for text in (self.present, self.agreed)):
            raise ValueError("a threshold lies between 0 and 1")

    def passed(self, total: int | None, present: int | None, agreed: int | None) -> bool:
        """Whether area (dm²) or households reach the thresholds; a figure that is missing does not pass.

        Both area and households must pass.
        """
        if total is None or total <= 0 or agreed is None:
            return False
        taking_part = Fraction(self.present)
        if present is None and (taking_part > 0 or self.agreed_of == "present"):
            return False
        if present is not None and (present < total * taking_part or present > total or agreed > present):
            return False
        whole = total if self.agreed_of == "all" else present or 0
        needed = whole * Fraction(self.agreed)
        return agreed > needed if self.more_than else agreed >= needed


class WithdrawalOrder(Period, frozen=True, kw_only=True):
    """Which part of an account pays first (支取顺序)."""

    interest_first: bool
    mark: Literal["custom"]


@dataclass(frozen=True, slots=True)
class Policy:
    """All dated rules; ``version`` names their content and goes into every event."""

    version: str
    counties: tuple[County, ...]
    standards: tuple[Standard, ...]
    votes: tuple[VoteRule, ...]
    withdrawals: tuple[WithdrawalOrder, ...]
    repairs: RepairRules
    dues: DueRules
    rates: Rates
    payments: tuple[StageCap, ...]
    treasury: Treasury
    hand_overs: tuple[HandOverTime, ...]
    journal: JournalRules
    tables: Mapping[str, Mapping[str, Any]]
    county_of: Mapping[str, County]

    def county(self, code: str) -> County:
        """The county of a code of any time; raises InputError ``county-unknown``."""
        found = self.county_of.get(code)
        if found is None:
            raise InputError("county-unknown", f"区县代码“{code}”不在楚雄州十县市之内")
        return found

    def standard(self, county: str, lift: bool, storeys: int, on: date) -> Standard | None:
        """The deposit standard on a day, or None where none is set (no lift, seven storeys or more)."""
        canonical = self.county(county).code
        for standard in self.standards:
            if standard.holds(on) and standard.covers(canonical, lift, storeys):
                return standard
        return None

    def vote_rule(self, on: date) -> VoteRule | None:
        """Thresholds of a vote held on a day; None before 165号令 was in force."""
        return next((rule for rule in self.votes if rule.holds(on)), None)

    def rate(self, bank: str, product: Product, on: date) -> Fraction | None:
        """The rate a year that a bank listed for a product on a day, exact; None where none is on record."""
        percent = self.rates.on(bank, on).get(product)
        return None if percent is None else fraction_of(percent)

    def interest_first(self, on: date) -> bool:
        """Whether the interest part of an account pays before its principal on a day."""
        return next(order.interest_first for order in self.withdrawals if order.holds(on))

    def stage_cap(self, on: date) -> StageCap | None:
        """What may be paid of a repair before its acceptance on a day; None where nothing is said."""
        return next((cap for cap in self.payments if cap.holds(on)), None)

    def hand_over_days(self, on: date) -> int | None:
        """Days from a notice of a day to the transfer of custody; None before 165号令 was in force."""
        return next((time.days for time in self.hand_overs if time.holds(on)), None)

    def table(self, name: str) -> Mapping[str, Any]:
        """The content of ``<name>.toml`` as read; raises PolicyError when there is none."""
        found = self.tables.get(name)
        if found is None:
            raise PolicyError(f"{name}.toml: no such policy file")
        return found


@lru_cache(maxsize=1)
def load() -> Policy:
    """The policy this version of the ledger carries; raises PolicyError."""
    folder = resources.files(__name__)
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
    )
    return read({entry.name.removesuffix(".toml"): entry.read_bytes() for entry in files})


def read(files: Mapping[str, bytes]) -> Policy:
    """A policy from the bytes of its files by name; raises PolicyError naming file and row."""
    tables = {name: _parse(name, content) for name, content in files.items()}
    counties = rows(tables, "counties", "county", County)
    standards = rows(tables, "standards", "standard", Standard)
    votes = rows(tables, "votes", "use", VoteRule)
    withdrawals = rows(tables, "withdrawals", "order", WithdrawalOrder)
    county_of = _codes(counties)
    _check_standards(standards, county_of)
    one_at_a_time("votes", votes)
    one_at_a_time("withdrawals", withdrawals)
    without_gap("withdrawals", withdrawals)
    rates = read_rates(tables)
    return Policy(
        version=_version(files, tables),
        counties=counties,
        standards=standards,
        votes=votes,
        withdrawals=withdrawals,
        payments=read_payments(tables),
        repairs=read_repairs(tables),
        rates=rates,
        dues=read_dues(tables, {county.code for county in counties}),
        treasury=read_treasury(tables, rates),
        hand_overs=read_custody(tables),
        journal=read_journal(tables),
        tables=tables,
        county_of=county_of,
    )


def _parse(name: str, content: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{name}.toml: {error}") from error


def _codes(counties: Sequence[County]) -> dict[str, County]:
    known: dict[str, County] = {}
    for county in counties:
        for code in (county.code, *(former.code for former in county.former)):
            if len(code) != 6 or not (code.isascii() and code.isdigit()):
                raise PolicyError(f"counties.toml: {code!r} is not a code of six digits")
            if code in known:
                raise PolicyError(f"counties.toml: {code} appears twice")
            known[code] = county
    return known


def _check_standards(standards: Sequence[Standard], county_of: Mapping[str, County]) -> None:
    for standard in standards:
        for code in standard.counties:
            if code not in county_of or county_of[code].code != code:
                raise PolicyError(f"standards.toml: {code} is no county of counties.toml")
        if standard.fen_per_m2 <= 0:
            raise PolicyError("standards.toml: fen_per_m2 must be positive")
    for code, lift in {(code, row.lift) for row in standards for code in row.counties}:
        mine = [row for row in standards if row.lift == lift and code in row.counties]
        for storeys in {row.storeys_from for row in mine} | {row.storeys_to or 1 for row in mine}:
            one_at_a_time("standards", [row for row in mine if row.covers(code, lift, storeys)])


def _version(files: Mapping[str, bytes], tables: Mapping[str, Mapping[str, Any]]) -> str:
    content = hashlib.sha256()
    for name in sorted(files):
        content.update(f"{name} {len(files[name])}\n".encode() + files[name])
    stated = max(str(table.get("version", "")) for table in tables.values())
    return f"{stated}+{content.hexdigest()[:8]}"
