"""How the money of a book rests and grows: deposits, bonds, petty cash, other income and expense."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from ledger import investing, other_money
from ledger.batch import Batch
from ledger.commands import (
    AdvancePettyCash,
    BuyBond,
    EndInvestment,
    MatureDeposit,
    PlaceDeposit,
    ReceiveBondInterest,
    RecordInvestment,
    RecordOtherExpense,
    RecordOtherIncome,
    RedeemBond,
    ReturnPettyCash,
    TreasuryCommand,
    WithdrawDeposit,
)
from ledger.events import Event
from ledger.handlers.books import book_subject
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import book_stream
from ledger.limits import refuse_any
from ledger.policy.treasury import Treasury
from ledger.rules import Circumstances
from ledger.stamp import Stamp
from ledger.treasury import State

Decide = Callable[[State, Treasury, Any, Stamp, date], Sequence[Event]]


def _streams(command: TreasuryCommand) -> Iterator[str]:
    yield book_stream(command.county, command.fund)


def _handler(decide: Decide) -> Handler:
    """First what no ledger may take, then what a live command must keep."""

    def carry_out(batch: Batch, command: TreasuryCommand) -> None:
        name = book_stream(command.county, command.fund)
        state = batch.books[name].invested
        events = decide(state, batch.policy.treasury, command, batch.stamp, batch.today)
        circumstances = Circumstances(invested=state, treasury=batch.policy.treasury)
        refuse_any(batch.judge(circumstances, command))
        batch.books.add(name, events)

    return Handler(_streams, book_subject, carry_out, county=True)


def _of_state(decide: Callable[[State, Any, Stamp, date], Sequence[Event]]) -> Handler:
    return _handler(lambda state, _, command, stamp, today: decide(state, command, stamp, today))


def _of_command(decide: Callable[[Any, Stamp, date], Sequence[Event]]) -> Handler:
    return _handler(lambda _, __, command, stamp, today: decide(command, stamp, today))


_ENDING: Final = _handler(investing.decide_ending)

HANDLERS: Final[Handlers] = {
    PlaceDeposit: _of_state(investing.decide_placing),
    MatureDeposit: _ENDING,
    WithdrawDeposit: _ENDING,
    BuyBond: _of_state(investing.decide_buying),
    ReceiveBondInterest: _of_state(investing.decide_coupon),
    RedeemBond: _of_state(investing.decide_redeeming),
    RecordInvestment: _of_state(investing.decide_investment),
    EndInvestment: _of_state(investing.decide_investment_end),
    AdvancePettyCash: _of_command(other_money.decide_advance),
    ReturnPettyCash: _of_state(other_money.decide_return),
    RecordOtherIncome: _of_command(other_money.decide_other_income),
    RecordOtherExpense: _of_command(other_money.decide_other_expense),
}
