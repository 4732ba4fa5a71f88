"""The designated bank account (专户) of a book: which one holds its money on which days, art. 10."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from ledger.commands import CloseAccount, DesignateAccount
from ledger.errors import Refusal
from ledger.events import BankAccountClosed, BankAccountDesignated
from ledger.limits import day_refusal, refuse_any
from ledger.stamp import Stamp


class Designation(NamedTuple):
    """An account, the first day on which it is designated, and the last (None: none yet)."""

    account: str
    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is designated on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


def designated(found: Sequence[Designation], event: BankAccountDesignated) -> tuple[Designation, ...]:
    """The designations after one more."""
    return (*found, Designation(event.account, event.value_date))


def closed(found: Sequence[Designation], event: BankAccountClosed) -> tuple[Designation, ...]:
    """The designations after one was given up."""
    return tuple(
        each._replace(until=event.value_date)
        if each.account == event.account and each.until is None
        else each
        for each in found
    )


def misses(found: Sequence[Designation], account: str, on: date) -> bool:
    """Whether money of this day is elsewhere: some account was designated by then, and not this one."""
    begun = any(each.since <= on for each in found)
    return begun and not any(each.account == account and each.holds(on) for each in found)


def decide_designation(command: DesignateAccount, stamp: Stamp, today: date) -> tuple[BankAccountDesignated]:
    """Designate an account (开立专户); raises Refused ``date-future``, ``account-missing``."""
    refuse_any(_refusals(command, today))
    return (
        BankAccountDesignated(
            **stamp,
            value_date=command.since,
            account=command.account,
            bank=command.bank,
            name=command.name,
            tender=command.tender,
        ),
    )


def _refusals(command: DesignateAccount, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.since, today, "since")
    for field, term in (("account", "账号"), ("bank", "开户银行"), ("name", "户名")):
        if not getattr(command, field).strip():
            yield Refusal("account-missing", f"{term}不能为空", field)


def decide_account_closing(
    found: Sequence[Designation], command: CloseAccount, stamp: Stamp, today: date
) -> tuple[BankAccountClosed]:
    """Give an account up (销户); raises Refused ``date-future``, ``account-unknown``, ``account-early``."""
    refuse_any(_closing_refusals(found, command, today))
    return (
        BankAccountClosed(
            **stamp, value_date=command.closed_on, account=command.account, reason=command.reason
        ),
    )


def _closing_refusals(
    found: Sequence[Designation], command: CloseAccount, today: date
) -> Iterator[Refusal | None]:
    yield day_refusal(command.closed_on, today, "closed_on", term="销户日期")
    standing = [each for each in found if each.account == command.account and each.until is None]
    if not standing:
        yield Refusal("account-unknown", f"账号“{command.account}”不是该账套的专户", "account")
    for each in standing:
        if command.closed_on < each.since:
            message = f"销户日期 {command.closed_on} 早于开立日期 {each.since}"
            yield Refusal("account-early", message, "closed_on")
