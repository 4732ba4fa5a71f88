"""Events of the periods (会计期间) of a book: closing a month or a year."""

from datetime import date
from typing import ClassVar

from ledger.calendar import PeriodKind
from ledger.events.event import Event


class PeriodClosed(Event, frozen=True, kw_only=True):
    """A month (月末结账) or a year (年末结账) of the book is closed; ``ends`` is its last day.

    What stands behind it in the log with a value date up to ``ends`` belongs to the first month still open.
    财会〔2020〕7号 (期末).
    """

    TOPIC: ClassVar[str] = "period-closed"

    period: str
    kind: PeriodKind
    ends: date
