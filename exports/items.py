"""Auxiliary items (辅助核算项): what an account is kept by – unit, bank account, deposit or bond.

An item has one code wherever it stands. Codes join with ``/`` and ``@``, which no code of the ledger contains
(``ledger.identity``), so two items never share one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from ledger.identity import PART_NAMES
from projections.journal import JournalLine

Archive = Literal["unit", "bank", "lot"]
"""Which list an item belongs to: estates, buildings and units (项目), bank accounts, deposits and bonds."""

ARCHIVES: Final[dict[Archive, str]] = {"unit": "小区幢户", "bank": "银行账户", "lot": "存单国债"}


class Item(NamedTuple):
    """One auxiliary item; ``parent`` is the code of the item above it, ``level`` counts from 1."""

    archive: Archive
    code: str
    name: str
    parent: str | None = None
    level: int = 1


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called (名称), as known at the position of the export.

    ``estates`` and ``buildings`` by code, ``banks`` by account number, ``lots`` by code, ``firms`` (selling
    units and contractors) by themselves: a firm has no code but its name. Nothing here names an owner.
    """

    estates: Mapping[str, str] = field(default_factory=dict)
    buildings: Mapping[str, str] = field(default_factory=dict)
    banks: Mapping[str, str] = field(default_factory=dict)
    lots: Mapping[str, str] = field(default_factory=dict)
    firms: tuple[str, ...] = ()


def item_of(line: JournalLine, aux: str | None) -> str | None:
    """The code of the item that a line belongs to on an account kept by ``aux``; None where there is none."""
    if aux == "unit":
        if line.building is None:
            return None if line.estate is None else f"XQ@{line.estate}"
        if line.unit is None:
            return line.building
        return f"{line.building}/{line.unit}" + ("/S" if line.part == "seller" else "")
    if aux == "bank":
        return None if line.bank_account is None else f"YH@{line.bank_account}"
    return f"CD@{line.lot}" if aux == "lot" and line.lot is not None else None


def lineage(line: JournalLine, code: str, aux: str | None, names: Names) -> tuple[Item, ...]:
    """The item of a code that ``item_of`` gave for this line, last, and the items above it."""
    if aux == "bank":
        account = line.bank_account or ""
        return (Item("bank", code, names.banks.get(account, account)),)
    if aux == "lot":
        lot = line.lot or ""
        return (Item("lot", code, names.lots.get(lot, lot)),)
    found: list[Item] = []
    if line.estate is not None:
        found.append(Item("unit", f"XQ@{line.estate}", names.estates.get(line.estate, line.estate)))
    if line.building is not None:
        found.append(_below(found, line.building, names.buildings.get(line.building, line.building)))
        if line.unit is not None:
            seller = f"（{PART_NAMES['seller']}）" if line.part == "seller" else ""
            found.append(_below(found, code, f"{line.unit}{seller}"))
    return tuple(found)


def _below(found: list[Item], code: str, name: str) -> Item:
    if not found:
        return Item("unit", code, name)
    above = found[-1]
    return Item("unit", code, f"{above.name} {name}", above.code, above.level + 1)
