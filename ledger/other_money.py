"""Deciding petty cash (备用金), other income (其他收入) and other expense (其他支出) of a book."""

from datetime import date

from ledger.commands import AdvancePettyCash, RecordOtherExpense, RecordOtherIncome, ReturnPettyCash
from ledger.errors import Refusal, Refused
from ledger.events import OtherExpensePaid, OtherIncomeReceived, PettyCashAdvanced, PettyCashReturned
from ledger.investing import at_bank
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import Fen, yuan
from ledger.stamp import Stamp
from ledger.treasury import State


def decide_advance(command: AdvancePettyCash, stamp: Stamp, today: date) -> tuple[PettyCashAdvanced]:
    """Hand out petty cash (领用备用金); raises Refused ``date-…``, ``amount-…``."""
    _refuse_money(command.advanced_on, "advanced_on", command.amount_fen, today)
    return (
        PettyCashAdvanced(
            **stamp,
            value_date=command.advanced_on,
            holder_ref=command.holder_ref,
            amount_fen=command.amount_fen,
            purpose=command.purpose,
            **at_bank(command),
        ),
    )


def decide_return(
    state: State, command: ReturnPettyCash, stamp: Stamp, today: date
) -> tuple[PettyCashReturned]:
    """Take petty cash back (交回备用金), no more than is out; raises Refused ``petty-cash-short`` too."""
    _refuse_money(command.returned_on, "returned_on", command.amount_fen, today)
    held = state.petty_cash.get(command.holder_ref, 0)
    if command.amount_fen > held:
        message = f"持有人的备用金只有 {yuan(held)}，不能交回 {yuan(command.amount_fen)}"
        raise Refused(Refusal("petty-cash-short", message, "amount_fen"))
    return (
        PettyCashReturned(
            **stamp,
            value_date=command.returned_on,
            holder_ref=command.holder_ref,
            amount_fen=command.amount_fen,
            **at_bank(command),
        ),
    )


def decide_other_income(command: RecordOtherIncome, stamp: Stamp, today: date) -> tuple[OtherIncomeReceived]:
    """Other income of the book (其他收入); raises Refused ``date-…``, ``amount-…``, ``reason-missing``."""
    _refuse_money(command.received_on, "received_on", command.amount_fen, today, command.reason)
    return (
        OtherIncomeReceived(
            **stamp,
            value_date=command.received_on,
            amount_fen=command.amount_fen,
            reason=command.reason,
            **at_bank(command),
        ),
    )


def decide_other_expense(command: RecordOtherExpense, stamp: Stamp, today: date) -> tuple[OtherExpensePaid]:
    """Other expense of the book (其他支出), to a firm or a person; raises Refused ``payee-missing`` too."""
    _refuse_money(command.paid_on, "paid_on", command.amount_fen, today, command.reason)
    if (command.payee is None) == (command.payee_ref is None):
        raise Refused(Refusal("payee-missing", "收款单位、收款人应填一项", "payee"))
    return (
        OtherExpensePaid(
            **stamp,
            value_date=command.paid_on,
            kind=command.kind,
            amount_fen=command.amount_fen,
            reason=command.reason,
            payee=command.payee,
            payee_ref=command.payee_ref,
            **at_bank(command),
        ),
    )


def _refuse_money(on: date, field: str, amount_fen: Fen, today: date, reason: str | None = None) -> None:
    blank = reason is not None and not reason.strip()
    refuse_any(
        [
            day_refusal(on, today, field),
            amount_refusal(amount_fen, "amount_fen"),
            Refusal("reason-missing", "应说明事由", "reason") if blank else None,
        ]
    )
