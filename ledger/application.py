"""The application: judges commands, decides them and appends the events – the only writer of the ledger.

A batch of commands is one append, all or nothing. A conflict with another writer is decided again on fresh
state a bounded number of times. A repeated request (same key, same digest) changes nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from msgspec.structs import replace

from ledger import building, ownership, publishing
from ledger.allocation import Allocation, allocation
from ledger.calendar import Clock, today
from ledger.commands import AccrueRates, Command, DistributeGains, Recording, UndoImport, name_of
from ledger.deciding import Decided, decide
from ledger.errors import Refusal, Refused
from ledger.events import CommandRefused, Event, GainsDistributed, PublicationIssued, RatesAccrued, RepairPaid
from ledger.handlers import HANDLERS
from ledger.identity import Fund, book_stream, building_stream, event_id, repair_stream
from ledger.log import Change, Log, Request
from ledger.money import Fen
from ledger.policy import Policy
from ledger.reconciling import Found
from ledger.retrying import retried
from ledger.settling import TERMS, Order, Settled, Settling
from ledger.stamp import Stamp, stamp


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


@dataclass(frozen=True, slots=True)
class Accrual:
    """What interest at rates did: the book ``county/fund``, the terms, buildings and units credited."""

    book: str
    terms: RatesAccrued
    buildings: int
    units: int
    position: int

    @property
    def difference_fen(self) -> Fen:
        """What remains of the gains that waited (3101); negative: more was credited than the bank paid."""
        return self.terms.waiting_fen - self.terms.total_fen


class Application:
    """Carries out commands on a log under a policy, at the time of a clock."""

    def __init__(self, log: Log, policy: Policy, clock: Clock) -> None:
        self._log = log
        self._policy = policy
        self._clock = clock
        self._settling = Settling(log, policy, clock)

    def execute(
        self, commands: Sequence[Command], recording: Recording, *, rows: Sequence[bytes] = ()
    ) -> Outcome:
        """Decide all commands and append their events at once, or nothing.

        ``rows`` are the digests of the register rows that the commands stand for. Raises Refused with every
        refusal of the batch (a live one is kept as ``command-refused`` if the recording says so), Busy when
        other writers kept interfering, IdempotencyConflict when the key came with another request.
        """
        if (earlier := self.repeated(recording)) is not None:
            return earlier
        return retried(lambda: self._attempt(commands, recording, rows))

    def repeated(self, recording: Recording) -> Outcome | None:
        """What an earlier identical request did, None where there was none; raises IdempotencyConflict."""
        request = _request(recording)
        earlier = None if request is None else self._log.repeated(request)
        return None if earlier is None else Outcome(earlier.position, earlier.events, repeated=True)

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

    def counties(self, commands: Sequence[Command]) -> frozenset[str]:
        """The counties (区县) that commands touch, "" for receipts and bank accounts, which are no county's.

        A building or county that is not on record adds none: a command about it is refused.
        """
        streams = {stream for command in commands for stream in self._streams(command)}
        rooms = [(room, rest) for room, _, rest in (stream.partition("/") for stream in streams)]
        named = {rest.partition("/")[0] for room, rest in rooms if room in ("book", "repair")}
        states = self.buildings([rest for room, rest in rooms if room == "building"]).values()
        return frozenset(
            {county.code for code, county in self._policy.county_of.items() if code in named}
            | {state.facts.county for state in states if state.facts is not None}
            | {"" for room, _ in rooms if room in ("receipts", "bank")}
        )

    def _streams(self, command: Command) -> Iterable[str]:
        """The streams of a command; of an undoing those that the import wrote to."""
        if isinstance(command, UndoImport):
            return (made.stream for made in self._log.imported(command.import_id) or ())
        return HANDLERS[type(command)].streams(command)

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

    def published(self, county: str, fund: Fund, year: int) -> tuple[PublicationIssued, str] | None:
        """The last publication (年度公布) of a year and its sheet, made again from what it had read."""
        name = book_stream(self._policy.county(county).code, fund)
        issued = [
            event
            for event in self._log.events(name)
            if isinstance(event, PublicationIssued) and event.year == year
        ]
        if not issued:
            return None
        histories = {
            read.building: self._log.events(building_stream(read.building))[: read.version]
            for read in issued[-1].buildings
        }
        found = {code: Found.of(history) for code, history in histories.items()}
        return issued[-1], publishing.sheet(found, fund, year).text

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
        done = self._settle(command, GainsDistributed, recording)
        return Distribution(
            book=f"{command.county}/{fund}",
            through=done.terms.through,
            pool_fen=done.terms.pool_fen,
            buildings=sum(1 for share in done.terms.shares if share.share_fen),
            units=done.units,
            position=done.position,
        )

    def accrue(self, command: AccrueRates, recording: Recording) -> Accrual:
        """Credit interest at a bank's listed rates to the accounts of a book (定率计息).

        A settlement that was torn is finished first; asking again for its own day finishes it and returns its
        result. Raises InputError ``county-unknown``; Refused ``boundary-not-later``, ``method-mixed``,
        ``rate-unknown``, ``interest-none``, ``date-future``, and live ``gains-exceeded``; Busy;
        IdempotencyConflict.
        """
        county = self._policy.county(command.county).code
        done = self._settle(replace(command, county=county), RatesAccrued, recording)
        return Accrual(
            book=f"{county}/{command.fund}",
            terms=done.terms,
            buildings=sum(1 for share in done.terms.shares if share.credit_fen),
            units=done.units,
            position=done.position,
        )

    def _settle(self, command: Order, kind: type[TERMS], recording: Recording) -> Settled[TERMS]:
        try:
            return self._settling.settle(command, kind, recording, _request(recording))
        except Refused as refused:
            self._keep_refusal(command, refused.refusals, recording)
            raise

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


def _subject(command: Command) -> str:
    """The code of the building, book or project that a command is about."""
    if isinstance(command, Order):
        return f"{command.county}/{command.fund}"
    return HANDLERS[type(command)].subject(command)
