"""Commands about units that change (房屋变更), and accounts that a court freezes (冻结)."""

from datetime import date
from typing import Literal

import msgspec

from ledger.commands.command import Command
from ledger.events import Usage
from ledger.money import Fen


class NewUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that a split or merger opens; what is None is as it was before, the owner if there was one."""

    unit: str
    area_dm2: int
    owner_ref: str | None = None
    usage: Usage | None = None
    realty_no: str | None = None


class SplitUnit(Command, frozen=True, kw_only=True):
    """Split (分割) a unit into several with new numbers; its balance is shared over them by area.

    ``note`` says why the areas differ, where they do.
    """

    building: str
    unit: str
    into: tuple[NewUnit, ...]
    changed_on: date
    document_no: str
    note: str | None = None


class MergeUnits(Command, frozen=True, kw_only=True):
    """Merge (合并) several units into one with a new number, which takes over their balances."""

    building: str
    units: tuple[str, ...]
    into: NewUnit
    changed_on: date
    document_no: str
    note: str | None = None


class CorrectUnit(Command, frozen=True, kw_only=True):
    """Correct facts of a unit (房屋更正): what is None stays; no money moves."""

    building: str
    unit: str
    changed_on: date
    reason: Literal["area", "usage", "other"]
    area_dm2: int | None = None
    usage: Usage | None = None
    realty_no: str | None = None
    document_no: str | None = None
    note: str | None = None


class FreezeUnit(Command, frozen=True, kw_only=True):
    """Freeze (冻结) the owner's account of a unit by a court's order; ``amount_fen`` None: all of it."""

    building: str
    unit: str
    frozen_on: date
    court: str
    order_no: str
    until: date | None = None
    amount_fen: Fen | None = None


class ReleaseUnit(Command, frozen=True, kw_only=True):
    """End the freeze of one order (解除冻结)."""

    building: str
    unit: str
    released_on: date
    order_no: str
