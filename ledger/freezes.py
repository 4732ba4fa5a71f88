"""A freeze (冻结) of a unit's account by a court, and the days on which it holds."""

from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from ledger.events import UnitReleased
from ledger.money import Fen


class Freeze(msgspec.Struct, frozen=True, gc=False):
    """One court's order: ``until`` is its last day, None while it is open; ``amount_fen`` None: all of it."""

    order_no: str
    court: str
    since: date
    until: date | None = None
    amount_fen: Fen | None = None
    released: bool = False

    def holds(self, first: date, last: date) -> bool:
        """Whether the account was frozen on any of these days."""
        return self.since <= last and (self.until is None or first <= self.until)

    def ended(self, event: UnitReleased) -> "Freeze":
        """The freeze after a release, which ends it on the day before unless it ended earlier."""
        if self.order_no != event.order_no:
            return self
        last = event.value_date - timedelta(days=1)
        until = last if self.until is None else min(last, self.until)
        return replace(self, until=until, released=True)
