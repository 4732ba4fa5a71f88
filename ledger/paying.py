"""The money of a repair (维修付款): payments charged to accounts, money returned, and how a project ends.

All pure. What no ledger may take is refused here; what the rules say to live commands is in
``ledger.rules.payments``.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from msgspec.structs import replace

from ledger import building
from ledger.commands import AcceptRepair, CloseRepair, PayRepair, ReturnRepairMoney, SettleRepair
from ledger.errors import InputError, Refusal, Refused
from ledger.events import (
    EntryReversed,
    Event,
    RepairAccepted,
    RepairClosed,
    RepairMoneyReturned,
    RepairPaid,
    RepairProposed,
    RepairSettled,
    ReturnLine,
    SelfRaised,
    UnitsChanged,
    WithdrawalLine,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.freezing import available
from ledger.identity import AccountKey, Part, event_id, parse_event_id, repair_stream
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import Fen, split
from ledger.repair import State
from ledger.sharing import places, repair_shares, share
from ledger.stamp import Stamp
from ledger.terms import TERMS

Step = AcceptRepair | SettleRepair | CloseRepair
Parts = tuple[Fen, Fen]
"""Principal and interest."""


class Charged(NamedTuple):
    """A payment with what fund, owners and developer bear of it, and what each building's accounts pay."""

    paid: RepairPaid
    lines: Mapping[str, tuple[WithdrawalLine, ...]]


# Payments


def payment_refusals(state: State, command: PayRepair, today: date) -> Iterator[Refusal | None]:
    """``project-unknown``, ``date-future``, ``amount-not-positive``, ``amount-too-large``."""
    yield _unknown(state, command.project)
    yield day_refusal(command.paid_on, today, "paid_on")
    yield amount_refusal(command.amount_fen, "amount_fen")


def drafted(state: State, command: PayRepair, stamp: Stamp) -> RepairPaid:
    """The payment as commanded; ``charge`` says who bears it."""
    return RepairPaid(
        **stamp,
        value_date=command.paid_on,
        stage=command.stage,
        amount_fen=command.amount_fen,
        payee=command.payee,
        bank_ref=command.bank_ref,
        invoice_no=command.invoice_no,
        buildings=tuple(sorted(set(state.buildings))),
    )


def charge(
    draft: RepairPaid,
    proposal: RepairProposed | None,
    scope: Mapping[str, building.State],
    *,
    interest_first: bool,
    today: date | None,
) -> Charged:
    """Share a whole payment over its bearers (分摊), art. 20 and 21; an account's share of zero has no line.

    ``today``, the day of a live payment: an account pays at most what it has available (可用余额), that is
    not what a court froze; the owners raise the rest themselves (自筹), and that is not shared again. None:
    it may fall below zero, for history is recorded as it happened. With ``interest_first`` the interest part
    pays first as far as it is above zero. Raises Refused ``fund-pays-nothing`` and ``units-missing``.
    """
    cost = draft.amount_fen
    chosen = frozenset() if proposal is None else places(proposal.units)
    developer = None if proposal is None else proposal.developer
    unsold = frozenset() if developer is None else places(developer.units)
    try:
        shares = repair_shares(cost, scope, chosen, unsold)
    except ValueError as error:
        raise Refused(Refusal("units-missing", "分摊范围内没有已登记的户", "buildings")) from error
    lines: dict[str, list[WithdrawalLine]] = {}
    raised: list[SelfRaised] = []
    for (name, unit, part), due in shares.accounts.items():
        account = scope[name].accounts[unit, part]
        pays = due
        if today is not None:
            pays = min(due, available(scope[name], unit, part, draft.value_date, today))
        if pays:
            interest = min(pays, max(account.interest_fen, 0)) if interest_first else 0
            line = WithdrawalLine(unit=unit, part=part, principal_fen=pays - interest, interest_fen=interest)
            lines.setdefault(name, []).append(line)
        if pays < due:
            raised.append(SelfRaised(building=name, unit=unit, part=part, amount_fen=due - pays))
    amount = cost - shares.developer_fen - sum(each.amount_fen for each in raised)
    if not amount:
        message = "分摊范围内的分户账没有可用余额，维修资金不承担任何金额"
        raise Refused(Refusal("fund-pays-nothing", message, "amount_fen", None, "165号令第20条"))
    paid = replace(
        draft,
        amount_fen=amount,
        cost_fen=None if amount == cost else cost,
        self_raised=tuple(raised),
        developer_fen=shares.developer_fen,
    )
    return Charged(paid, {name: tuple(found) for name, found in lines.items()})


# Money returned


class Borne(NamedTuple):
    """What one account paid of a payment, and what it still bears of it: not reversed, not returned."""

    paid: Parts
    left: Parts


def borne(history: Iterable[Event], payment: str) -> dict[tuple[str, Part], Borne]:
    """What the accounts of a building bear of a payment, from all events of its stream in order.

    Accounts closed by a split or merger (销户) bear nothing more: those that took their place do, by area.
    """
    entries: dict[tuple[int, int], tuple[tuple[str, Part], Borne]] = {}
    found: dict[tuple[str, Part], Borne] = {}
    for version, event in enumerate(history, 1):
        if isinstance(event, WithdrawalPaid) and event.payment == payment:
            for index, paid in enumerate(event.lines):
                parts = paid.principal_fen, paid.interest_fen
                entries[version, index] = (paid.unit, paid.part), Borne(parts, parts)
                _bear(found, *entries[version, index])
        elif isinstance(event, WithdrawalReturned) and event.payment == payment:
            for index, back in enumerate(event.lines):
                left = -back.principal_fen, -back.interest_fen
                entries[version, index] = (back.unit, back.part), Borne((0, 0), left)
                _bear(found, *entries[version, index])
        elif isinstance(event, EntryReversed):
            for gone in event.lines:
                if (event.version, gone.line) in entries:
                    key, (out, left) = entries.pop((event.version, gone.line))
                    _bear(found, key, Borne(_negative(out), _negative(left)))
        elif isinstance(event, UnitsChanged):
            _pass_on(found, event)
    return {key: bears for key, bears in found.items() if bears != _NOTHING}


_NOTHING: Final = Borne((0, 0), (0, 0))


def _negative(parts: Parts) -> Parts:
    return -parts[0], -parts[1]


def _bear(found: dict[tuple[str, Part], Borne], key: tuple[str, Part], more: Borne) -> None:
    paid, left = found.get(key, _NOTHING)
    found[key] = Borne(
        (paid[0] + more.paid[0], paid[1] + more.paid[1]), (left[0] + more.left[0], left[1] + more.left[1])
    )


def _pass_on(found: dict[tuple[str, Part], Borne], event: UnitsChanged) -> None:
    areas = {line.unit: line.area_dm2 for line in event.after}
    gone = {line.unit for line in event.before if line.unit not in areas}
    for unit, part in [key for key in found if key[0] in gone]:
        paid, left = found.pop((unit, part))
        shares = [share(amount, areas) for amount in (*paid, *left)]
        for heir in areas:
            principal, interest, *rest = (each[heir] for each in shares)
            _bear(found, (heir, part), Borne((principal, interest), (rest[0], rest[1])))


def return_refusals(state: State, command: ReturnRepairMoney, today: date) -> Iterator[Refusal | None]:
    """``project-unknown``, ``payment-unknown``, ``date-future``, ``amount-…``, ``reason-missing``."""
    yield _unknown(state, command.project)
    yield day_refusal(command.returned_on, today, "returned_on")
    yield amount_refusal(command.amount_fen, "amount_fen")
    if not command.reason.strip():
        yield Refusal("reason-missing", "退回维修资金必须说明原因", "reason")
    if payment_version(state, command) is None:
        yield Refusal("payment-unknown", f"项目没有编号为 {command.payment} 的付款", "payment")


def payment_version(state: State, command: ReturnRepairMoney) -> int | None:
    """The version of the payment that money is returned of, None where the project has none of that id."""
    try:
        stream, version = parse_event_id(command.payment)
    except InputError:
        return None
    own = stream == repair_stream(command.county, command.project)
    return version if own and version in state.payments else None


def decide_return(
    state: State,
    bearers: Mapping[str, Mapping[tuple[str, Part], Borne]],
    command: ReturnRepairMoney,
    stamp: Stamp,
) -> tuple[RepairMoneyReturned, dict[str, WithdrawalReturned]]:
    """Put returned money back on the accounts that bear the payment, in proportion to what they still bear.

    Ties as in every sharing; principal and interest of an account in proportion too. History may know of
    more than is left: then in proportion to what was paid. Raises Refused ``payment-unknown`` where no
    account paid.
    """
    version = payment_version(state, command)
    every = {AccountKey(name, *key): found for name, keys in bearers.items() for key, found in keys.items()}
    beyond = command.amount_fen > sum(sum(found.left) for found in every.values())
    weights = {key: found.paid if beyond else found.left for key, found in every.items()}
    if version is None or not any(sum(parts) > 0 for parts in weights.values()):
        message = f"付款 {command.payment} 没有可退回的支取"
        raise Refused(Refusal("payment-unknown", message, "payment"))
    paid_on = state.payments[version].value_date
    shares = share(command.amount_fen, {key: max(sum(parts), 0) for key, parts in weights.items()})
    lines: dict[str, list[ReturnLine]] = {}
    for key, amount in shares.items():
        if amount:
            name, unit, part = key
            principal, interest = split(amount, [max(each, 0) for each in weights[key]])
            line = ReturnLine(unit=unit, part=part, principal_fen=principal, interest_fen=interest)
            lines.setdefault(name, []).append(line)
    returned = RepairMoneyReturned(
        **stamp,
        value_date=command.returned_on,
        payment=command.payment,
        paid_on=paid_on,
        amount_fen=command.amount_fen,
        bank_ref=command.bank_ref,
        reason=command.reason,
    )
    back = {
        name: WithdrawalReturned(
            **stamp,
            value_date=command.returned_on,
            returned=event_id(repair_stream(command.county, command.project), state.version + 1),
            payment=command.payment,
            paid_on=paid_on,
            lines=tuple(found),
        )
        for name, found in lines.items()
    }
    return returned, back


# Acceptance, final account, close


def decide_step(state: State, command: Step, stamp: Stamp, today: date) -> Event:
    """Accept (验收), settle (决算) or close (办结) a project, each once.

    Raises Refused ``project-unknown``, ``step-repeated``, ``date-future``, ``amount-…``.
    """
    event: Event
    match command:
        case AcceptRepair():
            day, field = command.accepted_on, "accepted_on"
            event = RepairAccepted(**stamp, value_date=day)
        case SettleRepair():
            day, field = command.settled_on, "settled_on"
            event = RepairSettled(**stamp, value_date=day, amount_fen=command.settled_fen)
        case CloseRepair():
            day, field = command.closed_on, "closed_on"
            event = RepairClosed(**stamp, value_date=day)
    refuse_any(
        [
            _unknown(state, command.project),
            day_refusal(day, today, field),
            amount_refusal(getattr(command, "settled_fen", None), "settled_fen"),
            _repeated(state, event, field),
        ]
    )
    return event


def _unknown(state: State, project: str) -> Refusal | None:
    if state.proposal is None:
        return Refusal("project-unknown", f"维修项目“{project}”没有登记", "project")
    return None


def _repeated(state: State, event: Event, field: str) -> Refusal | None:
    known = state.steps.get(type(event))
    if known is None:
        return None
    return Refusal("step-repeated", f"{TERMS[field]}已经登记为 {known.value_date}", field)
