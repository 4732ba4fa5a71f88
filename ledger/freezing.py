"""Freezing (冻结): accounts that a court's order holds, and what of them is left to pay with. All pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from ledger.building import State, account_refusal, unknown
from ledger.commands import FreezeUnit, ReleaseUnit
from ledger.errors import InputError, Refusal
from ledger.events import UnitFrozen, UnitReleased
from ledger.freezes import Freeze
from ledger.identity import Part, code
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import Fen
from ledger.stamp import Stamp


def freezes(state: State, unit: str, on: date, today: date) -> tuple[Freeze, ...]:
    """The freezes that held a unit's account on a day, or took hold since and up to today.

    Money that leaves now with an earlier value date leaves in spite of a freeze of today.
    """
    return tuple(freeze for freeze in state.freezes.get(unit, ()) if freeze.holds(on, max(on, today)))


def available(state: State, unit: str, part: Part, on: date, today: date) -> Fen:
    """What an account has to pay with (可用余额): its balance less what is frozen, at least zero.

    A court freezes what is the owner's: the selling unit's part (售房单位) is free. Repairs take no more than
    this either; the rest of a unit's share is paid by its owner (自筹).
    """
    balance = max(state.accounts[unit, part].balance_fen, 0)
    return balance if part != "owner" else free(balance, freezes(state, unit, on, today))


def free(amount_fen: Fen, held: Iterable[Freeze]) -> Fen:
    """What freezes leave of an amount, at least zero."""
    for freeze in held:
        if freeze.amount_fen is None:
            return 0
        amount_fen -= freeze.amount_fen
    return max(amount_fen, 0)


def decide_freeze(state: State, command: FreezeUnit, stamp: Stamp, today: date) -> tuple[UnitFrozen]:
    """Freeze the owner's account of a unit.

    Raises Refused ``building-unknown``, ``unit-unknown``, ``unit-closed``, ``code-invalid`` (order),
    ``court-missing``, ``order-known`` (of this unit), ``until-early``, ``date-future``,
    ``amount-not-positive``, ``amount-too-large``.
    """
    refuse_any(_freeze_refusals(state, command, today))
    return (
        UnitFrozen(
            **stamp,
            value_date=command.frozen_on,
            unit=command.unit,
            court=command.court.strip(),
            order_no=_order(command.order_no),
            until=command.until,
            amount_fen=command.amount_fen,
        ),
    )


def decide_release(state: State, command: ReleaseUnit, stamp: Stamp, today: date) -> tuple[UnitReleased]:
    """End the freeze of one order.

    Raises Refused ``building-unknown``, ``unit-unknown``, ``unit-closed``, ``code-invalid``,
    ``order-unknown`` where no freeze of this order stands, ``release-early``, ``date-future``.
    """
    refuse_any(_release_refusals(state, command, today))
    return (
        UnitReleased(
            **stamp,
            value_date=command.released_on,
            unit=command.unit,
            order_no=_order(command.order_no),
        ),
    )


def _freeze_refusals(state: State, command: FreezeUnit, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.frozen_on, today, "frozen_on")
    yield amount_refusal(command.amount_fen, "amount_fen")
    if not command.court.strip():
        yield Refusal("court-missing", "冻结应写明法院", "court")
    if command.until is not None and command.until < command.frozen_on:
        message = f"冻结期限 {command.until} 早于冻结日期 {command.frozen_on}"
        yield Refusal("until-early", message, "until")
    found = list(_refusals(state, command))
    yield from found
    if not found and any(freeze.order_no == _order(command.order_no) for freeze in _of(state, command)):
        message = f"裁定文号“{command.order_no}”对户“{command.unit}”的冻结已经登记"
        yield Refusal("order-known", message, "order_no")


def _release_refusals(state: State, command: ReleaseUnit, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.released_on, today, "released_on")
    found = list(_refusals(state, command))
    yield from found
    if found:
        return
    order = _order(command.order_no)
    named = [freeze for freeze in _of(state, command) if freeze.order_no == order and not freeze.released]
    if not named:
        message = f"户“{command.unit}”没有裁定文号“{command.order_no}”的冻结"
        yield Refusal("order-unknown", message, "order_no")
    elif command.released_on < named[0].since:
        message = f"解除日期 {command.released_on} 早于冻结日期 {named[0].since}"
        yield Refusal("release-early", message, "released_on")


def _refusals(state: State, command: FreezeUnit | ReleaseUnit) -> Iterator[Refusal]:
    """Unknown places, and orders that are no code: what stands in the way of looking further."""
    missing: Refusal | None = unknown(command.building)
    if state.facts is not None:
        missing = account_refusal(state, command.building, command.unit, "owner", None)
    if missing is not None:
        yield missing
    try:
        _order(command.order_no)
    except InputError as error:
        yield Refusal(error.code, error.message, "order_no")


def _of(state: State, command: FreezeUnit | ReleaseUnit) -> tuple[Freeze, ...]:
    return state.freezes.get(command.unit, ())


def _order(text: str) -> str:
    """The number of an order as the ledger writes it: brackets of either width are the same order."""
    return code(text, "裁定文号")
