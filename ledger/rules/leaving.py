"""Rules of money that leaves for good (灭失), and of custody (划转); art. 15, 16, 29."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from ledger.building import State
from ledger.commands import (
    CollectDeposit,
    Command,
    DestroyBuilding,
    FreezeUnit,
    HandOver,
    OpenBalance,
    PayObligation,
    RefundDeposit,
    ReleaseUnit,
    ReturnCustody,
    ReverseEntry,
)
from ledger.destruction import places
from ledger.errors import Refusal
from ledger.events import (
    BuildingDestroyed,
    CustodyTransferredIn,
    CustodyTransferredOut,
    ObligationPaid,
)
from ledger.money import Fen, yuan
from ledger.rules.circumstances import Circumstances, Rule
from ledger.standing import Place

_LOSS: Final = "165号令第29条"
_CUSTODY: Final = "165号令第15、16条"
_ACCRUAL: Final = "财会〔2020〕7号（应付房屋灭失返还资金）"

_AFTER_LOSS: Final = (DestroyBuilding, PayObligation, ReverseEntry, FreezeUnit, ReleaseUnit)
_IN_CUSTODY: Final = (HandOver, ReturnCustody, DestroyBuilding, PayObligation, ReverseEntry, ReleaseUnit)


def closed(buildings: Mapping[str, State], command: Command) -> Iterator[Refusal]:
    """Nothing live moves in a destroyed building or one whose money the assembly keeps, but what ends that.

    The selling unit's part (售房单位) stays with us and may move while the assembly has the owners'.
    """
    for code, state in buildings.items():
        day, assembly = state.standing.destroyed_on, state.standing.assembly
        if day is not None and not isinstance(command, _AFTER_LOSS):
            message = f"楼幢“{code}”已于 {day} 灭失，账户已经结清"
            yield Refusal("building-destroyed", message, "building", None, _LOSS)
        elif assembly is not None and not isinstance(command, _IN_CUSTODY) and not _sellers_only(command):
            message = f"楼幢“{code}”的资金已划转给“{assembly}”，不再由我方代管"
            yield Refusal("custody-out", message, "building", None, _CUSTODY)


def _sellers_only(command: Command) -> bool:
    return isinstance(command, CollectDeposit | OpenBalance | RefundDeposit) and all(
        line.part == "seller" for line in command.lines
    )


def leaving_whole(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Accounts leave with all they hold: nothing dated later, nothing below zero, no gains to come."""
    if not isinstance(command, DestroyBuilding | HandOver):
        return
    parts = ("owner",) if isinstance(command, HandOver) else ("owner", "seller")
    for code, state in circumstances.buildings.items():
        held = circumstances.leaving[code]
        accounts = {key: account for key, account in state.accounts.items() if key[1] in parts}
        later = sorted(
            unit
            for (unit, part), account in accounts.items()
            if held.get((unit, part), (0, 0)) != (account.principal_fen, account.interest_fen)
        )
        if later:
            message = f"楼幢“{code}”户“{later[0]}”等 {len(later)} 个账户在此日之后还有分录"
            yield Refusal("entries-later", message, "buildings", None, _CUSTODY)
        below = sorted(unit for (unit, _), account in accounts.items() if account.balance_fen < 0)
        if below:
            message = f"楼幢“{code}”户“{below[0]}”等 {len(below)} 个账户余额为负，应先更正"
            yield Refusal("account-overdrawn", message, "buildings", None, "165号令第10条")
        for book in circumstances.claims.get(code, ()):
            message = f"账套 {book} 尚有收益没有分配到楼幢“{code}”，应先分配"
            yield Refusal("gains-undistributed", message, "buildings", None, "165号令第27条")


def loss_on_paper(_: Circumstances, command: Command) -> Iterator[Refusal]:
    """A destruction (灭失) names its paper and is not confirmed before it happened."""
    if not isinstance(command, DestroyBuilding):
        return
    if not (command.document or "").strip():
        yield Refusal("document-missing", "登记灭失应写明依据文件", "document", None, _LOSS)
    if command.confirmed_on is not None and command.confirmed_on < command.destroyed_on:
        message = f"确认日期 {command.confirmed_on} 早于灭失日期 {command.destroyed_on}"
        yield Refusal("confirmed-early", message, "confirmed_on", None, _ACCRUAL)


def obligation_kept(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """An obligation is paid once, no more than is owed, not before it arose, and to whom it is owed."""
    if not isinstance(command, PayObligation):
        return
    taken: dict[Place, Fen] = {}
    for index, (line, place) in enumerate(zip(command.lines, places(command), strict=True)):
        owed = None if place is None else circumstances.building.standing.owed.get(place)
        if place is None or owed is None:
            continue
        left = owed.left_fen - taken.get(place, 0)
        taken[place] = taken.get(place, 0) + line.amount_fen
        if left <= 0:
            message = f"第 {line.line + 1} 笔应付返还资金已经付清"
            yield Refusal("obligation-paid", message, "line", index, _LOSS)
        elif line.amount_fen > left:
            message = f"第 {line.line + 1} 笔应付返还资金只剩 {yuan(left)} 未付"
            yield Refusal("obligation-exceeds", message, "amount_fen", index, _LOSS)
        if command.paid_on < owed.since:
            message = f"付款日期 {command.paid_on} 早于应付发生日期 {owed.since}"
            yield Refusal("payment-early", message, "paid_on", index, _ACCRUAL)
        payee = command.payee_ref or owed.line.payee_ref
        if owed.line.payee == "owner" and payee is None:
            yield Refusal("payee-missing", f"户“{owed.line.unit}”没有收款人", "payee_ref", index, _LOSS)
        elif payee != owed.line.payee_ref and not _reason(command):
            message = f"户“{owed.line.unit}”的收款人不是灭失时的权利人，应说明原因"
            yield Refusal("payee-differs", message, "payee_ref", index, _LOSS)


def custody_proved(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """The owners' balances move unit by unit, an estate at once, within the days of the notice (art. 15)."""
    if not isinstance(command, HandOver):
        return
    for code, held in circumstances.leaving.items():
        due = {account: money for account, money in held.items() if account[1] == "owner" and any(money)}
        moving = {
            (line.unit, line.part): (line.principal_fen, line.interest_fen)
            for line in circumstances.moving
            if line.building == code
        }
        for account in sorted(due.keys() | moving.keys()):
            asked, owned = moving.get(account, (0, 0)), due.get(account, (0, 0))
            if asked != owned:
                message = (
                    f"楼幢“{code}”户“{account[0]}”账面本金 {yuan(owned[0])}、利息 {yuan(owned[1])}，"
                    f"划转本金 {yuan(asked[0])}、利息 {yuan(asked[1])}，应逐户相同"
                )
                yield Refusal("custody-balance", message, "lines", None, _CUSTODY)
    estates = {state.facts.estate for state in circumstances.buildings.values() if state.facts is not None}
    if len(estates) > 1:
        message = f"一次只划转一个小区，这里有 {len(estates)} 个"
        yield Refusal("estate-mixed", message, "buildings", None, _CUSTODY)
    yield from _in_time(circumstances, command)


def _in_time(circumstances: Circumstances, command: HandOver) -> Iterator[Refusal]:
    noticed, days = command.noticed_on, circumstances.hand_over_days
    if noticed is None:
        yield Refusal("notice-missing", "没有写明业主委员会的通知日期", "noticed_on", None, _CUSTODY)
    elif noticed > command.handed_on:
        message = f"划转日期 {command.handed_on} 早于通知日期 {noticed}"
        yield Refusal("notice-late", message, "noticed_on", None, _CUSTODY)
    elif days is not None and command.handed_on > noticed + timedelta(days=days) and not _reason(command):
        message = f"划转日期 {command.handed_on} 超过通知后 {days} 日，应说明原因"
        yield Refusal("custody-late", message, "reason", None, _CUSTODY)


def _reason(command: HandOver | PayObligation) -> str:
    return (command.reason or "").strip()


def custody_comes_back(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Only money that the assembly keeps comes back."""
    if not isinstance(command, ReturnCustody):
        return
    for code, state in circumstances.buildings.items():
        if state.standing.assembly is None:
            message = f"楼幢“{code}”的资金没有划转出去"
            yield Refusal("custody-not-out", message, "buildings", None, _CUSTODY)


def reversal_keeps_the_end(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """What happened before a loss or a transfer is reversed after that itself is, the last one first."""
    if not isinstance(command, ReverseEntry):
        return
    standing, original = circumstances.building.standing, circumstances.original
    last = standing.custody[-1].version if standing.custody else None
    if isinstance(original, BuildingDestroyed | ObligationPaid) or original is None:
        return
    if standing.destroyed_on is not None:
        message = f"楼幢已于 {standing.destroyed_on} 灭失，应先冲正灭失登记"
        yield Refusal("building-destroyed", message, "version", None, _LOSS)
    elif isinstance(original, CustodyTransferredOut | CustodyTransferredIn):
        if command.version != last and any(each.version == command.version for each in standing.custody):
            message = f"其后还有划转（第 {last} 号事件），应先冲正最后一次划转"
            yield Refusal("custody-later", message, "version", None, _CUSTODY)
    elif standing.assembly is not None:
        message = f"资金已划转给“{standing.assembly}”，应先冲正划转"
        yield Refusal("custody-out", message, "version", None, _CUSTODY)


RULES: Final[tuple[Rule, ...]] = (
    leaving_whole,
    loss_on_paper,
    obligation_kept,
    custody_proved,
    custody_comes_back,
    reversal_keeps_the_end,
)
