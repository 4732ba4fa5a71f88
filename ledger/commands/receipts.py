"""Commands about special receipts (专用票据)."""

from datetime import date

from ledger.commands.command import Command


class IssueReceipts(Command, frozen=True, kw_only=True):
    """Hand out a range of special receipts (票据领用): numbers of equal width, first and last included."""

    code: str
    first: str
    last: str
    value_date: date
    holder: str | None = None
    holder_ref: str | None = None


class VoidReceipts(Command, frozen=True, kw_only=True):
    """Void a range of special receipts (票据作废)."""

    code: str
    first: str
    last: str
    value_date: date
    reason: str | None = None
    holder: str | None = None
    holder_ref: str | None = None
