"""Lots (存单、国债等) and petty cash (备用金) of a book: what events add up to, what reverses one."""

from datetime import date
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from ledger.commands import ReverseEntry
from ledger.errors import Refusal, Refused
from ledger.events import (
    BankGainsReceived,
    BondBought,
    BondInterestReceived,
    BondRedeemed,
    Event,
    GainReversalLine,
    GainsReversed,
    InvestmentEnded,
    InvestmentRecorded,
    LotKind,
    OtherExpensePaid,
    OtherIncomeReceived,
    PettyCashAdvanced,
    PettyCashReturned,
    TimeDepositEnded,
    TimeDepositPlaced,
    TreasuryKind,
    TreasuryReversed,
)
from ledger.identity import event_id
from ledger.money import Fen
from ledger.policy.treasury import Terms
from ledger.stamp import Stamp

TreasuryEvent = (
    TimeDepositPlaced
    | TimeDepositEnded
    | BondBought
    | BondInterestReceived
    | BondRedeemed
    | InvestmentRecorded
    | InvestmentEnded
    | PettyCashAdvanced
    | PettyCashReturned
    | OtherIncomeReceived
    | OtherExpensePaid
)
"""What may be reversed, as a whole."""


class Lot(NamedTuple):
    """One lot: ``open_fen`` of its cost is still out; ``moves`` are the versions of what came of it since."""

    kind: LotKind
    placed_on: date
    open_fen: Fen
    matures_on: date | None = None
    terms: Terms | None = None
    moves: frozenset[int] = frozenset()


class State(msgspec.Struct, frozen=True):
    """Lots by code, petty cash by holder; ``gains`` are versions of gains that belong to the event before.

    ``reversed``: versions of events that were reversed.
    """

    lots: dict[str, Lot] = msgspec.field(default_factory=dict)
    petty_cash: dict[str, Fen] = msgspec.field(default_factory=dict)
    gains: frozenset[int] = frozenset()
    reversed: frozenset[int] = frozenset()


EMPTY: Final = State()


class Effect(NamedTuple):
    """What an event adds: to its lot, petty cash, income or expense; and the interest that came with it."""

    kind: TreasuryKind
    amount_fen: Fen
    interest_fen: Fen = 0
    lot: str | None = None
    lot_kind: LotKind | None = None
    holder_ref: str | None = None

    @property
    def bank_fen(self) -> Fen:
        """What it moves on the current account: a coupon is a gain of its own, and a pledge no money."""
        if self.kind == "bond-interest" or self.lot_kind == "pledge":
            return 0
        return self.amount_fen if self.kind == "other-income" else -self.amount_fen


def effect(event: TreasuryEvent) -> Effect:
    """What an event adds."""
    match event:
        case TimeDepositPlaced():
            return Effect("lot-placed", event.amount_fen, lot=event.lot, lot_kind=event.kind)
        case TimeDepositEnded():
            return Effect("lot-ended", -event.principal_fen, event.interest_fen, event.lot, event.kind)
        case BondBought():
            return Effect("lot-placed", event.cost_fen, lot=event.lot, lot_kind="bond")
        case BondInterestReceived():
            return Effect("bond-interest", 0, event.interest_fen, event.lot, "bond")
        case BondRedeemed():
            return Effect("lot-ended", -event.principal_fen, event.interest_fen, event.lot, "bond")
        case InvestmentRecorded():
            return Effect("lot-placed", event.amount_fen, lot=event.lot, lot_kind=event.kind)
        case InvestmentEnded():
            return Effect("lot-ended", -event.principal_fen, lot=event.lot, lot_kind=event.kind)
        case PettyCashAdvanced():
            return Effect("petty-cash", event.amount_fen, holder_ref=event.holder_ref)
        case PettyCashReturned():
            return Effect("petty-cash", -event.amount_fen, holder_ref=event.holder_ref)
        case OtherIncomeReceived():
            return Effect("other-income", event.amount_fen)
        case OtherExpensePaid():
            return Effect("other-expense", event.amount_fen)


# Folding


def apply(state: State, event: TreasuryEvent | TreasuryReversed, version: int) -> State:
    """The state after one more event, which is version ``version`` of the book's stream."""
    if isinstance(event, TreasuryReversed):
        return _reversed(state, event)
    added = effect(event)
    if added.interest_fen:
        state = replace(state, gains=state.gains | {version + 1})
    if added.kind == "petty-cash":
        return _cash_moved(state, added.holder_ref or "", added.amount_fen)
    if added.lot is None:
        return state
    if added.kind == "lot-placed":
        return replace(state, lots={**state.lots, added.lot: _placed(event, added)})
    lot = state.lots[added.lot]
    moved = lot._replace(open_fen=lot.open_fen + added.amount_fen, moves=lot.moves | {version})
    return replace(state, lots={**state.lots, added.lot: moved})


def _placed(event: TreasuryEvent, added: Effect) -> Lot:
    lot = Lot(added.lot_kind or "other", event.value_date, added.amount_fen)
    if isinstance(event, BondBought):
        return lot._replace(matures_on=event.matures_on)
    if isinstance(event, TimeDepositPlaced):
        terms = Terms(event.rate_bp, event.value_date, event.matures_on, event.term_months, event.renew)
        return lot._replace(matures_on=event.matures_on, terms=terms)
    return lot


def _reversed(state: State, event: TreasuryReversed) -> State:
    state = replace(state, reversed=state.reversed | {event.version})
    if event.kind == "petty-cash":
        return _cash_moved(state, event.holder_ref or "", event.amount_fen)
    if event.lot is None:
        return state
    if event.kind == "lot-placed":
        return replace(state, lots={code: lot for code, lot in state.lots.items() if code != event.lot})
    lot = state.lots[event.lot]
    back = lot._replace(open_fen=lot.open_fen + event.amount_fen, moves=lot.moves - {event.version})
    return replace(state, lots={**state.lots, event.lot: back})


def _cash_moved(state: State, holder: str, amount_fen: Fen) -> State:
    held = state.petty_cash.get(holder, 0) + amount_fen
    return replace(state, petty_cash={**state.petty_cash, holder: held})


# Reversing


def refuse_gain_of_lot(state: State, version: int) -> None:
    """A gain that came with a lot's event goes back with that event; raises Refused ``gain-of-lot``."""
    if version in state.gains:
        message = "这笔收益随存单或债券事件入账，应冲正其前一个事件"
        raise Refused(Refusal("gain-of-lot", message, "version"))


def decide_reversal(
    state: State, original: TreasuryEvent, gains: Event | None, command: ReverseEntry, stamp: Stamp
) -> tuple[TreasuryReversed | GainsReversed, ...]:
    """Reverse (冲正) one event as a whole, on its value date, with the gain that came with it.

    ``gains`` is the event that follows the original in the stream. Raises Refused ``reason-missing``,
    ``line-unknown``, ``already-reversed``, ``lot-moved`` (money came of the lot since: that goes back
    first), ``petty-cash-short``.
    """
    added = effect(original)
    _refuse_reversal(state, added, command)
    back = TreasuryReversed(
        **stamp,
        value_date=original.value_date,
        version=command.version,
        reason=command.reason,
        kind=added.kind,
        amount_fen=-added.amount_fen,
        interest_fen=-added.interest_fen,
        lot=added.lot,
        lot_kind=added.lot_kind,
        holder_ref=added.holder_ref,
    )
    if not added.interest_fen:
        return (back,)
    if not isinstance(gains, BankGainsReceived):
        raise TypeError(f"{event_id(command.stream, command.version)} is not followed by its gain")
    lines = tuple(
        GainReversalLine(line=index, category=line.category, amount_fen=-line.amount_fen)
        for index, line in enumerate(gains.lines)
    )
    taken = GainsReversed(
        **stamp,
        value_date=gains.value_date,
        version=command.version + 1,
        reason=command.reason,
        lines=lines,
    )
    return back, taken


def _refuse_reversal(state: State, added: Effect, command: ReverseEntry) -> None:
    name = event_id(command.stream, command.version)
    if not command.reason.strip():
        raise Refused(Refusal("reason-missing", "冲正必须说明原因", "reason"))
    if command.lines not in (None, (0,)):
        raise Refused(Refusal("line-unknown", f"事件 {name} 只能整体冲正", "lines"))
    if command.version in state.reversed:
        raise Refused(Refusal("already-reversed", f"事件 {name} 已经冲正", "version"))
    if added.kind == "lot-placed" and state.lots[added.lot or ""].moves:
        message = f"“{added.lot}”已有支取、兑付或付息，应先冲正这些事件"
        raise Refused(Refusal("lot-moved", message, "version"))
    if added.kind == "petty-cash" and state.petty_cash[added.holder_ref or ""] < added.amount_fen:
        message = "备用金已经交回，应先冲正交回"
        raise Refused(Refusal("petty-cash-short", message, "version"))
