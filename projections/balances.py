"""What accounts hold and moved, from the sums of entries: before closing, by closing, and after it."""

from collections.abc import Callable, Sequence
from datetime import date

from ledger.money import Fen
from ledger.policy.journal import FUND, FUND_ACCOUNTS, Change, JournalRules
from projections.journal import Sum

Wanted = Callable[[Sum], bool]
"""Which sums count."""


class Balances:
    """Sums of entries, and what they are after closing; amounts on the side of the account's element."""

    def __init__(self, sums: Sequence[Sum], rules: JournalRules) -> None:
        self._sums = sums
        self._rules = rules
        self._side = {account.number: account.side for account in rules.chart}

    def moved(self, account: str, wanted: Wanted) -> Fen:
        """What entries moved on an account and its details, closings left out."""
        debits = sum(
            each.debit_fen - each.credit_fen
            for each in self._sums
            if each.account.startswith(account) and wanted(each)
        )
        return debits if self._side[account] == "debit" else -debits

    def closed_into(self, account: str, wanted: Wanted) -> Fen:
        """What closings brought to an account of net assets."""
        return sum(
            each.credit_fen - each.debit_fen
            for each in self._sums
            if wanted(each) and self._into(each) == account
        )

    def at(self, account: str, wanted: Wanted) -> Fen:
        """What an account holds after the closing of the months wanted."""
        return self.moved(account, wanted) + self.closed_into(account, wanted)

    def has(self, wanted: Wanted) -> bool:
        """Whether there is any entry."""
        return any(wanted(each) for each in self._sums)

    def name(self, account: str) -> str:
        """The name of an account."""
        return self._rules.account(account).name

    def sides(self) -> tuple[Fen, Fen]:
        """All debits and all credits."""
        return sum(each.debit_fen for each in self._sums), sum(each.credit_fen for each in self._sums)

    def _into(self, each: Sum) -> str | None:
        account = self._rules.account(each.account)
        if not account.closes:
            return None
        into = self._rules.closing(account.number, _first_day(each.period)).into
        return FUND_ACCOUNTS[each.fund] if into == FUND else into


def _first_day(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)


def before(year: int) -> Wanted:
    """The years before."""
    return lambda each: int(each.period[:4]) < year


def within(year: int, change: Change | None = None) -> Wanted:
    """The year so far, or what it changed in one way."""
    return lambda each: int(each.period[:4]) == year and (change is None or each.change == change)


def opening(year: int) -> Wanted:
    """The end of the year before, and what this year's entries adjust of it."""
    return lambda each: (
        int(each.period[:4]) < year or (int(each.period[:4]) == year and each.change == "adjustment")
    )


def everything(_: Sum) -> bool:
    """All up to the end of the period."""
    return True


def of_month(year: int, month: int) -> Wanted:
    """One month."""
    period = f"{year:04}-{month:02}"
    return lambda each: each.period == period
