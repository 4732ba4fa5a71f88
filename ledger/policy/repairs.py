"""Dated rules of repairs (维修使用): objects, emergency grounds, days of notice, warranties by part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from ledger.policy.rows import Period, PolicyError, Row, Tables, one_at_a_time, rows, without_gap

Mark = Literal["article", "found", "custom", "unverified"]
"""How sure a figure is: it stands in the rule named, in a public text, is the office's own, or assumed."""


class RepairObject(Row, frozen=True, kw_only=True):
    """What may be repaired (维修对象), art. 2 and 3: common parts (部位) or common facilities (设施设备).

    ``warranty`` names the part of ``warranties.toml`` whose warranty it is under.
    """

    code: str
    name: str
    kind: Literal["part", "facility"]
    warranty: str | None = None


class EmergencyGround(Row, frozen=True, kw_only=True):
    """Why a repair cannot wait for the owners' vote (应急事由), art. 24."""

    code: str
    name: str


class NoticeDays(Period, frozen=True, kw_only=True):
    """For how many days a notice (公示) is up before the approval."""

    days: int
    mark: Mark


class Warranty(Period, frozen=True, kw_only=True):
    """For how many years after completion the builder answers for a part (保修期).

    By the day of completion; 建设工程质量管理条例 art. 40.
    """

    part: str
    name: str
    years: int
    mark: Mark

    def until(self, completed_on: date) -> date:
        """The first day out of warranty; 29 February ends with that month in other years."""
        year = completed_on.year + self.years
        try:
            return completed_on.replace(year=year)
        except ValueError:
            return date(year, 3, 1)


@dataclass(frozen=True, slots=True)
class RepairRules:
    """The rules of repairs together."""

    objects: tuple[RepairObject, ...]
    grounds: tuple[EmergencyGround, ...]
    notices: tuple[NoticeDays, ...]
    warranties: tuple[Warranty, ...]

    def named(self, text: str) -> RepairObject | None:
        """The object of this code or name, None where the list has none."""
        return next((row for row in self.objects if text in (row.code, row.name)), None)

    def ground(self, code: str | None) -> EmergencyGround | None:
        """The emergency ground of a code, None where the list has none."""
        return next((row for row in self.grounds if row.code == code), None)

    def notice_days(self, on: date) -> int:
        """For how many days a notice posted on a day is up before the approval."""
        return next(row.days for row in self.notices if row.holds(on))

    def warranty(self, part: str | None, completed_on: date) -> Warranty | None:
        """The warranty of a part of a building completed on a day; None where none is set."""
        return next((row for row in self.warranties if row.part == part and row.holds(completed_on)), None)


def read(tables: Tables) -> RepairRules:
    """The rules from ``repairs.toml`` and ``warranties.toml``; raises PolicyError naming file and row."""
    rules = RepairRules(
        objects=rows(tables, "repairs", "object", RepairObject),
        grounds=rows(tables, "repairs", "ground", EmergencyGround),
        notices=rows(tables, "repairs", "notice", NoticeDays),
        warranties=rows(tables, "warranties", "warranty", Warranty),
    )
    _once("object", [word for row in rules.objects for word in {row.code, row.name}])
    _once("ground", [row.code for row in rules.grounds])
    one_at_a_time("repairs", rules.notices)
    without_gap("repairs", rules.notices)
    for days in (row.days for row in rules.notices):
        if days < 0:
            raise PolicyError("repairs.toml: days must not be negative")
    parts = sorted(rules.warranties, key=lambda row: row.part)
    for _, periods in groupby(parts, key=lambda row: row.part):
        one_at_a_time("warranties", periods)
    if any(row.years <= 0 for row in parts):
        raise PolicyError("warranties.toml: years must be positive")
    known = {row.part for row in parts}
    for row in rules.objects:
        if row.warranty is not None and row.warranty not in known:
            raise PolicyError(f"repairs.toml: {row.warranty} is no part of warranties.toml")
    return rules


def _once(key: str, words: Iterable[str]) -> None:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            raise PolicyError(f"repairs.toml: [[{key}]] {word} appears twice")
        seen.add(word)
