"""What each kind of command does to a batch; one file for what belongs together in an office."""

from typing import Final

from ledger.handlers import (
    accounts,
    books,
    corrections,
    demonstration,
    deposits,
    dues,
    leaving,
    payments,
    periods,
    persons,
    procedure,
    receipts,
    repairs,
    treasury,
    unit_changes,
    units,
    yearly,
)
from ledger.handlers.handler import Handlers

HANDLERS: Final[Handlers] = {
    **units.HANDLERS,
    **unit_changes.HANDLERS,
    **deposits.HANDLERS,
    **dues.HANDLERS,
    **receipts.HANDLERS,
    **repairs.HANDLERS,
    **procedure.HANDLERS,
    **payments.HANDLERS,
    **books.HANDLERS,
    **treasury.HANDLERS,
    **leaving.HANDLERS,
    **periods.HANDLERS,
    **accounts.HANDLERS,
    **yearly.HANDLERS,
    **corrections.HANDLERS,
    **persons.HANDLERS,
    **demonstration.HANDLERS,
}
"""Every kind of command that may be part of a batch."""
