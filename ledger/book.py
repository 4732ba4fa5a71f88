"""Book (账套): the aggregate of one county and fund kind – buildings, gains and their distributions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from ledger import building, interest, treasury
from ledger.calendar import day_after
from ledger.commands import DistributeGains, ReceiveGains, ReverseEntry
from ledger.designation import Designation, closed, designated
from ledger.errors import Refusal, Refused
from ledger.events import (
    BankAccountClosed,
    BankAccountDesignated,
    BankGainsReceived,
    BuildingsEntered,
    Event,
    GainReversalLine,
    GainsDistributed,
    GainsReversed,
    PeriodClosed,
    PublicationIssued,
    RatesAccrued,
    StatementReconciled,
    TreasuryReversed,
)
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import Fen, yuan
from ledger.periods import Closing
from ledger.reversal import entry_to_reverse
from ledger.stamp import Stamp


class Gain(NamedTuple):
    """A gain that no distribution has taken yet; negative: one reversed, or interest credited at rates."""

    value_date: date
    amount_fen: Fen


Settlement = GainsDistributed | RatesAccrued
"""What settles a book at a boundary: a distribution of its gains by weights, or interest at listed rates."""

METHODS: Final[dict[type[Settlement], str]] = {GainsDistributed: "积数分配", RatesAccrued: "定率计息"}


class State(msgspec.Struct, frozen=True):
    """A book as its events made it.

    ``last`` is the last settlement and ``last_version`` its version; ``reversed`` holds (version, line) of
    gains that were reversed; ``invested`` is how its money is laid out; ``closings`` are the periods
    closed and ``designations`` the bank accounts designated, in the order of the log.
    """

    version: int = 0
    buildings: frozenset[str] = frozenset()
    waiting: tuple[Gain, ...] = ()
    last: Settlement | None = None
    last_version: int = 0
    reversed: frozenset[tuple[int, int]] = frozenset()
    invested: treasury.State = treasury.EMPTY
    closings: tuple[Closing, ...] = ()
    designations: tuple[Designation, ...] = ()

    def pool_fen(self, boundary: date) -> Fen:
        """Gains received before the boundary and not yet credited (待分配累计收益); negative for a gap."""
        return sum(gain.amount_fen for gain in self.waiting if gain.value_date < boundary)


EMPTY: Final = State()


# Folding


def apply(state: State, event: Event) -> State:
    """The state after one more event of the book's stream; raises TypeError for a strange event."""
    version = state.version + 1
    match event:
        case BankGainsReceived():
            gains = tuple(Gain(event.value_date, line.amount_fen) for line in event.lines)
            return replace(state, version=version, waiting=state.waiting + gains)
        case BuildingsEntered():
            return replace(state, version=version, buildings=state.buildings.union(event.buildings))
        case GainsDistributed():
            waiting = tuple(gain for gain in state.waiting if gain.value_date >= event.boundary)
            return replace(state, version=version, waiting=waiting, last=event, last_version=version)
        case RatesAccrued():
            credited = Gain(event.settled_on, -event.total_fen)
            waiting = (*state.waiting, credited)
            return replace(state, version=version, waiting=waiting, last=event, last_version=version)
        case GainsReversed():
            gains = tuple(Gain(event.value_date, line.amount_fen) for line in event.lines)
            gone = state.reversed | {(event.version, line.line) for line in event.lines}
            return replace(state, version=version, waiting=state.waiting + gains, reversed=gone)
        case _ if isinstance(event, treasury.TreasuryEvent | TreasuryReversed):
            return replace(state, version=version, invested=treasury.apply(state.invested, event, version))
        case PeriodClosed():
            closings = (*state.closings, Closing(event.kind, event.ends))
            return replace(state, version=version, closings=closings)
        case BankAccountDesignated():
            return replace(state, version=version, designations=designated(state.designations, event))
        case BankAccountClosed():
            return replace(state, version=version, designations=closed(state.designations, event))
        case StatementReconciled() | PublicationIssued():
            return replace(state, version=version)
        case _:
            raise TypeError(f"{event.TOPIC} is no event of a book")


# Deciding


def decide_entries(
    state: State, buildings: Iterable[str], stamp: Stamp, value_date: date
) -> tuple[BuildingsEntered, ...]:
    """Enter buildings that have units of this fund kind for the first time; none new adds nothing."""
    new = tuple(sorted(set(buildings) - state.buildings))
    return (BuildingsEntered(**stamp, value_date=value_date, buildings=new),) if new else ()


def decide_gains(command: ReceiveGains, stamp: Stamp, today: date) -> tuple[BankGainsReceived]:
    """Record gains the bank credited (收益到账).

    Raises Refused ``date-future``, ``lines-missing``, ``amount-not-positive``, ``amount-too-large``.
    """
    refuse_any(_gain_refusals(command, today))
    return (BankGainsReceived(**stamp, value_date=command.value_date, lines=command.lines),)


def _gain_refusals(command: ReceiveGains, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.value_date, today, "value_date", term="到账日期")
    if not command.lines:
        yield Refusal("lines-missing", "没有收益明细", "lines")
    for index, line in enumerate(command.lines):
        yield amount_refusal(line.amount_fen, "amount_fen", index)


def decide_distribution(
    state: State,
    states: Mapping[str, building.State],
    command: DistributeGains,
    stamp: Stamp,
    today: date,
) -> tuple[GainsDistributed]:
    """Fix a pool distribution (增值收益分配) through a day over all buildings of the book.

    Raises Refused ``boundary-not-later``, ``method-mixed``, ``date-future``, ``pool-empty``, ``weight-none``,
    ``amount-too-large`` for a pool of 10^12 yuan and more, which nothing could read back.
    """
    refuse_any([day_refusal(command.through, today, "through")])
    boundary = day_after(command.through)
    refuse_any([boundary_refusal(state, GainsDistributed, boundary, "through")])
    previous = state.last.boundary if state.last else None
    pool = state.pool_fen(boundary)
    if pool <= 0:
        message = f"截至 {command.through} 待分配收益为 {yuan(pool)}，没有可分配的收益"
        raise Refused(Refusal("pool-empty", message, "through"))
    refuse_any([amount_refusal(pool, "through")])
    shares = interest.building_shares(states, command.fund, previous, boundary, pool)
    if not shares:
        raise Refused(Refusal("weight-none", f"截至 {command.through} 没有任何账户有积数", "through"))
    return (
        GainsDistributed(
            **stamp,
            value_date=command.through,
            through=command.through,
            boundary=boundary,
            previous=previous,
            pool_fen=pool,
            shares=shares,
        ),
    )


def boundary_refusal(state: State, method: type[Settlement], boundary: date, field: str) -> Refusal | None:
    """``boundary-not-later``, or ``method-mixed`` where the other method settled the same days already."""
    if state.last is None or boundary > state.last.boundary:
        return None
    last = state.last.boundary
    if isinstance(state.last, method):
        return Refusal("boundary-not-later", f"结息边界 {boundary} 不晚于上一次结息的边界 {last}", field)
    message = f"{last} 以前已按{METHODS[type(state.last)]}结息，同一期间不能再作{METHODS[method]}"
    return Refusal("method-mixed", message, field)


def decide_reversal(
    state: State, original: Event | None, command: ReverseEntry, stamp: Stamp
) -> tuple[GainsReversed]:
    """Reverse (冲正) gain lines with the original's value date, each line once.

    Raises Refused as ``reversal.entry_to_reverse`` does, and ``gain-of-lot``.
    """
    treasury.refuse_gain_of_lot(state.invested, command.version)
    gains, chosen = entry_to_reverse(command, original, (BankGainsReceived,), state.reversed)
    lines = tuple(
        GainReversalLine(
            line=index, category=gains.lines[index].category, amount_fen=-gains.lines[index].amount_fen
        )
        for index in chosen
    )
    return (
        GainsReversed(
            **stamp,
            value_date=gains.value_date,
            version=command.version,
            reason=command.reason,
            lines=lines,
        ),
    )
