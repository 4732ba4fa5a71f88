"""Money that leaves for good (灭失), and custody (划转)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from ledger import custody, destruction
from ledger.batch import Batch
from ledger.building import State
from ledger.calendar import day_after
from ledger.commands import DestroyBuilding, HandOver, PayObligation, ReturnCustody
from ledger.designation import Designation
from ledger.entries import held
from ledger.events import RatesAccrued
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import Fund, book_stream, building_stream, event_id
from ledger.interest import weights
from ledger.limits import refuse_any
from ledger.rules import Circumstances


def _building(command: DestroyBuilding | PayObligation) -> Iterator[str]:
    yield building_stream(command.building)


def _buildings(command: HandOver | ReturnCustody) -> Iterator[str]:
    yield from map(building_stream, command.buildings)


def _named(command: HandOver | ReturnCustody) -> str:
    return "、".join(command.buildings)


def _destroy(batch: Batch, command: DestroyBuilding) -> None:
    name = building_stream(command.building)
    state = batch.buildings[name]
    history = batch.history(name)
    events = destruction.decide_destruction(state, history, command, batch.stamp, batch.today)
    day = events[0].value_date
    about = Circumstances(
        buildings={command.building: state},
        leaving={command.building: held(history, day)},
        claims={command.building: _claims(batch, command.building, state, day)},
    )
    refuse_any(batch.judge(about, command))
    batch.buildings.add(name, events)


def _claims(batch: Batch, code: str, state: State, on: date) -> list[str]:
    """The books that hold gains received up to a day, of which the building has a share to come.

    Interest at rates (定率计息) is paid for the days until money left, and passed on later.
    """
    if not batch.live or state.facts is None:
        return []
    boundary = day_after(on)
    found = []
    for fund in sorted({unit.fund for unit in state.units.values()}):
        name = book_stream(state.facts.county, fund)
        batch.books.also([name])
        book = batch.books[name]
        previous = None if book.last is None else book.last.boundary
        unpaid = book.last is not None and any(
            share.building == code and event_id(name, book.last_version) not in state.distributions
            for share in book.last.shares
        )
        coming = (
            not isinstance(book.last, RatesAccrued)
            and book.pool_fen(boundary) > 0
            and (previous is None or previous < boundary)
            and any(weights(state, fund, previous, boundary, state.version).values())
        )
        if unpaid or coming:
            found.append(f"{state.facts.county}/{fund}")
    return found


def _designations(
    batch: Batch, states: Iterable[State], account: str | None
) -> dict[Fund, Sequence[Designation]]:
    """The bank accounts (专户) of the books of some buildings, where the command names an account."""
    if not batch.live or account is None:
        return {}
    return {
        fund: batch.book(book_stream(state.facts.county, fund)).designations
        for state in states
        if state.facts is not None
        for fund in sorted({unit.fund for unit in state.units.values()})
    }


def _pay(batch: Batch, command: PayObligation) -> None:
    name = building_stream(command.building)
    state = batch.buildings[name]
    events = destruction.decide_payment(state, command, batch.stamp, batch.today)
    standing = _designations(batch, [state], command.account)
    about = Circumstances(building=state, today=batch.today, designations=standing)
    refuse_any(batch.judge(about, command))
    batch.buildings.add(name, events)


def _hand_over(batch: Batch, command: HandOver) -> None:
    states = {code: batch.buildings[building_stream(code)] for code in sorted(set(command.buildings))}
    histories = {code: batch.history(building_stream(code)) for code in states}
    lines = command.lines
    if lines is None:
        lines = tuple(
            line
            for code, history in histories.items()
            for line in custody.balances(history, code, command.handed_on)
        )
    events = custody.decide_hand_over(states, command, lines, batch.stamp, batch.today)
    about = Circumstances(
        buildings=states,
        leaving={code: held(history, command.handed_on) for code, history in histories.items()},
        claims={code: _claims(batch, code, state, command.handed_on) for code, state in states.items()},
        moving=lines,
        today=batch.today,
        designations=_designations(batch, states.values(), command.account),
        hand_over_days=batch.policy.hand_over_days(command.noticed_on or command.handed_on),
    )
    refuse_any(batch.judge(about, command))
    for code, event in events.items():
        batch.buildings.add(building_stream(code), (event,))


def _take_back(batch: Batch, command: ReturnCustody) -> None:
    states = {code: batch.buildings[building_stream(code)] for code in sorted(set(command.buildings))}
    events = custody.decide_return(states, command, batch.stamp, batch.today)
    standing = _designations(batch, states.values(), command.account)
    refuse_any(batch.judge(Circumstances(buildings=states, designations=standing), command))
    for code, event in events.items():
        batch.buildings.add(building_stream(code), (event,))


HANDLERS: Final[Handlers] = {
    DestroyBuilding: Handler(_building, lambda command: command.building, _destroy),
    PayObligation: Handler(_building, lambda command: command.building, _pay),
    HandOver: Handler(_buildings, _named, _hand_over),
    ReturnCustody: Handler(_buildings, _named, _take_back),
}
