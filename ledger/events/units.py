"""Events of units (户) that change, and of accounts that a court freezes."""

from datetime import date
from typing import ClassVar, Literal

from ledger.events.building import UnitLine
from ledger.events.event import Event, Piece
from ledger.identity import Part

ChangeReason = Literal["split", "merge", "area", "usage", "other"]
"""分割 / 合并 / 面积更正 / 用途变更 / 其他."""


class MoveLine(Piece, frozen=True, kw_only=True):
    """What one account takes over (positive) or hands on (negative), in fen.

    ``first_deposit_fen`` is its part of the first deposits (首期), on which the 30 % of art. 17 rest.
    """

    unit: str
    part: Part = "owner"
    principal_fen: int = 0
    interest_fen: int = 0
    first_deposit_fen: int = 0


class UnitsChanged(Event, frozen=True, kw_only=True):
    """Units of the building changed (房屋变更) on the value date: ``before`` became ``after``.

    A split (分割) or merger (合并) closes the units before, opens those after under new numbers and moves the
    whole balance (转户): the ``lines`` sum to zero, an account without anything has none. Any other reason
    corrects facts of one unit and moves nothing. ``document_no`` names the paper, ``note`` says why areas
    before and after differ. Areas in 0.01 m². Art. 10, 20.
    """

    TOPIC: ClassVar[str] = "units-changed"

    reason: ChangeReason
    before: tuple[UnitLine, ...]
    after: tuple[UnitLine, ...]
    document_no: str | None = None
    note: str | None = None
    lines: tuple[MoveLine, ...] = ()


class UnitFrozen(Event, frozen=True, kw_only=True):
    """A court froze the owner's account of a unit (冻结) from the value date on.

    ``until`` is the last day, None where the order names none; ``amount_fen`` what is frozen, None: all.
    """

    TOPIC: ClassVar[str] = "unit-frozen"

    unit: str
    court: str
    order_no: str
    until: date | None = None
    amount_fen: int | None = None


class UnitReleased(Event, frozen=True, kw_only=True):
    """The freeze of one order ended (解除冻结): the account is free of it from the value date on."""

    TOPIC: ClassVar[str] = "unit-released"

    unit: str
    order_no: str
