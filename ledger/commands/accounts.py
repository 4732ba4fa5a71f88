"""Commands about the designated bank account (专户) of a book."""

from datetime import date

from ledger.commands.command import Command
from ledger.identity import Fund


class DesignateAccount(Command, frozen=True, kw_only=True):
    """Keep the money of a book in this account from a day on (开立专户), art. 10."""

    county: str
    fund: Fund
    account: str
    bank: str
    name: str
    since: date
    tender: str | None = None


class CloseAccount(Command, frozen=True, kw_only=True):
    """Give a designated account up (销户); ``closed_on`` is the last day on which it is one."""

    county: str
    fund: Fund
    account: str
    closed_on: date
    reason: str | None = None
