"""Settling a book (结息): one Book event fixes what every building gets, then each building is credited.

Whatever the method, a settlement that was torn after its Book event is finished by the next one first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from ledger import book, building, interest, rates, rules
from ledger.book import Settlement
from ledger.calendar import Clock, today
from ledger.commands import AccrueRates, DistributeGains, Recording
from ledger.errors import Busy
from ledger.events import BuildingCredit, BuildingShare, GainsDistributed, InterestAccrued, RatesAccrued
from ledger.identity import Fund, book_stream, building_stream, event_id, parse_event_id
from ledger.limits import refuse_any
from ledger.log import Change, Log, Request
from ledger.policy import Policy
from ledger.retrying import retried
from ledger.rules import Circumstances
from ledger.stamp import Stamp, stamp

BUILDINGS_PER_APPEND: Final = 200

Order = DistributeGains | AccrueRates
Share = BuildingShare | BuildingCredit
TERMS = TypeVar("TERMS", GainsDistributed, RatesAccrued)


@dataclass(frozen=True, slots=True)
class Settled(Generic[TERMS]):
    """A settlement that is fixed and credited: the Book event, how many units, the last position."""

    terms: TERMS
    units: int
    position: int


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A settlement that its Book event has fixed: the event's id, the fund kind and the terms."""

    settlement: str
    fund: Fund
    terms: Settlement

    def credited(self, state: building.State) -> bool:
        """Whether a building has its interest."""
        return self.settlement in state.distributions

    def accrual(self, state: building.State, share: Share, now: Stamp) -> InterestAccrued:
        """What credits a building."""
        match self.terms, share:
            case GainsDistributed() as terms, BuildingShare():
                return interest.decide_accrual(state, share, self.settlement, self.fund, terms, now)
            case RatesAccrued() as terms, BuildingCredit():
                return rates.decide_accrual(state, share, self.settlement, self.fund, terms, now)
        raise TypeError(f"{self.settlement} is no settlement")


class Settling:
    """Settles books of a log under a policy, at the time of a clock."""

    def __init__(self, log: Log, policy: Policy, clock: Clock) -> None:
        self._log = log
        self._policy = policy
        self._clock = clock

    def settle(
        self, command: Order, kind: type[TERMS], recording: Recording, request: Request | None
    ) -> Settled[TERMS]:
        """Carry out a command whose Book event is of a kind; once for the same request.

        Asking again for the day of a torn settlement finishes it. Raises Refused, Busy, IdempotencyConflict.
        """
        name = book_stream(command.county, command.fund)
        if request is not None and (earlier := self._log.repeated(request)) is not None:
            version = parse_event_id(earlier.events[0])[1]
            terms, position = self._log.events(name)[version - 1], earlier.position
            settlement = earlier.events[0]
        else:
            settlement, terms, position = retried(partial(self._fix, name, command, kind, recording, request))
        if not isinstance(terms, kind):
            raise TypeError(f"{settlement} is no {kind.TOPIC}")
        last, units = self._accrue(_Fixed(settlement, command.fund, terms), terms.shares, recording)
        return Settled(terms, units, max(position, last))

    def _fix(
        self,
        name: str,
        command: Order,
        kind: type[Settlement],
        recording: Recording,
        request: Request | None,
    ) -> tuple[str, Settlement, int]:
        """The settlement to credit and the position reached, after finishing a torn one."""
        version, state = self._log.load([name], book.EMPTY, book.apply)[name]
        states = self._load(state.buildings)
        if state.last is not None:
            earlier = _Fixed(event_id(name, state.last_version), command.fund, state.last)
            missing = [share for share in state.last.shares if not earlier.credited(states[share.building])]
            if missing:
                position, _ = self._accrue(earlier, missing, recording)
                if isinstance(state.last, kind) and state.last.value_date == _day(command):
                    return earlier.settlement, state.last, position
                states = self._load(state.buildings)
        terms = self._decide(state, states, command, recording)
        done = self._log.append([Change(name, version, (terms,))], request=request)
        return done.events[0], terms, done.position

    def _decide(
        self,
        state: book.State,
        states: Mapping[str, building.State],
        command: Order,
        recording: Recording,
    ) -> Settlement:
        now, day = self._stamp(recording), today(self._clock)
        if isinstance(command, DistributeGains):
            return book.decide_distribution(state, states, command, now, day)[0]
        terms = rates.decide_rates(state, states, command, self._policy, now, day)
        if recording.origin == "live":
            may_exceed = self._policy.rates.may_exceed_gains(command.settled_on)
            refuse_any(rules.judge(Circumstances(accrual=terms, may_exceed_gains=may_exceed), command))
        return terms

    def _accrue(self, fixed: _Fixed, shares: Sequence[Share], recording: Recording) -> tuple[int, int]:
        """Append the accruals of some buildings in turn: the last position (0 if none), accounts credited.

        Where other writers are always first on one of them, half as many are taken at a time.
        """
        position = units = 0
        waiting = [
            shares[start : start + BUILDINGS_PER_APPEND]
            for start in reversed(range(0, len(shares), BUILDINGS_PER_APPEND))
        ]
        while waiting:
            some = waiting.pop()
            try:
                reached, credited = retried(partial(self._credit, fixed, some, recording))
            except Busy:
                if len(some) == 1:
                    raise
                half = len(some) // 2
                waiting += [some[half:], some[:half]]
                continue
            position = max(position, reached)
            units += credited
        return position, units

    def _credit(self, fixed: _Fixed, shares: Sequence[Share], recording: Recording) -> tuple[int, int]:
        """One append of accruals on fresh state; buildings that have theirs by now are passed over."""
        streams = {share.building: building_stream(share.building) for share in shares}
        loaded = self._log.load(list(streams.values()), building.EMPTY, building.apply)
        now = self._stamp(recording)
        changes = []
        units = 0
        for share in shares:
            version, state = loaded[streams[share.building]]
            if fixed.credited(state):
                units += state.distributions[fixed.settlement]
                continue
            accrual = fixed.accrual(state, share, now)
            units += len(accrual.lines)
            changes.append(Change(streams[share.building], version, (accrual,)))
        return (self._log.append(changes).position if changes else 0), units

    def _load(self, codes: Collection[str]) -> dict[str, building.State]:
        streams = {building_stream(code): code for code in codes}
        loaded = self._log.load(list(streams), building.EMPTY, building.apply)
        return {code: loaded[stream][1] for stream, code in streams.items()}

    def _stamp(self, recording: Recording) -> Stamp:
        return stamp(recording, self._clock(), self._policy.version)


def _day(command: Order) -> object:
    return command.through if isinstance(command, DistributeGains) else command.settled_on
