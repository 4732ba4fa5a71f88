"""Commands about books (账套) and their banks."""

from datetime import date

from ledger.commands.command import Command
from ledger.events import GainLine, Product, StatementLine
from ledger.identity import Fund


class ReceiveGains(Command, frozen=True, kw_only=True):
    """Record gains the bank credited (收益到账) to a book on one day."""

    county: str
    fund: Fund
    value_date: date
    lines: tuple[GainLine, ...]


class RecordStatement(Command, frozen=True, kw_only=True):
    """Record lines of one day of a bank statement (对账单) of one account."""

    account: str
    value_date: date
    lines: tuple[StatementLine, ...]


class DistributeGains(Command, frozen=True, kw_only=True):
    """Fix a pool distribution (增值收益分配) of a book through a day."""

    county: str
    fund: Fund
    through: date


class AccrueRates(Command, frozen=True, kw_only=True):
    """Credit interest at a bank's listed rates (定率计息) to the accounts of a book, up to a day (结息日).

    ``this_year``: the product whose rate money earns that arrived since the last settlement; ``carried``: the
    one for money held whole years.
    """

    county: str
    fund: Fund
    settled_on: date
    bank: str
    this_year: Product = "demand"
    carried: Product = "1y"
