"""Deciding how a book's money is laid out and comes back: deposits (存款), bonds (国债), investments.

Interest is booked when it is received (收付实现制): as a gain of the book, in the event that follows.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import TypedDict

from ledger.commands import (
    BuyBond,
    EndInvestment,
    MatureDeposit,
    PlaceDeposit,
    ReceiveBondInterest,
    RecordInvestment,
    RedeemBond,
    TreasuryCommand,
    WithdrawDeposit,
)
from ledger.errors import Refusal, Refused
from ledger.events import (
    BankGainsReceived,
    BondBought,
    BondInterestReceived,
    BondRedeemed,
    GainCategory,
    GainLine,
    InvestmentEnded,
    InvestmentRecorded,
    LotKind,
    TimeDepositEnded,
    TimeDepositPlaced,
)
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import MAX_FEN, Fen, yuan
from ledger.policy.treasury import Treasury
from ledger.stamp import Stamp
from ledger.terms import LOT_NAMES, TERMS
from ledger.treasury import Lot, State

MOST_BP = 10_000
"""No bank pays 100 % a year."""


# Deposits


def decide_placing(
    state: State, command: PlaceDeposit, stamp: Stamp, today: date
) -> tuple[TimeDepositPlaced]:
    """Place a deposit (存入); maturity follows from a term in months where it is not given.

    Raises Refused ``lot-known``, ``code-invalid``, ``amount-…``, ``rate-invalid``, ``date-…``,
    ``term-missing``, ``term-invalid``, ``maturity-before``.
    """
    matures_on = command.matures_on
    refuse_any([day_refusal(command.placed_on, today, "placed_on")])
    if matures_on is None and command.term_months is not None and 0 < command.term_months <= 1200:
        matures_on = _months_after(command.placed_on, command.term_months)
    refuse_any(_placing_refusals(state, command, matures_on))
    return (
        TimeDepositPlaced(
            **stamp,
            value_date=command.placed_on,
            lot=command.lot,
            kind=command.kind,
            bank=command.bank,
            amount_fen=command.amount_fen,
            rate_bp=command.rate_bp,
            **at_bank(command),
            certificate_no=command.certificate_no,
            term_months=command.term_months,
            matures_on=matures_on,
            renew=command.renew,
        ),
    )


def _placing_refusals(
    state: State, command: PlaceDeposit, matures_on: date | None
) -> Iterator[Refusal | None]:
    yield from _new_lot(state, command.lot)
    yield amount_refusal(command.amount_fen, "amount_fen")
    yield _rate_refusal(command.rate_bp)
    if command.term_months is not None and not 0 < command.term_months <= 1200:
        yield Refusal("term-invalid", f"存期 {command.term_months} 个月不合理", "term_months")
    elif command.kind == "time" and matures_on is None:
        yield Refusal("term-missing", "定期存款应填存期或到期日", "term_months")
    yield _maturity_refusal(command.placed_on, matures_on, "placed_on")


def decide_ending(
    state: State, rules: Treasury, command: MatureDeposit | WithdrawDeposit, stamp: Stamp, today: date
) -> tuple[TimeDepositEnded | BankGainsReceived, ...]:
    """Principal and interest of a deposit come back (支取).

    What interest was to be expected goes into the event beside what was received; a difference is named and
    not refused. Raises Refused ``lot-unknown``, ``lot-kind``, ``lot-short``, ``lot-ended``, ``not-matured``,
    ``date-…``, ``date-before``, ``amount-…``.
    """
    lot = _lot(state, command.lot, ("time", "notice", "agreement"))
    whole = isinstance(command, MatureDeposit)
    principal = lot.open_fen if isinstance(command, MatureDeposit) else command.principal_fen
    refuse_any(_ending_refusals(lot, command, principal, today))
    if whole and lot.matures_on is not None and command.ended_on < lot.matures_on:
        message = f"“{command.lot}”于 {lot.matures_on} 到期，此前应作提前支取"
        raise Refused(Refusal("not-matured", message, "ended_on"))
    if lot.terms is None or lot.kind not in ("time", "notice", "agreement"):
        raise TypeError(f"{command.lot} is no deposit")
    ended = TimeDepositEnded(
        **stamp,
        value_date=command.ended_on,
        lot=command.lot,
        kind=lot.kind,
        principal_fen=principal,
        interest_fen=command.interest_fen,
        early=_early(lot, command.ended_on),
        expected_fen=rules.expected_fen(lot.terms, principal, command.ended_on),
        **at_bank(command),
    )
    return ended, *_gain(command, stamp, command.ended_on, "time", command.interest_fen)


def _ending_refusals(
    lot: Lot, command: MatureDeposit | WithdrawDeposit, principal_fen: Fen, today: date
) -> Iterator[Refusal | None]:
    yield from _back_refusals(lot, command.lot, principal_fen, command.ended_on, today, "ended_on")
    yield _interest_refusal(command.interest_fen, 0)


# Bonds


def decide_buying(state: State, command: BuyBond, stamp: Stamp, today: date) -> tuple[BondBought]:
    """Buy a bond (购买国债); what art. 26 asks of it is left to the rules.

    Raises Refused ``lot-known``, ``code-invalid``, ``amount-…``, ``rate-invalid``, ``date-…``,
    ``maturity-before``, ``part-unknown``.
    """
    refuse_any(_buying_refusals(state, command, today))
    return (
        BondBought(
            **stamp,
            value_date=command.bought_on,
            lot=command.lot,
            issue_code=command.issue_code,
            issue_name=command.issue_name,
            channel=command.channel,
            face_fen=command.face_fen,
            cost_fen=command.cost_fen,
            rate_bp=command.rate_bp,
            matures_on=command.matures_on,
            part=command.part,
            issue_from=command.issue_from,
            issue_to=command.issue_to,
            consent=command.consent,
            **at_bank(command),
        ),
    )


def _buying_refusals(state: State, command: BuyBond, today: date) -> Iterator[Refusal | None]:
    yield from _new_lot(state, command.lot)
    yield day_refusal(command.bought_on, today, "bought_on")
    if command.consent is not None:
        yield day_refusal(command.consent.on, today, "consent", term="同意日期")
    yield amount_refusal(command.face_fen, "face_fen")
    yield amount_refusal(command.cost_fen, "cost_fen")
    yield _rate_refusal(command.rate_bp)
    yield _maturity_refusal(command.bought_on, command.matures_on, "bought_on")
    if command.part == "seller" and command.fund != "public":
        yield Refusal("part-unknown", "商品住宅维修资金没有售房单位的资金", "part")


def decide_coupon(
    state: State, command: ReceiveBondInterest, stamp: Stamp, today: date
) -> tuple[BondInterestReceived | BankGainsReceived, ...]:
    """A coupon (国债付息) came in; raises Refused ``lot-unknown``, ``lot-kind``, ``date-…``, ``amount-…``."""
    lot = _lot(state, command.lot, ("bond",))
    refuse_any(
        [
            day_refusal(command.received_on, today, "received_on"),
            _before_refusal(lot, command.lot, command.received_on, "received_on"),
            amount_refusal(command.interest_fen, "interest_fen"),
        ]
    )
    received = BondInterestReceived(
        **stamp,
        value_date=command.received_on,
        lot=command.lot,
        interest_fen=command.interest_fen,
        **at_bank(command),
    )
    return received, *_gain(command, stamp, command.received_on, "bond", command.interest_fen)


def decide_redeeming(
    state: State, command: RedeemBond, stamp: Stamp, today: date
) -> tuple[BondRedeemed | BankGainsReceived, ...]:
    """A bond is redeemed (兑付); at a loss the gain is below zero, by no more than its cost.

    Raises Refused ``lot-unknown``, ``lot-kind``, ``lot-short``, ``lot-ended``, ``date-…``, ``amount-…``.
    """
    lot = _lot(state, command.lot, ("bond",))
    redeemed_on = command.redeemed_on
    refuse_any(
        [
            *_back_refusals(lot, command.lot, command.principal_fen, redeemed_on, today, "redeemed_on"),
            _interest_refusal(command.interest_fen, -command.principal_fen),
        ]
    )
    redeemed = BondRedeemed(
        **stamp,
        value_date=redeemed_on,
        lot=command.lot,
        principal_fen=command.principal_fen,
        interest_fen=command.interest_fen,
        early=_early(lot, redeemed_on),
        **at_bank(command),
    )
    return redeemed, *_gain(command, stamp, redeemed_on, "bond", command.interest_fen)


# What art. 26 forbids


def decide_investment(
    state: State, command: RecordInvestment, stamp: Stamp, today: date
) -> tuple[InvestmentRecorded]:
    """A forbidden investment as it happened (违规投资).

    Raises Refused ``lot-known``, ``code-invalid``, ``date-…``, ``amount-…``.
    """
    refuse_any(
        [
            *_new_lot(state, command.lot),
            day_refusal(command.invested_on, today, "invested_on"),
            amount_refusal(command.amount_fen, "amount_fen"),
        ]
    )
    return (
        InvestmentRecorded(
            **stamp,
            value_date=command.invested_on,
            lot=command.lot,
            kind=command.kind,
            amount_fen=command.amount_fen,
            description=command.description,
            **at_bank(command),
        ),
    )


def decide_investment_end(
    state: State, command: EndInvestment, stamp: Stamp, today: date
) -> tuple[InvestmentEnded]:
    """Money of a forbidden investment comes back; raises Refused as a deposit's end does."""
    lot = _lot(state, command.lot, ("repo", "pledge", "wealth", "other"))
    refuse_any(_back_refusals(lot, command.lot, command.principal_fen, command.ended_on, today, "ended_on"))
    if lot.kind not in ("repo", "pledge", "wealth", "other"):
        raise TypeError(f"{command.lot} is no forbidden investment")
    return (
        InvestmentEnded(
            **stamp,
            value_date=command.ended_on,
            lot=command.lot,
            kind=lot.kind,
            principal_fen=command.principal_fen,
            **at_bank(command),
        ),
    )


# What the decisions share


class AtBank(TypedDict):
    """The current account a movement is on, and the bank's reference."""

    account: str | None
    bank_ref: str | None


def at_bank(command: TreasuryCommand) -> AtBank:
    """Where the bank's statement shows what a command is about."""
    return AtBank(account=command.account, bank_ref=command.bank_ref)


def _gain(
    command: TreasuryCommand, stamp: Stamp, on: date, category: GainCategory, interest_fen: Fen
) -> tuple[BankGainsReceived, ...]:
    """Interest received is a gain of the book, so pools and totals follow; none where there is none."""
    if not interest_fen:
        return ()
    line = GainLine(category=category, amount_fen=interest_fen, **at_bank(command))
    return (BankGainsReceived(**stamp, value_date=on, lines=(line,)),)


def _lot(state: State, code: str, kinds: tuple[LotKind, ...]) -> Lot:
    """A lot of one of the kinds; raises Refused ``lot-unknown``, ``lot-kind``."""
    lot = state.lots.get(code)
    if lot is None:
        raise Refused(Refusal("lot-unknown", f"没有编号“{code}”的存单或债券", "lot"))
    if lot.kind not in kinds:
        raise Refused(Refusal("lot-kind", f"“{code}”是{LOT_NAMES[lot.kind]}，不能这样办理", "lot"))
    return lot


def _new_lot(state: State, code: str) -> Iterator[Refusal]:
    if not code.strip():
        yield Refusal("code-invalid", "存单或债券编号不能为空", "lot")
    if code in state.lots:
        yield Refusal("lot-known", f"编号“{code}”的存单或债券已经登记", "lot")


def _back_refusals(
    lot: Lot, code: str, principal_fen: Fen, on: date, today: date, field: str
) -> Iterator[Refusal | None]:
    """What keeps principal from coming back on a day."""
    yield day_refusal(on, today, field)
    yield _before_refusal(lot, code, on, field)
    if not lot.open_fen:
        yield Refusal("lot-ended", f"“{code}”已经全部收回", "lot")
        return
    yield amount_refusal(principal_fen, "principal_fen")
    if principal_fen > lot.open_fen:
        message = f"“{code}”只剩本金 {yuan(lot.open_fen)}，不能收回 {yuan(principal_fen)}"
        yield Refusal("lot-short", message, "principal_fen")


def _before_refusal(lot: Lot, code: str, on: date, field: str) -> Refusal | None:
    if on >= lot.placed_on:
        return None
    message = f"{TERMS[field]} {on} 早于“{code}”的存入或购买日期 {lot.placed_on}"
    return Refusal("date-before", message, field)


def _interest_refusal(interest_fen: Fen, lowest_fen: Fen) -> Refusal | None:
    if interest_fen < lowest_fen:
        return Refusal("interest-negative", f"利息 {yuan(interest_fen)} 过低", "interest_fen")
    if interest_fen >= MAX_FEN:
        return Refusal("amount-too-large", f"利息 {yuan(interest_fen)} 达到或超过一万亿元", "interest_fen")
    return None


def _rate_refusal(rate_bp: int) -> Refusal | None:
    if 0 <= rate_bp < MOST_BP:
        return None
    return Refusal("rate-invalid", f"年利率 {rate_bp // 100}.{rate_bp % 100:02d}% 不合理", "rate_bp")


def _maturity_refusal(start: date, matures_on: date | None, field: str) -> Refusal | None:
    if matures_on is None or start < matures_on:
        return None
    message = f"到期日 {matures_on} 不晚于{TERMS[field]} {start}"
    return Refusal("maturity-before", message, "matures_on")


def _early(lot: Lot, on: date) -> bool:
    return lot.matures_on is not None and on < lot.matures_on


def _months_after(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where there is none."""
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
