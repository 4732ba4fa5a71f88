"""Change of owner (过户): the balance of a unit moves with its ownership, art. 28. All pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from ledger.building import State, account_refusal, unknown
from ledger.commands import ChangeOwner
from ledger.entries import entries
from ledger.errors import Refusal
from ledger.events import Event, OwnerChanged, UnitsRegistered
from ledger.limits import day_refusal, refuse_any
from ledger.money import Fen
from ledger.stamp import Stamp


def decide_transfer(
    state: State, history: Iterable[Event], command: ChangeOwner, stamp: Stamp, today: date
) -> tuple[OwnerChanged]:
    """Pass a unit to another owner, with the balance of the owner's account on that day as proof.

    ``history`` holds all events of the building. Raises Refused ``building-unknown``, ``unit-unknown``,
    ``date-future``.
    """
    missing: Refusal | None = unknown(command.building)
    if state.facts is not None:
        missing = account_refusal(state, command.building, command.unit, "owner", None)
    refuse_any([day_refusal(command.transferred_on, today, "transferred_on"), missing])
    principal, interest = balance(history, command.unit, command.transferred_on)
    return (
        OwnerChanged(
            **stamp,
            value_date=command.transferred_on,
            unit=command.unit,
            owner_ref=command.owner_ref,
            deed_no=command.deed_no,
            principal_fen=principal,
            interest_fen=interest,
        ),
    )


class Holder(NamedTuple):
    """Who a unit belonged to, since which day (None: as registered)."""

    owner_ref: str | None
    since: date | None
    deed_no: str | None


def holders(history: Iterable[Event], unit: str) -> list[Holder]:
    """The owners of a unit in the order in which they were recorded; the last one is today's."""
    found: list[Holder] = []
    for event in history:
        if isinstance(event, UnitsRegistered):
            found += [Holder(line.owner_ref, None, None) for line in event.lines if line.unit == unit]
        elif isinstance(event, OwnerChanged) and event.unit == unit:
            found.append(Holder(event.owner_ref, event.value_date, event.deed_no))
    return found


def balance(history: Iterable[Event], unit: str, on: date) -> tuple[Fen, Fen]:
    """Principal and interest of the owner's account at the end of a day, by the events so far."""
    principal = interest = 0
    for event in history:
        if event.value_date <= on:
            for entry in entries(event):
                if entry.unit == unit and entry.part == "owner":
                    principal += entry.principal_fen
                    interest += entry.interest_fen
    return principal, interest
