"""What is due (应交) of the units of a building: decisions of officers, exemptions, sales. All pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from ledger.building import State, account_refusal, unknown
from ledger.commands import ExemptUnit, LiftExemption, OverrideDue, RecordSale
from ledger.entries import entries
from ledger.errors import Refusal
from ledger.events import DueOverridden, Event, ExemptionLifted, PublicUnitSold, UnitExempted
from ledger.identity import Part
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import Fen
from ledger.policy import Policy
from ledger.stamp import Stamp
from ledger.standards import rate

_PAID_IN = frozenset({"opening", "deposit", "refund", "moved"})
"""Kinds of entries that say whether an account was paid in: brought, deposited, given back, taken over."""


class Decisions(msgspec.Struct, frozen=True):
    """What a building's events decided about its units; of each kind the last one counts.

    ``overrides`` are amounts in fen, ``exempt`` exemptions that were not lifted, ``sales`` of public housing;
    ``paid_in`` is the principal that came into each account, less what went back.
    """

    overrides: Mapping[str, Fen]
    exempt: Mapping[str, UnitExempted]
    sales: Mapping[str, PublicUnitSold]
    paid_in: Mapping[tuple[str, Part], Fen]

    def is_exempt(self, unit: str, on: date) -> bool:
        """Whether a unit need not deposit on a day; an exemption also holds before it was decided."""
        found = self.exempt.get(unit)
        return found is not None and (found.until is None or on <= found.until)


def decisions(history: Iterable[Event]) -> Decisions:
    """Read the decisions off the events of a building; the last is the latest by day, then by record."""
    events = list(history)
    overrides: dict[str, Fen] = {}
    exempt: dict[str, UnitExempted] = {}
    sales: dict[str, PublicUnitSold] = {}
    paid_in: dict[tuple[str, Part], Fen] = {}
    for event in sorted(events, key=lambda event: event.value_date):
        match event:
            case DueOverridden(due_fen=None):
                overrides.pop(event.unit, None)
            case DueOverridden(due_fen=int(due_fen)):
                overrides[event.unit] = due_fen
            case UnitExempted():
                exempt[event.unit] = event
            case ExemptionLifted():
                exempt.pop(event.unit, None)
            case _:
                pass
    for event in events:
        if isinstance(event, PublicUnitSold):
            sales[event.unit] = event
        for entry in entries(event):
            if entry.kind in _PAID_IN:
                key = entry.unit, entry.part
                paid_in[key] = paid_in.get(key, 0) + entry.principal_fen
    return Decisions(overrides, exempt, sales, paid_in)


def due_fen(state: State, found: Decisions, policy: Policy, unit: str, on: date) -> Fen | None:
    """What the owner of a unit owes at first on a day: as decided, else by the standard; None: unknown."""
    decided = found.overrides.get(unit)
    if decided is not None or state.facts is None:
        return decided
    facts, line = state.facts, state.units[unit]
    known = rate(policy, facts.county, line.fund, facts.lift, facts.storeys, on)
    return None if known is None else known.due_fen(line.area_dm2)


def _place(state: State, building: str, unit: str) -> Iterator[Refusal | None]:
    if state.facts is None:
        yield unknown(building)
    else:
        yield account_refusal(state, building, unit, "owner", None)


def _reason(text: str) -> Refusal | None:
    return None if text.strip() else Refusal("reason-missing", "应写明理由", "reason")


def decide_override(
    state: State, command: OverrideDue, stamp: Stamp, today: date
) -> tuple[DueOverridden, ...]:
    """Decide what a unit owes (核定应交).

    Raises Refused ``building-unknown``, ``unit-unknown``, ``date-future``, ``amount-not-positive``,
    ``amount-too-large``, ``reason-missing``.
    """
    refuse_any(
        [
            *_place(state, command.building, command.unit),
            day_refusal(command.decided_on, today, "decided_on"),
            amount_refusal(command.due_fen, "due_fen"),
            _reason(command.reason),
        ]
    )
    return (
        DueOverridden(
            **stamp,
            value_date=command.decided_on,
            unit=command.unit,
            due_fen=command.due_fen,
            reason=command.reason,
        ),
    )


def decide_exemption(
    state: State, command: ExemptUnit, stamp: Stamp, today: date
) -> tuple[UnitExempted, ...]:
    """Exempt a unit (免交).

    Raises Refused ``building-unknown``, ``unit-unknown``, ``date-future``, ``until-early``,
    ``reason-missing``.
    """
    early = command.until is not None and command.until < command.decided_on
    refuse_any(
        [
            *_place(state, command.building, command.unit),
            day_refusal(command.decided_on, today, "decided_on"),
            _reason(command.reason),
            Refusal("until-early", f"免交止日 {command.until} 早于决定日期 {command.decided_on}", "until")
            if early
            else None,
        ]
    )
    return (
        UnitExempted(
            **stamp,
            value_date=command.decided_on,
            unit=command.unit,
            reason=command.reason,
            note=command.note,
            until=command.until,
        ),
    )


def decide_lifting(
    state: State, found: Decisions, command: LiftExemption, stamp: Stamp, today: date
) -> tuple[ExemptionLifted, ...]:
    """End an exemption (取消免交).

    Raises Refused ``building-unknown``, ``unit-unknown``, ``date-future``, ``reason-missing``, ``not-exempt``
    (also a lifting dated before its exemption: the two would contradict each other).
    """
    standing = found.exempt.get(command.unit)
    missing = standing is None or command.decided_on < standing.value_date
    refuse_any(
        [
            *_place(state, command.building, command.unit),
            day_refusal(command.decided_on, today, "decided_on"),
            _reason(command.reason),
            Refusal("not-exempt", f"户“{command.unit}”在 {command.decided_on} 没有免交", "unit")
            if missing
            else None,
        ]
    )
    return (
        ExemptionLifted(**stamp, value_date=command.decided_on, unit=command.unit, reason=command.reason),
    )


def decide_sale(
    state: State, found: Decisions, command: RecordSale, stamp: Stamp, today: date
) -> tuple[PublicUnitSold, ...]:
    """Record the sale of a unit of public housing (公有住房出售).

    Raises Refused ``building-unknown``, ``unit-unknown``, ``part-unknown`` (commercial housing has no selling
    unit), ``date-future``, ``amount-not-positive``, ``amount-too-large``, ``seller-contradicts``, and
    ``sale-known`` or ``sale-unknown`` where it does not say rightly whether it corrects.
    """
    refuse_any(_sale_refusals(state, found, command, today))
    return (
        PublicUnitSold(
            **stamp,
            value_date=command.received_on,
            unit=command.unit,
            seller=command.seller or state.units[command.unit].seller,
            proceeds_fen=command.proceeds_fen,
            corrects=command.corrects,
        ),
    )


def _sale_refusals(
    state: State, found: Decisions, command: RecordSale, today: date
) -> Iterator[Refusal | None]:
    yield day_refusal(command.received_on, today, "received_on")
    yield amount_refusal(command.proceeds_fen, "proceeds_fen")
    if state.facts is None:
        yield unknown(command.building)
        return
    strange = account_refusal(state, command.building, command.unit, "seller", None)
    if strange is not None:
        yield strange
        return
    registered = state.units[command.unit].seller
    if None not in (command.seller, registered) and command.seller != registered:
        message = f"售房单位“{command.seller}”与登记的“{registered}”不一致"
        yield Refusal("seller-contradicts", message, "seller")
    known = found.sales.get(command.unit)
    if known is not None and not command.corrects:
        message = f"户“{command.unit}”的售房款已登记（{known.value_date}），更正须注明"
        yield Refusal("sale-known", message, "unit")
    if known is None and command.corrects:
        yield Refusal("sale-unknown", f"户“{command.unit}”没有已登记的售房款可更正", "unit")
