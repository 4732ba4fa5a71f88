"""Commands about what is due (应交) of units, and the deposit of a whole building."""

from datetime import date

from ledger.commands.command import Command
from ledger.events import DepositKind
from ledger.money import Fen


class OverrideDue(Command, frozen=True, kw_only=True):
    """Decide what a unit's owner owes at first (核定应交额); without ``due_fen`` by the standard again."""

    building: str
    unit: str
    due_fen: Fen | None = None
    reason: str
    decided_on: date


class ExemptUnit(Command, frozen=True, kw_only=True):
    """Exempt a unit from depositing (免交), until a last day or without end.

    ``reason`` is the code of a ground of art. 6.
    """

    building: str
    unit: str
    reason: str
    decided_on: date
    note: str | None = None
    until: date | None = None


class LiftExemption(Command, frozen=True, kw_only=True):
    """End the exemption of a unit (取消免交)."""

    building: str
    unit: str
    reason: str
    decided_on: date


class RecordSale(Command, frozen=True, kw_only=True):
    """Record the sale of a unit of public housing (公有住房出售): proceeds, and the day they were received.

    ``seller`` is that of the register of units unless given. A second record says that it ``corrects``.
    """

    building: str
    unit: str
    proceeds_fen: Fen
    received_on: date
    seller: str | None = None
    corrects: bool = False


class CollectBulk(Command, frozen=True, kw_only=True):
    """Collect what every unit of a building owes in one payment (整幢代交), art. 7: one event, a line a unit.

    Without ``units`` all that have paid nothing and are not exempt. ``receipt_no`` is the first receipt
    (票据起始号); each unit takes the next, in the order of unit numbers.
    """

    building: str
    value_date: date
    total_fen: Fen
    kind: DepositKind = "first"
    payer_ref: str | None = None
    receipt_no: str | None = None
    bank_ref: str | None = None
    account: str | None = None
    units: tuple[str, ...] = ()
