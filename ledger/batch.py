"""A batch of commands: its streams are loaded once and evolve as one command after another is decided.

Nothing is written here; what the batch decided is read off as changes and claims.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from ledger import bank, book, building, income, opening, ownership, receipts, refund, repair, rules, undo
from ledger.commands import (
    ChangeOwner,
    CollectDeposit,
    Command,
    CreditIncome,
    IssueReceipts,
    OpenBalance,
    ReceiveGains,
    RecordRepair,
    RecordStatement,
    RefundDeposit,
    RegisterUnits,
    ReverseEntry,
    StartDemonstration,
    UndoImport,
    VoidReceipts,
)
from ledger.errors import InputError, Refusal, Refused
from ledger.events import DemonstrationStarted, Event, ReceiptCodesEntered, RepairPaid
from ledger.identity import (
    RECEIPT_CODES,
    bank_stream,
    book_stream,
    building_stream,
    event_id,
    import_stream,
    receipts_stream,
    repair_stream,
)
from ledger.limits import refuse_any
from ledger.log import Change, Claim, Log
from ledger.policy import Policy
from ledger.rules import Circumstances
from ledger.sharing import repair_shares
from ledger.stamp import Stamp
from ledger.streams import DEMONSTRATION_STREAM, Streams, streams_of


class Batch:
    """Commands with their streams as they stand; ``decide`` lets a command see what those before it did."""

    def __init__(
        self, log: Log, policy: Policy, stamp: Stamp, today: date, commands: Sequence[Command]
    ) -> None:
        self._log = log
        self._policy = policy
        self._stamp = stamp
        self._today = today
        self._live = stamp["origin"] == "live"
        self._entering: defaultdict[str, set[str]] = defaultdict(set)
        self._originals: dict[str, list[Event]] = {}
        self._claims: dict[tuple[str, str], Claim] = {}
        self._receipts: defaultdict[str, set[str]] = defaultdict(set)
        self._undoing: dict[str, int] = {}
        self.refusals: list[Refusal] = []
        self._commands = list(self._canonical(commands))
        names = {name for _, command in self._commands for name in streams_of(command)}
        self._buildings = Streams(log, names, "building/", building.EMPTY, building.apply)
        self._books = Streams(log, names, "book/", book.EMPTY, book.apply)
        self._repairs = Streams(log, names, "repair/", repair.EMPTY, repair.apply)
        self._undone = Streams(log, names, "import/", 0, _count)
        self._banks = Streams(log, names, "bank/", bank.EMPTY, bank.apply)
        self._started = Streams(log, names, DEMONSTRATION_STREAM, 0, _count)
        if self._live and any(isinstance(command, CollectDeposit) for _, command in self._commands):
            names.add(RECEIPT_CODES)
        self._codes = Streams(log, names, RECEIPT_CODES, frozenset[str](), receipts.note_codes)
        if RECEIPT_CODES in self._codes:
            names |= {receipts_stream(code) for code in self._codes[RECEIPT_CODES]}
        self._ranges = Streams(log, names, "receipts/", receipts.EMPTY, receipts.apply)
        if self._live:
            self._look_up_receipts([command for _, command in self._commands])

    def decide(self) -> None:
        """Decide every command; what is refused is left in ``refusals``, in the order of the commands."""
        for index, command in self._commands:
            try:
                self._decide(command)
            except Refused as refused:
                self._refuse(index, refused.refusals)
        self.refusals.sort(key=lambda refusal: refusal.command)
        for name, entering in self._entering.items():
            entries = book.decide_entries(self._books[name], entering, self._stamp, self._today)
            self._books.add(name, entries)

    @property
    def changes(self) -> list[Change]:
        """What the batch appends."""
        money = (self._buildings, self._books, self._repairs, self._banks)
        kinds = (self._started, self._undone, self._codes, self._ranges, *money)
        return [change for kind in kinds for change in kind.changes()]

    @property
    def claims(self) -> list[Claim]:
        """Receipt numbers (票据号) the batch uses: strict for live commands, noted for history."""
        return list(self._claims.values())

    def _refuse(self, index: int, refusals: Sequence[Refusal]) -> None:
        self.refusals += [
            Refusal(found.code, found.message, found.field, found.line, found.basis, index)
            for found in refusals
        ]

    def _canonical(self, commands: Sequence[Command]) -> Iterator[tuple[int, Command]]:
        """The commands with today's county codes, and reversals for undoing; what is unknown is refused."""
        for index, command in enumerate(commands):
            found = command
            if isinstance(command, UndoImport):
                yield from ((index, step) for step in self._steps(index, command))
                continue
            if isinstance(command, RegisterUnits | ReceiveGains | RecordRepair):
                try:
                    county = self._policy.county(command.county).code
                except InputError as error:
                    self._refuse(index, [Refusal(error.code, error.message, "county")])
                    continue
                found = command if county == command.county else replace(command, county=county)
            yield index, found

    def _decide(self, command: Command) -> None:
        match command:
            case CollectDeposit():
                self._collect(command)
            case RefundDeposit():
                self._refund(command)
            case ChangeOwner():
                self._transfer(command)
            case RegisterUnits():
                self._register(command)
            case OpenBalance():
                self._open(command)
            case CreditIncome():
                name = building_stream(command.building)
                state = self._buildings[name]
                self._buildings.add(name, income.decide_income(state, command, self._stamp, self._today))
            case ReceiveGains():
                name = book_stream(command.county, command.fund)
                self._books.add(name, book.decide_gains(command, self._stamp, self._today))
            case RecordRepair():
                self._repair(command)
            case RecordStatement():
                self._record_statement(command)
            case ReverseEntry():
                self._reverse(command)
            case IssueReceipts():
                self._issue(command)
            case VoidReceipts():
                self._void(command)
            case UndoImport():
                self._undo(command)
            case StartDemonstration():
                self._start(command)
            case _:
                raise TypeError(f"{type(command).__name__} cannot be part of a batch")

    # Deposits

    def _collect(self, command: CollectDeposit) -> None:
        name = building_stream(command.building)
        state = self._buildings[name]
        refusals: list[Refusal] = []
        try:
            events = building.decide_deposit(state, command, self._stamp, self._today)
        except Refused as refused:
            refusals += refused.refusals
        if state.facts is not None:
            used = self._receipts[state.facts.county]
            refusals += self._judge(Circumstances(used, ranges=self._ranges.states()), command)
            self._use_receipts(state.facts.county, command)
        if refusals:
            raise Refused(*refusals)
        self._buildings.add(name, events)

    def _use_receipts(self, county: str, command: CollectDeposit) -> None:
        for claim in _claims(county, command, self._live):
            self._claims.setdefault((claim.kind, claim.name), claim)
            if self._live:
                self._receipts[county].add(claim.name)

    def _look_up_receipts(self, commands: Sequence[Command]) -> None:
        """Ask the log once which receipts of a live batch are in use already."""
        county_of = {
            command.building: command.county for command in commands if isinstance(command, RegisterUnits)
        }
        wanted: dict[tuple[str, str], tuple[str, Claim]] = {}
        for command in commands:
            if not isinstance(command, CollectDeposit):
                continue
            facts = self._buildings[building_stream(command.building)].facts
            county = facts.county if facts is not None else county_of.get(command.building)
            if county is not None:
                for claim in _claims(county, command, strict=True):
                    wanted[claim.kind, claim.name] = county, claim
        taken = self._log.taken([claim for _, claim in wanted.values()])
        for county, claim in wanted.values():
            if claim in taken:
                self._receipts[county].add(claim.name)

    # Receipts

    def _issue(self, command: IssueReceipts) -> None:
        name = receipts_stream(command.code)
        self._ranges.add(name, receipts.decide_issue(self._ranges[name], command, self._stamp, self._today))
        if command.code not in self._codes[RECEIPT_CODES]:
            day = command.value_date
            entered = ReceiptCodesEntered(**self._stamp, value_date=day, codes=(command.code,))
            self._codes.add(RECEIPT_CODES, [entered])

    def _void(self, command: VoidReceipts) -> None:
        name = receipts_stream(command.code)
        events = receipts.decide_void(command, self._stamp, self._today)
        if self._live:
            used = self._used(receipts.range_of(command.first, command.last))
            refuse_any(self._judge(Circumstances(used, ranges=[self._ranges[name]]), command))
        self._ranges.add(name, events)

    def _used(self, asked: receipts.Range) -> set[str]:
        """The numbers of a range in use in any county: a deposit does not say its receipt's code."""
        counties = [county.code for county in self._policy.counties]
        numbers = [(county, number) for county in counties for number in asked.numbers()]
        claims = [Claim(f"receipt/{county}", number, strict=True) for county, number in numbers]
        return {claim.name for claim in self._log.taken(claims)}

    # Opening balances

    def _open(self, command: OpenBalance) -> None:
        name = building_stream(command.building)
        state = self._buildings[name]
        moved = {key for key, account in state.accounts.items() if account.entries} - state.opened
        refusals = self._judge(Circumstances(moved=moved), command)
        try:
            events = opening.decide_opening(state, command, self._stamp, self._today)
        except Refused as refused:
            raise Refused(*refused.refusals, *refusals) from refused
        refuse_any(refusals)
        self._buildings.add(name, events)

    # Refunds and changes of owner

    def _refund(self, command: RefundDeposit) -> None:
        name = building_stream(command.building)
        state = self._buildings[name]
        found = [refusal for refusal in refund.refusals(state, command, self._today) if refusal]
        drawn = refund.sources(state, self._history(name), command)
        refuse_any([*found, *self._judge(Circumstances(sources=drawn), command)])
        known = [source for source in drawn if source is not None]
        self._buildings.add(name, refund.decide_refund(command, known, self._stamp))

    def _transfer(self, command: ChangeOwner) -> None:
        name = building_stream(command.building)
        state = self._buildings[name]
        refuse_any(self._judge(Circumstances(building=state), command))
        events = ownership.decide_transfer(state, self._history(name), command, self._stamp, self._today)
        self._buildings.add(name, events)

    def _history(self, stream: str) -> list[Event]:
        """All events of a building: those on record, and those of this batch."""
        return [*self._stored(stream), *self._buildings.new(stream)]

    def _stored(self, stream: str) -> list[Event]:
        if stream not in self._originals:
            self._originals[stream] = self._log.events(stream)
        return self._originals[stream]

    # Units

    def _register(self, command: RegisterUnits) -> None:
        name = building_stream(command.building)
        events = building.decide_units(self._buildings[name], command, self._stamp, self._today)
        self._buildings.add(name, events)
        for unit in command.units:
            self._entering[book_stream(command.county, unit.fund)].add(command.building)

    # Repairs

    def _repair(self, command: RecordRepair) -> None:
        refuse_any(self._judge(Circumstances(), command))
        name = repair_stream(command.county, command.project)
        state = self._repairs[name]
        scope = {code: self._buildings[building_stream(code)] for code in command.buildings}
        events = repair.decide_repair(state, scope, command, self._stamp, self._today)
        for version, event in enumerate(events, state.version + 1):
            if isinstance(event, RepairPaid):
                self._withdraw(event, event_id(name, version))
        self._repairs.add(name, events)

    def _withdraw(self, paid: RepairPaid, payment: str) -> None:
        """Take one payment from the owner accounts of the buildings in scope."""
        scope = {code: self._buildings[building_stream(code)] for code in paid.buildings}
        interest_first = self._policy.interest_first(paid.value_date)
        for code, shares in repair_shares(paid.amount_fen, scope).items():
            self._buildings.add(
                building_stream(code),
                building.decide_withdrawal(
                    scope[code], shares, payment, paid.value_date, interest_first, self._stamp
                ),
            )

    # Bank statements

    def _record_statement(self, command: RecordStatement) -> None:
        name = bank_stream(command.account)
        state = self._banks[name]
        events = bank.decide_statement(state, command, self._stamp, self._today)
        refuse_any(self._judge(Circumstances(breaks=bank.breaks(state, command)), command))
        self._banks.add(name, events)

    # Reversals

    def _reverse(self, command: ReverseEntry) -> None:
        original = self._original(command)
        if command.stream in self._buildings:
            self._refuse_given_back(command)
            self._buildings.add(
                command.stream,
                building.decide_reversal(self._buildings[command.stream], original, command, self._stamp),
            )
        elif command.stream in self._books:
            self._books.add(
                command.stream,
                book.decide_reversal(self._books[command.stream], original, command, self._stamp),
            )
        elif command.stream in self._banks:
            self._banks.add(
                command.stream,
                bank.decide_reversal(self._banks[command.stream], original, command, self._stamp),
            )
        else:
            raise Refused(Refusal("not-reversible", f"“{command.stream}”中的事件不能冲正", "stream"))

    def _refuse_given_back(self, command: ReverseEntry) -> None:
        if self._live:
            given_back = refund.given_back(self._history(command.stream), command.version)
            refuse_any(self._judge(Circumstances(given_back=given_back), command))

    def _original(self, command: ReverseEntry) -> Event | None:
        events = self._stored(command.stream)
        return events[command.version - 1] if 0 < command.version <= len(events) else None

    # Undoing an import

    def _steps(self, index: int, command: UndoImport) -> Sequence[Command]:
        """The undoing of an import and the reversals it stands for; none where it is refused."""
        try:
            version = len(self._log.events(import_stream(command.import_id)))
            found = self._log.imported(command.import_id)
            steps = () if version else undo.reversals(command, found)
        except Refused as refused:
            self._refuse(index, refused.refusals)
            return ()
        self._undoing[command.import_id] = len(steps)
        return (command, *steps)

    def _undo(self, command: UndoImport) -> None:
        name, events = import_stream(command.import_id), self._undoing[command.import_id]
        undone = undo.decide_undo(self._undone[name], command, events, self._stamp, self._today)
        self._undone.add(name, [undone])

    # The demonstration

    def _start(self, command: StartDemonstration) -> None:
        if self._started[DEMONSTRATION_STREAM]:
            raise Refused(Refusal("demonstration-started", "演示数据已经开始"))
        event = DemonstrationStarted(
            **self._stamp, value_date=self._today, seed=command.seed, scale=command.scale
        )
        self._started.add(DEMONSTRATION_STREAM, [event])

    def _judge(self, circumstances: Circumstances, command: Command) -> list[Refusal]:
        """What the rules say to a live command; history is recorded as it happened."""
        return list(rules.judge(circumstances, command)) if self._live else []


def _claims(county: str, command: CollectDeposit, strict: bool) -> Iterator[Claim]:
    for line in command.lines:
        if line.receipt_no is not None:
            yield Claim(f"receipt/{county}", line.receipt_no, strict)


def _count(events: int, _: Event) -> int:
    return events + 1
