"""Commands about the periods (会计期间) of a book."""

from ledger.commands.command import Command
from ledger.identity import Fund


class ClosePeriod(Command, frozen=True, kw_only=True):
    """Close a month ``2026-10`` (月末结账) or a year ``2026`` (年末结账) of a book."""

    county: str
    fund: Fund
    period: str
