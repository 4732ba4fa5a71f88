"""Destruction (灭失) of a building: its money is owed and then paid, art. 29, 财会〔2020〕7号. All pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from ledger.building import State, closed, unknown
from ledger.commands import DestroyBuilding, PayObligation, ReverseEntry
from ledger.entries import held
from ledger.errors import InputError, Refusal
from ledger.events import (
    BuildingDestroyed,
    Event,
    ObligationLine,
    ObligationPaid,
    ObligationPaymentLine,
    ObligationPaymentReversed,
    ObligationReversalLine,
)
from ledger.identity import Part, building_stream, parse_event_id
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import Fen
from ledger.reversal import entry_to_reverse
from ledger.stamp import Stamp
from ledger.standing import Place


def decide_destruction(
    state: State, history: Iterable[Event], command: DestroyBuilding, stamp: Stamp, today: date
) -> tuple[BuildingDestroyed]:
    """Empty every account with money into what is owed, as it stood at the end of the day of confirmation.

    ``history`` holds all events of the building. Raises Refused ``building-unknown``, ``date-future``,
    ``building-destroyed`` (again, with nothing left to owe), ``unit-closed`` for a day on which a unit held
    money that it has handed on since (分割、合并), ``unit-closed`` for a day on which money
    was still on accounts that were closed since.
    """
    missing = unknown(command.building) if state.facts is None else None
    days = [day_refusal(getattr(command, field), today, field) for field in ("destroyed_on", "confirmed_on")]
    refuse_any([missing, *days])
    day = command.confirmed_on or command.destroyed_on
    lines = tuple(
        _owed(state, unit, part, principal, interest, command)
        for (unit, part), (principal, interest) in sorted(held(history, day).items())
        if principal + interest > 0
    )
    refuse_any(closed(state, line.unit) for line in lines if line.unit in state.closed)
    refuse_any(closed(state, line.unit, field="destroyed_on") for line in lines if line.unit in state.closed)
    if not lines and state.standing.destroyed_on is not None:
        message = f"楼幢“{command.building}”已于 {state.standing.destroyed_on} 登记灭失，账上没有余额"
        refuse_any([Refusal("building-destroyed", message, "building", None, "165号令第29条")])
    return (
        BuildingDestroyed(
            **stamp,
            value_date=day,
            destroyed_on=command.destroyed_on,
            reason=command.reason,
            document=command.document,
            lines=lines,
        ),
    )


def _owed(
    state: State, unit: str, part: Part, principal: Fen, interest: Fen, command: DestroyBuilding
) -> ObligationLine:
    seller = state.units[unit].seller if part == "seller" else None
    gone = seller is not None and seller in command.sellers_gone
    return ObligationLine(
        unit=unit,
        part=part,
        principal_fen=principal,
        interest_fen=interest,
        payee="owner" if part == "owner" else "treasury" if gone else "seller",
        payee_ref=state.owner_ref(unit) if part == "owner" else None,
        payee_name=None if gone else seller,
    )


def places(command: PayObligation) -> list[Place | None]:
    """The obligation each line of a payment names, None where the command names another building's."""
    try:
        stream, version = parse_event_id(command.obligation)
    except InputError:
        return [None] * len(command.lines)
    own = stream == building_stream(command.building)
    return [(version, line.line) if own else None for line in command.lines]


def decide_payment(state: State, command: PayObligation, stamp: Stamp, today: date) -> tuple[ObligationPaid]:
    """Pay what is owed (返还), to whom it is owed unless the command says otherwise.

    Raises Refused ``building-unknown``, ``date-future``, ``lines-missing``, ``obligation-unknown``,
    ``amount-not-positive``, ``amount-too-large``.
    """
    refuse_any(_payment_refusals(state, command, today))
    found = [state.standing.owed[place] for place in places(command) if place is not None]
    return (
        ObligationPaid(
            **stamp,
            value_date=command.paid_on,
            obligation=parse_event_id(command.obligation)[1],
            account=command.account,
            bank_ref=command.bank_ref,
            reason=command.reason,
            lines=tuple(
                ObligationPaymentLine(
                    line=paid.line,
                    unit=owed.line.unit,
                    part=owed.line.part,
                    amount_fen=paid.amount_fen,
                    payee=owed.line.payee,
                    payee_ref=command.payee_ref or owed.line.payee_ref,
                    payee_name=owed.line.payee_name,
                )
                for paid, owed in zip(command.lines, found, strict=True)
            ),
        ),
    )


def _payment_refusals(state: State, command: PayObligation, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.paid_on, today, "paid_on")
    if not command.lines:
        yield Refusal("lines-missing", "没有返还明细", "lines")
    if state.facts is None:
        yield unknown(command.building)
    for index, (line, place) in enumerate(zip(command.lines, places(command), strict=True)):
        yield amount_refusal(line.amount_fen, "amount_fen", index)
        if place not in state.standing.owed:
            message = f"{command.obligation} 没有第 {line.line + 1} 笔应付返还资金"
            yield Refusal("obligation-unknown", message, "obligation", index)


def decide_payment_reversal(
    state: State, original: Event | None, command: ReverseEntry, stamp: Stamp
) -> tuple[ObligationPaymentReversed]:
    """Take lines of a payment back (冲正), each once; raises Refused as ``entry_to_reverse`` does."""
    paid, chosen = entry_to_reverse(command, original, (ObligationPaid,), state.reversed)
    return (
        ObligationPaymentReversed(
            **stamp,
            value_date=paid.value_date,
            version=command.version,
            obligation=paid.obligation,
            reason=command.reason,
            lines=tuple(
                ObligationReversalLine(
                    line=index,
                    owed=paid.lines[index].line,
                    unit=paid.lines[index].unit,
                    part=paid.lines[index].part,
                    amount_fen=-paid.lines[index].amount_fen,
                )
                for index in chosen
            ),
        ),
    )
