"""A batch of commands: its streams are loaded once and evolve as one command after another is decided.

Nothing is written here; what the batch decided is read off as changes and claims. How each command changes it
is in ``ledger.handlers``.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from ledger import bank, book, building, receipts, repair, rules
from ledger.commands import Command
from ledger.errors import Refusal
from ledger.events import Event
from ledger.identity import RECEIPT_CODES, building_stream
from ledger.log import Change, Claim, Log
from ledger.policy import Policy
from ledger.rules import Circumstances
from ledger.stamp import Stamp
from ledger.streams import DEMONSTRATION_STREAM, Streams


class Batch:
    """The streams of some commands as they stand, and what is to be appended to them.

    ``entering`` collects, by book, the buildings that got units; ``receipts`` the numbers known to be in use
    by county; ``undoing`` how many events the undoing of an import takes back.
    """

    def __init__(self, log: Log, policy: Policy, stamp: Stamp, today: date, names: Collection[str]) -> None:
        self.log = log
        self.policy = policy
        self.stamp = stamp
        self.today = today
        self.live = stamp["origin"] == "live"
        self.entering: defaultdict[str, set[str]] = defaultdict(set)
        self.claims: dict[tuple[str, str], Claim] = {}
        self.receipts: defaultdict[str, set[str]] = defaultdict(set)
        self.undoing: dict[str, int] = {}
        self._originals: dict[str, list[Event]] = {}
        self._read: dict[str, book.State] = {}
        self.repairs = Streams(log, names, "repair/", repair.EMPTY, repair.apply)
        repaired = {building_stream(code) for state in self.repairs.states() for code in state.buildings}
        self.buildings = Streams(log, {*names, *repaired}, "building/", building.EMPTY, building.apply)
        self.books = Streams(log, names, "book/", book.EMPTY, book.apply)
        self.undone = Streams(log, names, "import/", 0, _count)
        self.banks = Streams(log, names, "bank/", bank.EMPTY, bank.apply)
        self.erased = Streams(log, names, "party/", 0, _count)
        self.started = Streams(log, names, DEMONSTRATION_STREAM, 0, _count)
        self.codes = Streams(log, names, RECEIPT_CODES, frozenset[str](), receipts.note_codes)
        self.ranges = Streams(log, names, "receipts/", receipts.EMPTY, receipts.apply)

    @property
    def changes(self) -> list[Change]:
        """What the batch appends."""
        money = (self.buildings, self.books, self.repairs, self.banks)
        kinds = (self.started, self.undone, self.erased, self.codes, self.ranges, *money)
        return [change for kind in kinds for change in kind.changes()]

    def judge(self, circumstances: Circumstances, command: Command) -> list[Refusal]:
        """What the rules say to a live command; history is recorded as it happened."""
        return list(rules.judge(circumstances, command)) if self.live else []

    def history(self, building: str) -> list[Event]:
        """All events of a building's stream: those on record, and those of this batch."""
        return [*self.stored(building), *self.buildings.new(building)]

    def book(self, name: str) -> book.State:
        """A book as it stands, also one that no command of the batch is about; such a one is read once."""
        if name in self.books:
            return self.books[name]
        if name not in self._read:
            self._read[name] = self.log.load([name], book.EMPTY, book.apply)[name][1]
        return self._read[name]

    def stored(self, stream: str) -> list[Event]:
        """The events of a stream on record, read once."""
        if stream not in self._originals:
            self._originals[stream] = self.log.events(stream)
        return self._originals[stream]


def _count(events: int, _: Event) -> int:
    return events + 1
