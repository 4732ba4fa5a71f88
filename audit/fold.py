"""The fold (折叠) of the second witness: what each kind of event adds to which columns."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from audit import (
    bank_fold,
    book_fold,
    book_tables,
    building_fold,
    course_fold,
    dues_fold,
    leaving_fold,
    leaving_tables,
    receipt_fold,
    repair_fold,
    tables,
    treasury_fold,
    yearly_fold,
)
from audit.columns import Columns, Misplaced, pick
from ledger import events as on
from ledger.store.feed import Row


class Fold:
    """The growing columns of one replay."""

    def __init__(self) -> None:
        self.events = Columns(tables.LOG)
        self.recorded = Columns(tables.RECORDED)
        self.buildings = Columns(tables.BUILDINGS)
        self.units = Columns(tables.UNITS, tables.OF_UNIT)
        self.unit_changes = Columns(tables.UNIT_CHANGES, tables.OF_UNIT_CHANGE)
        self.freezes = Columns(tables.FREEZES)
        self.entered = Columns(book_tables.ENTERED, {"building"})
        self.entries = Columns(tables.ENTRIES, tables.OF_ENTRY)
        self.owners = Columns(tables.OWNERS)
        self.decisions = Columns(tables.DECISIONS)
        self.sales = Columns(tables.SALES)
        self.gains = Columns(book_tables.GAINS, book_tables.OF_GAIN)
        self.accounts = Columns(book_tables.ACCOUNTS)
        self.closings = Columns(book_tables.CLOSINGS)
        self.reconciled = Columns(book_tables.RECONCILED)
        self.published = Columns(book_tables.PUBLISHED)
        self.reads = Columns(book_tables.READS, book_tables.OF_READ)
        self.distributions = Columns(book_tables.DISTRIBUTIONS)
        self.shares = Columns(book_tables.SHARES, book_tables.OF_SHARE)
        self.accruals = Columns(book_tables.ACCRUALS)
        self.steps = Columns(tables.STEPS)
        self.course = Columns(course_fold.COURSE)
        self.causes = Columns(course_fold.CAUSES)
        self.charged = Columns(tables.CHARGED, tables.OF_CHARGED)
        self.ballots = Columns(tables.BALLOTS, tables.OF_BALLOT)
        self.counted = Columns(tables.COUNTED, tables.OF_COUNTED)
        self.payments = Columns(tables.PAYMENTS)
        self.raised = Columns(tables.RAISED, tables.OF_RAISED)
        self.returns = Columns(tables.RETURNS)
        self.reversals = Columns(leaving_tables.REVERSALS)
        self.payment_reversals = Columns(leaving_tables.PAYMENT_REVERSALS)
        self.destructions = Columns(leaving_tables.DESTRUCTIONS)
        self.obligations = Columns(leaving_tables.OBLIGATIONS, leaving_tables.OF_OBLIGATION)
        self.custody = Columns(leaving_tables.CUSTODY)
        self.receipts = Columns(tables.RECEIPTS)
        self.imported = Columns(tables.IMPORTED)
        self.undone = Columns(tables.UNDONE)
        self.statements = Columns(tables.STATEMENTS, tables.OF_STATEMENT)
        self.refusals = Columns(tables.REFUSALS)
        self.treasury = Columns(book_tables.TREASURY)

    def log(self, rows: Sequence[Row]) -> None:
        """Note that these events exist, readable or not."""
        self.events.extend({name: pick(rows, name) for name in tables.LOG})

    def event(self, position: int, stream: str, version: int, event: on.Event) -> None:
        """Fold one event; raises Misplaced or OutOfRange, and then what it says must not be relied on."""
        if type(event) not in _HANDLERS:
            return
        room, handle = _HANDLERS[type(event)]
        kind, _, name = stream.partition("/")
        if kind != room or not name:
            raise Misplaced("不属于这样的流")
        if event.recorded_at.tzinfo is None:
            raise Misplaced("记录时间没有时区")
        place = {"position": position, "stream": stream, "version": version}
        handle(self, place, name, event)
        said = {"position": position, "actor": event.actor, "papers": len(event.evidence)}
        self.recorded.add(1, said)
        if event.import_id is not None:
            self.imported.add(1, {**place, "import_id": event.import_id})

    def flush(self) -> None:
        """End a batch."""
        for columns in vars(self).values():
            columns.flush()


Place = dict[str, Any]
Handler = Callable[[Fold, Place, str, Any], None]


def _command_refused(fold: Fold, place: Place, _: str, event: on.CommandRefused) -> None:
    fold.refusals.add(
        1,
        {
            **place,
            "command": event.command,
            "subject": event.subject,
            "codes": list(event.codes),
            "messages": list(event.messages),
            "value_date": event.value_date,
            "recorded_at": event.recorded_at,
            "actor": event.actor,
        },
    )


def _import_undone(fold: Fold, place: Place, import_id: str, event: on.ImportUndone) -> None:
    if event.undone != import_id:
        raise Misplaced("不属于这样的流")
    fold.undone.add(1, {**place, "undone": event.undone, "events": event.events})


# Events not named here fill no table of the audit but ``log``; a test names them.
_HANDLERS: Final[dict[type[on.Event], tuple[str, Handler]]] = {
    **{kind: ("building", handle) for kind, handle in building_fold.HANDLERS.items()},
    **{kind: ("building", handle) for kind, handle in dues_fold.HANDLERS.items()},
    **{kind: ("building", handle) for kind, handle in leaving_fold.HANDLERS.items()},
    **{kind: ("book", handle) for kind, handle in book_fold.HANDLERS.items()},
    **{kind: ("book", handle) for kind, handle in treasury_fold.HANDLERS.items()},
    **{kind: ("book", handle) for kind, handle in yearly_fold.HANDLERS.items()},
    **{kind: ("repair", handle) for kind, handle in repair_fold.HANDLERS.items()},
    **{kind: ("bank", handle) for kind, handle in bank_fold.HANDLERS.items()},
    on.CommandRefused: ("refusal", _command_refused),
    on.ReceiptsIssued: ("receipts", receipt_fold.receipts),
    on.ReceiptsVoided: ("receipts", receipt_fold.receipts),
    on.ImportUndone: ("import", _import_undone),
}
