"""The application: judges commands, decides them and appends the events – the only writer of the ledger.

A batch of commands is one append, all or nothing. A conflict with another writer is decided again on fresh
state a bounded number of times. A repeated request (same key, same digest) changes nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from random import SystemRandom
from time import sleep
from typing import Final, NamedTuple, TypeVar
from uuid import uuid4

from ledger import book, building, interest, ownership
from ledger.allocation import Allocation, allocation
from ledger.calendar import Clock, today
from ledger.commands import Command, DistributeGains, Recording, name_of
from ledger.deciding import Decided, decide
from ledger.errors import Busy, Refusal, Refused
from ledger.events import BuildingShare, CommandRefused, Event, GainsDistributed, RepairPaid
from ledger.handlers import HANDLERS
from ledger.identity import Fund, book_stream, building_stream, event_id, parse_event_id, repair_stream
from ledger.log import Change, ClaimTaken, Log, Request, VersionConflict
from ledger.money import Fen
from ledger.policy import Policy
from ledger.stamp import Stamp, stamp

TRIES: Final = 8
BUILDINGS_PER_APPEND: Final = 200
_LONGEST_WAIT: Final = 0.02
_RANDOM: Final = SystemRandom()

RESULT = TypeVar("RESULT")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch did: position of the last event (0 when nothing was new) and ids of the events.

    ``repeated`` is True when an identical earlier request had done it already.
    """

    position: int
    events: tuple[str, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a distribution did: the book ``county/fund``, pool, buildings and unit accounts credited."""

    book: str
    through: date
    pool_fen: Fen
    buildings: int
    units: int
    position: int


class _Fixed(NamedTuple):
    """A distribution that its Book event has fixed: the event's id, the fund kind and the terms."""

    distribution: str
    fund: Fund
    terms: GainsDistributed

    def credited(self, state: building.State) -> bool:
        """Whether a building has its share."""
        return self.distribution in state.distributions


class Application:
    """Carries out commands on a log under a policy, at the time of a clock."""

    def __init__(self, log: Log, policy: Policy, clock: Clock) -> None:
        self._log = log
        self._policy = policy
        self._clock = clock

    def execute(
        self, commands: Sequence[Command], recording: Recording, *, rows: Sequence[bytes] = ()
    ) -> Outcome:
        """Decide all commands and append their events at once, or nothing.

        ``rows`` are the digests of the register rows that the commands stand for. Raises Refused with every
        refusal of the batch (a live one is kept as ``command-refused`` if the recording says so), Busy when
        other writers kept interfering, IdempotencyConflict when the key came with another request.
        """
        request = _request(recording)
        if request is not None and (earlier := self._log.repeated(request)) is not None:
            return Outcome(earlier.position, earlier.events, repeated=True)
        return _retried(lambda: self._attempt(commands, recording, rows))

    def _attempt(self, commands: Sequence[Command], recording: Recording, rows: Sequence[bytes]) -> Outcome:
        decided = self._decide(commands, recording)
        if decided.refusals:
            self._keep_refusal(commands[decided.refusals[0].command], decided.refusals, recording)
            raise Refused(*decided.refusals)
        request = _request(recording)
        if not (decided.changes or rows or request):
            return Outcome(0, ())
        done = self._log.append(
            decided.changes, request=request, claims=decided.claims, rows=rows, import_id=recording.import_id
        )
        return Outcome(done.position, done.events, done.repeated)

    def judge(self, commands: Sequence[Command], recording: Recording) -> tuple[Refusal, ...]:
        """Decide all commands and append nothing; returns every refusal (试运行)."""
        return tuple(self._decide(commands, recording).refusals)

    def buildings(self, codes: Collection[str]) -> dict[str, building.State]:
        """The buildings on record among the codes; those that are not on record are absent."""
        states = self._load_buildings(codes)
        return {code: state for code, state in states.items() if state.facts is not None}

    def holders(self, code: str, unit: str) -> list[ownership.Holder]:
        """The owners of a unit (户) in the order in which they were recorded; none for an unknown unit."""
        return ownership.holders(self._log.events(building_stream(code)), unit)

    def project(self, county: str, project: str) -> Sequence[Event]:
        """The events of a repair project, oldest first, none where it was never recorded.

        Raises InputError ``county-unknown``.
        """
        return self._log.events(repair_stream(self._policy.county(county).code, project))

    def allocation(self, county: str, project: str, version: int, position: int) -> Allocation | None:
        """Who bears what of a repair payment (分摊清册), None where there is none by this version.

        ``position`` is one that the log has reached. Raises InputError ``county-unknown``.
        """
        stream = repair_stream(self._policy.county(county).code, project)
        events = self._log.events(stream)
        paid = events[version - 1] if 0 < version <= len(events) else None
        if not isinstance(paid, RepairPaid):
            return None
        histories = {code: self._log.events(building_stream(code)) for code in paid.buildings}
        return allocation(event_id(stream, version), paid, histories, position)

    def known_rows(self, digests: Collection[bytes]) -> set[bytes]:
        """Those of the register rows (by digest) that an earlier import recorded."""
        return self._log.known_rows(digests)

    def distribute(self, county: str, fund: Fund, through: date, recording: Recording) -> Distribution:
        """Share the gains of a book received through a day over its accounts (增值收益分配).

        A distribution that was torn is finished first; asking again for its own day finishes it and returns
        its result. Raises InputError ``county-unknown``; Refused ``boundary-not-later``, ``pool-empty``,
        ``weight-none``, ``date-future``; Busy; IdempotencyConflict.
        """
        command = DistributeGains(county=self._policy.county(county).code, fund=fund, through=through)
        name = book_stream(command.county, fund)
        request = _request(recording)
        if request is not None and (earlier := self._log.repeated(request)) is not None:
            version = parse_event_id(earlier.events[0])[1]
            terms = self._log.events(name)[version - 1]
            if not isinstance(terms, GainsDistributed):
                raise TypeError(f"{earlier.events[0]} is no distribution")
            return self._complete(_Fixed(earlier.events[0], fund, terms), recording, earlier.position)
        try:
            fixed, position = _retried(lambda: self._fix(name, command, recording))
        except Refused as refused:
            self._keep_refusal(command, refused.refusals, recording)
            raise
        return self._complete(fixed, recording, position)

    def _fix(self, name: str, command: DistributeGains, recording: Recording) -> tuple[_Fixed, int]:
        """The distribution to credit and the position reached, after finishing a torn one."""
        version, state = self._log.load([name], book.EMPTY, book.apply)[name]
        states = self._load_buildings(state.buildings)
        if state.last is not None:
            earlier = _Fixed(event_id(name, state.last_version), command.fund, state.last)
            missing = [share for share in state.last.shares if not earlier.credited(states[share.building])]
            if missing:
                position, _ = self._accrue(earlier, missing, recording)
                if state.last.through == command.through:
                    return earlier, position
                states = self._load_buildings(state.buildings)
        (terms,) = book.decide_distribution(
            state, states, command, self._stamp(recording), today(self._clock)
        )
        change = Change(name, version, (terms,))
        done = self._log.append([change], request=_request(recording))
        return _Fixed(done.events[0], command.fund, terms), done.position

    def _complete(self, fixed: _Fixed, recording: Recording, position: int) -> Distribution:
        """Credit the buildings that lack the distribution, and tell what it came to."""
        last, units = self._accrue(fixed, fixed.terms.shares, recording)
        return Distribution(
            book=parse_event_id(fixed.distribution)[0].removeprefix("book/"),
            through=fixed.terms.through,
            pool_fen=fixed.terms.pool_fen,
            buildings=sum(1 for share in fixed.terms.shares if share.share_fen),
            units=units,
            position=max(position, last),
        )

    def _accrue(
        self, fixed: _Fixed, shares: Sequence[BuildingShare], recording: Recording
    ) -> tuple[int, int]:
        """Append the accruals of some buildings in turn: the last position (0 if none), accounts credited."""
        position = units = 0
        for start in range(0, len(shares), BUILDINGS_PER_APPEND):
            some = shares[start : start + BUILDINGS_PER_APPEND]
            reached, credited = _retried(partial(self._credit, fixed, some, recording))
            position = max(position, reached)
            units += credited
        return position, units

    def _credit(
        self, fixed: _Fixed, shares: Sequence[BuildingShare], recording: Recording
    ) -> tuple[int, int]:
        """One append of accruals on fresh state; buildings that have theirs by now are passed over."""
        streams = {share.building: building_stream(share.building) for share in shares}
        loaded = self._log.load(list(streams.values()), building.EMPTY, building.apply)
        now = self._stamp(recording)
        changes = []
        units = 0
        for share in shares:
            version, state = loaded[streams[share.building]]
            if fixed.credited(state):
                units += state.distributions[fixed.distribution]
                continue
            accrual = interest.decide_accrual(state, share, fixed.distribution, fixed.fund, fixed.terms, now)
            units += len(accrual.lines)
            changes.append(Change(streams[share.building], version, (accrual,)))
        return (self._log.append(changes).position if changes else 0), units

    def _load_buildings(self, codes: Collection[str]) -> dict[str, building.State]:
        streams = {building_stream(code): code for code in codes}
        loaded = self._log.load(list(streams), building.EMPTY, building.apply)
        return {code: loaded[stream][1] for stream, code in streams.items()}

    def _decide(self, commands: Sequence[Command], recording: Recording) -> Decided:
        return decide(self._log, self._policy, self._stamp(recording), today(self._clock), commands)

    def _stamp(self, recording: Recording) -> Stamp:
        return stamp(recording, self._clock(), self._policy.version)

    def _keep_refusal(self, command: Command, refusals: Sequence[Refusal], recording: Recording) -> None:
        """A refused live command leaves one event in a stream of its own (拒绝留痕), once for a request."""
        if recording.origin != "live" or not recording.refusals_kept:
            return
        event = CommandRefused(
            **self._stamp(recording),
            value_date=today(self._clock),
            command=name_of(type(command)),
            subject=_subject(command),
            codes=tuple(refusal.code for refusal in refusals),
            messages=tuple(refusal.message for refusal in refusals),
        )
        once = None
        if recording.key is not None:
            # The space keeps these keys apart from those of requests that were carried out.
            once = Request(f"refusal {recording.key} {recording.digest.hex()}", recording.digest)
        self._log.append([Change(f"refusal/{uuid4()}", 0, (event,))], request=once)


def _request(recording: Recording) -> Request | None:
    return None if recording.key is None else Request(recording.key, recording.digest)


def _retried(action: Callable[[], RESULT]) -> RESULT:
    """Try again on fresh state when another writer was first; raises Busy after the last try."""
    for attempt in range(TRIES):
        try:
            return action()
        except (VersionConflict, ClaimTaken):
            sleep(_RANDOM.uniform(0, _LONGEST_WAIT * (attempt + 1)))
    raise Busy(f"{TRIES} tries met other writers on the same streams")


def _subject(command: Command) -> str:
    """The code of the building, book or project that a command is about."""
    if isinstance(command, DistributeGains):
        return f"{command.county}/{command.fund}"
    return HANDLERS[type(command)].subject(command)
