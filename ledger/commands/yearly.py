"""Commands of what an office owes every year, art. 30: reconciling with the bank, and publishing."""

from datetime import date

import msgspec

from ledger.commands.command import Command
from ledger.identity import Fund


class OpenItem(msgspec.Struct, frozen=True, kw_only=True):
    """A movement that only one side has (未达账项), by its event ``stream@version`` and line, and why."""

    event: str
    line: int = 0
    note: str | None = None


class ReconcileStatement(Command, frozen=True, kw_only=True):
    """Reconcile (对账) a book's account through a day: statement against ledger, less the items listed.

    Balances and amounts are computed from what is on record, none is typed.
    """

    county: str
    fund: Fund
    account: str
    through: date
    items: tuple[OpenItem, ...] = ()


class IssuePublication(Command, frozen=True, kw_only=True):
    """Publish (年度公布) what every account of a book, or of one estate, held and moved in a year."""

    county: str
    fund: Fund
    year: int
    published_on: date
    estate: str | None = None
