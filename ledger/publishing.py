"""Publishing (年度公布) what every account held and moved in a year, art. 30. All pure.

The sheet follows from the versions of the buildings that were read, so it can be written again for ever, and
its SHA-256 proves that it is the one that was published.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

import msgspec

from ledger.building import PARTS
from ledger.calendar import EARLIEST
from ledger.commands import IssuePublication
from ledger.entries import entries
from ledger.errors import Refusal, Refused
from ledger.events import EntryKind, PublicationIssued, PublishedTotals
from ledger.identity import PART_NAMES, Fund, Part
from ledger.limits import day_refusal, refuse_any
from ledger.money import Fen, yuan
from ledger.reconciling import Found, reads
from ledger.stamp import Stamp

_HEADER: Final = "楼幢编码,户号,归属,年初余额,交存,增值,收入,使用,退划,年末余额"
_COLUMNS: Final[dict[EntryKind, str]] = {
    "opening": "deposit_fen",
    "deposit": "deposit_fen",
    "interest": "gain_fen",
    "income": "income_fen",
    "withdrawal": "used_fen",
    "return": "used_fen",
}
"""Column of each kind of entry; every other kind gives money back or moves it (退划)."""


class Sheet(NamedTuple):
    """What is published: the text, how many accounts it lists, and their totals."""

    text: str
    accounts: int
    totals: PublishedTotals

    @property
    def sha256(self) -> str:
        """Of the text in UTF-8, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def sheet(buildings: Mapping[str, Found], fund: Fund, year: int) -> Sheet:
    """Every account of the buildings by code, unit and part: CSV, amounts in yuan, by value date."""
    totals = dict.fromkeys(PublishedTotals.__struct_fields__, 0)
    lines = [_HEADER]
    for code, found in sorted(buildings.items()):
        for (unit, part), sums in sorted(_accounts(found, fund, year).items()):
            for name, amount_fen in sums.items():
                totals[name] += amount_fen
            amounts = (yuan(sums[name]) for name in totals)
            lines.append(",".join((code, unit, PART_NAMES[part], *amounts)))
    text = "".join(f"{line}\n" for line in lines)
    return Sheet(text, len(lines) - 1, msgspec.convert(totals, PublishedTotals))


def decide_publication(
    command: IssuePublication, buildings: Mapping[str, Found], stamp: Stamp, today: date
) -> tuple[PublicationIssued]:
    """Publish the year of these buildings.

    Raises Refused ``date-future``, ``year-invalid``, ``publication-early``, ``units-missing``.
    """
    refuse_any(_refusals(command, today))
    made = sheet(buildings, command.fund, command.year)
    if not made.accounts:
        raise Refused(Refusal("units-missing", "没有可以公布的分户账", "estate"))
    return (
        PublicationIssued(
            **stamp,
            value_date=command.published_on,
            year=command.year,
            estate=command.estate,
            ends=date(command.year, 12, 31),
            accounts=made.accounts,
            totals=made.totals,
            sha256=made.sha256,
            buildings=reads(buildings),
        ),
    )


def _refusals(command: IssuePublication, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.published_on, today, "published_on")
    if not EARLIEST.year < command.year <= today.year:
        yield Refusal("year-invalid", f"“{command.year}”不是已经开始的年度", "year")
    elif command.published_on <= date(command.year, 12, 31):
        message = f"{command.year} 年度尚未结束，不能在 {command.published_on} 公布"
        yield Refusal("publication-early", message, "published_on", None, "165号令第30条")


def _accounts(found: Found, fund: Fund, year: int) -> dict[tuple[str, Part], dict[str, Fen]]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    accounts: dict[tuple[str, Part], dict[str, Fen]] = {
        (unit, part): dict.fromkeys(PublishedTotals.__struct_fields__, 0)
        for unit, facts in found.state.units.items()
        if facts.fund == fund
        for part in PARTS[fund]
    }
    for event in found.history:
        if event.value_date > last:
            continue
        for entry in entries(event):
            sums = accounts.get((entry.unit, entry.part))
            if sums is None:
                continue
            amount_fen = entry.principal_fen + entry.interest_fen
            column = _COLUMNS.get(entry.kind, "returned_fen") if event.value_date >= first else "opening_fen"
            sums[column] += amount_fen
            sums["closing_fen"] += amount_fen
    return accounts
