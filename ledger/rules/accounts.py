"""Rules of the designated bank account (专户): one for each book, and its money nowhere else."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from ledger.commands import (
    CollectDeposit,
    Command,
    DesignateAccount,
    HandOver,
    PayObligation,
    ReceiveGains,
    ReturnCustody,
)
from ledger.designation import Designation, misses
from ledger.errors import Refusal
from ledger.rules.circumstances import Circumstances, Rule

_BASIS: Final = "165号令第10条（一个专户管理银行、一个专户）"


def one_account(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A book has one designated account at a time, art. 10: the one before is given up (销户) first."""
    if not isinstance(command, DesignateAccount):
        return
    for each in circumstances.designations.get(command.fund, ()):
        if each.until is None or command.since < each.until:
            until = "至今" if each.until is None else f"至 {each.until}"
            message = f"账套已有专户“{each.account}”（{each.since} {until}），应先销户"
            yield Refusal("account-designated", message, "account", None, _BASIS)
    for fund, found in circumstances.designations.items():
        if fund != command.fund and any(
            each.account == command.account and (each.until is None or command.since < each.until)
            for each in found
        ):
            message = f"账号“{command.account}”是本区县另一账套的专户，两类资金应分户存放"
            yield Refusal("account-designated", message, "account", None, _BASIS)


def deposit_at_its_bank(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A deposit (交存) that names an account names the one designated for its unit's book, art. 10."""
    if not isinstance(command, CollectDeposit):
        return
    for index, line in enumerate(command.lines):
        unit = circumstances.building.units.get(line.unit)
        if line.account is not None and unit is not None:
            found = circumstances.designations.get(unit.fund, ())
            yield from _elsewhere(found, line.account, command.value_date, index)


def gains_at_their_bank(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A gain (收益) that names an account names the one designated for its book, art. 10."""
    if not isinstance(command, ReceiveGains):
        return
    found = circumstances.designations.get(command.fund, ())
    for index, line in enumerate(command.lines):
        if line.account is not None:
            yield from _elsewhere(found, line.account, command.value_date, index)


def leaving_its_bank(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Money that is paid back after a loss (灭失), or whose custody passes (划转), moves on the account
    designated for a book of its buildings, where the command names one.
    """
    if not isinstance(command, PayObligation | HandOver | ReturnCustody) or command.account is None:
        return
    on = _day(command)
    books = circumstances.designations.values()
    if books and all(misses(found, command.account, on) for found in books):
        message = f"账号“{command.account}”在 {on} 不是所涉账套的专户"
        yield Refusal("account-not-designated", message, "account", None, _BASIS)


def _day(command: PayObligation | HandOver | ReturnCustody) -> date:
    match command:
        case PayObligation():
            return command.paid_on
        case HandOver():
            return command.handed_on
        case ReturnCustody():
            return command.returned_on


def _elsewhere(found: Sequence[Designation], account: str, on: date, line: int) -> Iterator[Refusal]:
    if misses(found, account, on):
        message = f"账号“{account}”在 {on} 不是该账套的专户"
        yield Refusal("account-not-designated", message, "account", line, _BASIS)


RULES: Final[tuple[Rule, ...]] = (one_account, deposit_at_its_bank, gains_at_their_bank, leaving_its_bank)
