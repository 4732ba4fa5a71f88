"""Events of special receipts (专用票据): ranges handed out for use, and ranges voided."""

from typing import ClassVar

from ledger.events.event import Event


class ReceiptCodesEntered(Event, frozen=True, kw_only=True):
    """Receipt codes (票据代码) of which ranges are issued for the first time."""

    TOPIC: ClassVar[str] = "receipt-codes-entered"

    codes: tuple[str, ...]


class ReceiptsIssued(Event, frozen=True, kw_only=True):
    """A range of blank receipts is handed out for use (领用), art. 14 and 34.

    ``first`` and ``last`` are texts of digits of equal width, both in the range. ``holder`` is an office or
    firm; where a person took them, ``holder_ref`` names the person instead.
    """

    TOPIC: ClassVar[str] = "receipts-issued"

    first: str
    last: str
    holder: str | None = None
    holder_ref: str | None = None


class ReceiptsVoided(Event, frozen=True, kw_only=True):
    """Blank or spoilt receipts of a range are voided (作废) and stand for no deposit, art. 34."""

    TOPIC: ClassVar[str] = "receipts-voided"

    first: str
    last: str
    reason: str | None = None
    holder: str | None = None
    holder_ref: str | None = None
