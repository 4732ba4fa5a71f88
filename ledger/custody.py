"""Custody (划转): money handed to the owners' assembly (业主大会) and given back, art. 15, 16. All pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from ledger.building import State, account_refusal, unknown
from ledger.commands import CustodyAmount, HandOver, ReturnCustody
from ledger.entries import held
from ledger.errors import Refusal
from ledger.events import CustodyLine, CustodyTransferredIn, CustodyTransferredOut, Event
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.stamp import Stamp


def balances(history: Iterable[Event], building: str, on: date) -> tuple[CustodyAmount, ...]:
    """The owners' balances above zero of one building at the end of a day: what is to be handed over."""
    return tuple(
        CustodyAmount(building=building, unit=unit, part=part, principal_fen=principal, interest_fen=interest)
        for (unit, part), (principal, interest) in sorted(held(history, on).items())
        if part == "owner" and principal + interest > 0
    )


def decide_hand_over(
    states: Mapping[str, State],
    command: HandOver,
    lines: Sequence[CustodyAmount],
    stamp: Stamp,
    today: date,
) -> dict[str, CustodyTransferredOut]:
    """What leaves each building, by its code; a building without money changes its custody alone.

    ``lines`` are the command's, else the balances. Raises Refused ``buildings-missing``,
    ``building-unknown``, ``unit-unknown``, ``part-unknown``, ``account-twice``, ``date-future``,
    ``amount-not-positive``, ``amount-too-large``, ``assembly-missing``, ``custody-out`` (again, with nothing
    left to move).
    """
    refuse_any(_hand_over_refusals(states, command, lines, today))
    return {
        building: CustodyTransferredOut(
            **stamp,
            value_date=command.handed_on,
            noticed_on=command.noticed_on,
            assembly=command.assembly,
            assembly_account=command.assembly_account,
            account=command.account,
            bank_ref=command.bank_ref,
            reason=command.reason,
            lines=_lines(building, lines),
        )
        for building in states
    }


def decide_return(
    states: Mapping[str, State], command: ReturnCustody, stamp: Stamp, today: date
) -> dict[str, CustodyTransferredIn]:
    """What comes back to each building, by its code; raises Refused as ``decide_hand_over`` does."""
    refuse_any(
        [
            day_refusal(command.returned_on, today, "returned_on", term="划转回日期"),
            *_refusals(states, command.buildings, command.lines),
        ]
    )
    return {
        building: CustodyTransferredIn(
            **stamp,
            value_date=command.returned_on,
            assembly=command.assembly or state.standing.assembly,
            account=command.account,
            bank_ref=command.bank_ref,
            reason=command.reason,
            lines=_lines(building, command.lines),
        )
        for building, state in states.items()
    }


def _hand_over_refusals(
    states: Mapping[str, State], command: HandOver, lines: Sequence[CustodyAmount], today: date
) -> Iterator[Refusal | None]:
    yield day_refusal(command.handed_on, today, "handed_on")
    yield day_refusal(command.noticed_on, today, "noticed_on", term="通知日期")
    if not command.assembly.strip():
        yield Refusal("assembly-missing", "没有写明业主大会", "assembly")
    yield from _refusals(states, command.buildings, lines)
    moving = {line.building for line in lines}
    for building, state in states.items():
        if state.standing.assembly is not None and building not in moving:
            message = f"楼幢“{building}”已划转给“{state.standing.assembly}”，没有可划转的余额"
            yield Refusal("custody-out", message, "buildings", None, "165号令第15条")


def _refusals(
    states: Mapping[str, State], named: Sequence[str], lines: Sequence[CustodyAmount]
) -> Iterator[Refusal | None]:
    if not named:
        yield Refusal("buildings-missing", "没有写明楼幢", "buildings")
    for building, state in states.items():
        if state.facts is None:
            yield unknown(building)
    seen: set[tuple[str, str, str]] = set()
    for index, line in enumerate(lines):
        found = states.get(line.building)
        yield from _amount_refusals(line, index)
        account = line.building, line.unit, line.part
        if account in seen:
            message = f"楼幢“{line.building}”户“{line.unit}”列了两次"
            yield Refusal("account-twice", message, "unit", index)
        seen.add(account)
        if found is None:
            yield Refusal("building-unknown", f"楼幢“{line.building}”不在划转的楼幢之内", "building", index)
        elif found.facts is not None:
            yield account_refusal(found, line.building, line.unit, line.part, index)


def _amount_refusals(line: CustodyAmount, index: int) -> Iterator[Refusal | None]:
    """Together above zero; a part may be below zero, as overdrawn interest is, where the other covers it."""
    yield amount_refusal(line.principal_fen + line.interest_fen, "principal_fen", index)
    for field in ("principal_fen", "interest_fen"):
        yield amount_refusal(abs(getattr(line, field)) or None, field, index)


def _lines(building: str, lines: Sequence[CustodyAmount]) -> tuple[CustodyLine, ...]:
    return tuple(
        CustodyLine(
            unit=line.unit,
            part=line.part,
            principal_fen=line.principal_fen,
            interest_fen=line.interest_fen,
        )
        for line in lines
        if line.building == building
    )
