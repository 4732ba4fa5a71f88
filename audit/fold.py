"""The fold (折叠) of the second witness: what each kind of event adds to which columns."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from audit import bank_fold, receipt_fold, repair_fold, tables
from audit.columns import Columns, pick
from ledger import events as on
from ledger.identity import event_id
from ledger.store.feed import Row


class Misplaced(Exception):  # noqa: N818 - names what was met: an event in a stream of another kind
    """A readable event in a stream where such events cannot be, or without a time zone."""


class Fold:
    """The growing columns of one replay."""

    def __init__(self) -> None:
        self.events = Columns(tables.LOG)
        self.buildings = Columns(tables.BUILDINGS)
        self.units = Columns(tables.UNITS, tables.OF_UNIT)
        self.entered = Columns(tables.ENTERED, {"building"})
        self.entries = Columns(tables.ENTRIES, tables.OF_ENTRY)
        self.owners = Columns(tables.OWNERS)
        self.gains = Columns(tables.GAINS, tables.OF_GAIN)
        self.distributions = Columns(tables.DISTRIBUTIONS)
        self.shares = Columns(tables.SHARES, tables.OF_SHARE)
        self.accruals = Columns(tables.ACCRUALS)
        self.steps = Columns(tables.STEPS)
        self.payments = Columns(tables.PAYMENTS)
        self.receipts = Columns(tables.RECEIPTS)
        self.imported = Columns(tables.IMPORTED)
        self.undone = Columns(tables.UNDONE)
        self.statements = Columns(tables.STATEMENTS, tables.OF_STATEMENT)
        self.refusals = Columns(tables.REFUSALS)

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
        if event.import_id is not None:
            self.imported.add(1, {**place, "import_id": event.import_id})

    def flush(self) -> None:
        """End a batch."""
        for columns in vars(self).values():
            columns.flush()


Place = dict[str, Any]
Handler = Callable[[Fold, Place, str, Any], None]


def _building_opened(fold: Fold, place: Place, building: str, event: on.BuildingOpened) -> None:
    fold.buildings.add(
        1,
        {
            **place,
            "building": building,
            "name": event.name,
            "county": event.county,
            "estate": event.estate,
            "estate_name": event.estate_name,
            "management": event.management,
            "lift": event.lift,
            "storeys": event.storeys,
            "completed_on": event.completed_on,
            "warranty_until": event.warranty_until,
        },
    )


def _units_registered(fold: Fold, place: Place, building: str, event: on.UnitsRegistered) -> None:
    lines = event.lines
    fold.units.add(
        len(lines),
        {
            **place,
            "building": building,
            "unit": pick(lines, "unit"),
            "fund": pick(lines, "fund"),
            "usage": pick(lines, "usage"),
            "area_dm2": pick(lines, "area_dm2"),
            "owner_ref": pick(lines, "owner_ref"),
            "seller": pick(lines, "seller"),
            "realty_no": pick(lines, "realty_no"),
        },
    )


def _entries(
    fold: Fold, place: Place, building: str, event: on.Event, lines: tuple[Any, ...], **own: Any
) -> None:
    """Entries of unit accounts: what every one of them carries, and what is its kind's own."""
    moment: datetime = event.recorded_at
    fold.entries.add(
        len(lines),
        {
            **place,
            "line": list(range(len(lines))),
            "building": building,
            "unit": pick(lines, "unit"),
            "part": pick(lines, "part"),
            "value_date": event.value_date,
            "origin": event.origin,
            "actor": event.actor,
            "recorded_at": moment,
            **own,
        },
    )


def _balance_opened(fold: Fold, place: Place, building: str, event: on.BalanceOpened) -> None:
    _entries(
        fold,
        place,
        building,
        event,
        event.lines,
        kind="opening",
        principal_fen=pick(event.lines, "principal_fen"),
        interest_fen=pick(event.lines, "interest_fen"),
        reversal=False,
        basis=event.basis,
    )


def _deposit_collected(fold: Fold, place: Place, building: str, event: on.DepositCollected) -> None:
    lines = event.lines
    _entries(
        fold,
        place,
        building,
        event,
        lines,
        kind="deposit",
        principal_fen=pick(lines, "amount_fen"),
        interest_fen=0,
        reversal=False,
        deposit_kind=event.kind,
        receipt_no=pick(lines, "receipt_no"),
        bank_ref=pick(lines, "bank_ref"),
        account=pick(lines, "account"),
        payer_ref=pick(lines, "payer_ref"),
    )


def _income_credited(fold: Fold, place: Place, building: str, event: on.IncomeCredited) -> None:
    _entries(
        fold,
        place,
        building,
        event,
        event.lines,
        kind="income",
        principal_fen=pick(event.lines, "amount_fen"),
        interest_fen=0,
        reversal=False,
        bank_ref=event.bank_ref,
        income_category=event.category,
        income_unit=event.unit,
    )


def _interest_accrued(fold: Fold, place: Place, building: str, event: on.InterestAccrued) -> None:
    _entries(
        fold,
        place,
        building,
        event,
        event.lines,
        kind="interest",
        principal_fen=0,
        interest_fen=pick(event.lines, "interest_fen"),
        reversal=False,
        distribution=event.distribution,
    )
    fold.accruals.add(
        1,
        {
            **place,
            "building": building,
            "fund": event.fund,
            "boundary": event.boundary,
            "value_date": event.value_date,
            "distribution": event.distribution,
            "settles": event.settles,
        },
    )


def _withdrawal_paid(fold: Fold, place: Place, building: str, event: on.WithdrawalPaid) -> None:
    _entries(
        fold,
        place,
        building,
        event,
        event.lines,
        kind="withdrawal",
        principal_fen=[-line.principal_fen for line in event.lines],
        interest_fen=[-line.interest_fen for line in event.lines],
        reversal=False,
        payment=event.payment,
    )


def _deposit_refunded(fold: Fold, place: Place, building: str, event: on.DepositRefunded) -> None:
    lines = event.lines
    _entries(
        fold,
        place,
        building,
        event,
        lines,
        kind="refund",
        principal_fen=[-line.principal_fen for line in lines],
        interest_fen=[-line.interest_fen for line in lines],
        reversal=False,
        refund_reason=event.reason,
        refunds=pick(lines, "deposit"),
        refunds_line=pick(lines, "deposit_line"),
        refunds_day=pick(lines, "deposited_on"),
        refunds_kind=pick(lines, "deposit_kind"),
        receipt_no=pick(lines, "receipt_no"),
        bank_ref=pick(lines, "bank_ref"),
        payee_ref=pick(lines, "payee_ref"),
    )


def _owner_changed(fold: Fold, place: Place, building: str, event: on.OwnerChanged) -> None:
    fold.owners.add(
        1,
        {
            **place,
            "building": building,
            "unit": event.unit,
            "owner_ref": event.owner_ref,
            "deed_no": event.deed_no,
            "value_date": event.value_date,
            "principal_fen": event.principal_fen,
            "interest_fen": event.interest_fen,
            "origin": event.origin,
            "actor": event.actor,
        },
    )


def _entry_reversed(fold: Fold, place: Place, building: str, event: on.EntryReversed) -> None:
    _entries(
        fold,
        place,
        building,
        event,
        event.lines,
        kind=pick(event.lines, "kind"),
        principal_fen=pick(event.lines, "principal_fen"),
        interest_fen=pick(event.lines, "interest_fen"),
        reversal=True,
        reverses_version=event.version,
        reverses_line=pick(event.lines, "line"),
    )


def _book(name: str) -> Place:
    county, _, fund = name.partition("/")
    if fund not in ("commodity", "public") or not county:
        raise Misplaced("不属于这样的流")
    return {"county": county, "fund": fund}


def _buildings_entered(fold: Fold, place: Place, book: str, event: on.BuildingsEntered) -> None:
    fold.entered.add(len(event.buildings), {**place, **_book(book), "building": list(event.buildings)})


def _gains_received(fold: Fold, place: Place, book: str, event: on.BankGainsReceived) -> None:
    lines = event.lines
    fold.gains.add(
        len(lines),
        {
            **place,
            **_book(book),
            "line": list(range(len(lines))),
            "value_date": event.value_date,
            "category": pick(lines, "category"),
            "account": pick(lines, "account"),
            "amount_fen": pick(lines, "amount_fen"),
            "bank_ref": pick(lines, "bank_ref"),
            "reversal": False,
        },
    )


def _gains_reversed(fold: Fold, place: Place, book: str, event: on.GainsReversed) -> None:
    lines = event.lines
    fold.gains.add(
        len(lines),
        {
            **place,
            **_book(book),
            "line": list(range(len(lines))),
            "value_date": event.value_date,
            "category": pick(lines, "category"),
            "amount_fen": pick(lines, "amount_fen"),
            "reversal": True,
            "reverses_version": event.version,
            "reverses_line": pick(lines, "line"),
        },
    )


def _gains_distributed(fold: Fold, place: Place, book: str, event: on.GainsDistributed) -> None:
    shares = event.shares
    fold.shares.add(
        len(shares),
        {
            "distribution": event_id(place["stream"], place["version"]),
            "building": pick(shares, "building"),
            "read_version": pick(shares, "version"),
            "weight": pick(shares, "weight"),
            "share_fen": pick(shares, "share_fen"),
        },
    )
    fold.distributions.add(
        1,
        {
            **place,
            **_book(book),
            "through": event.through,
            "boundary": event.boundary,
            "previous": event.previous,
            "pool_fen": event.pool_fen,
        },
    )


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
    on.BuildingOpened: ("building", _building_opened),
    on.UnitsRegistered: ("building", _units_registered),
    on.BalanceOpened: ("building", _balance_opened),
    on.DepositCollected: ("building", _deposit_collected),
    on.IncomeCredited: ("building", _income_credited),
    on.InterestAccrued: ("building", _interest_accrued),
    on.WithdrawalPaid: ("building", _withdrawal_paid),
    on.DepositRefunded: ("building", _deposit_refunded),
    on.OwnerChanged: ("building", _owner_changed),
    on.EntryReversed: ("building", _entry_reversed),
    on.BuildingsEntered: ("book", _buildings_entered),
    on.BankGainsReceived: ("book", _gains_received),
    on.GainsReversed: ("book", _gains_reversed),
    on.GainsDistributed: ("book", _gains_distributed),
    **{kind: ("repair", handle) for kind, handle in repair_fold.HANDLERS.items()},
    **{kind: ("bank", handle) for kind, handle in bank_fold.HANDLERS.items()},
    on.CommandRefused: ("refusal", _command_refused),
    on.ReceiptsIssued: ("receipts", receipt_fold.receipts),
    on.ReceiptsVoided: ("receipts", receipt_fold.receipts),
    on.ImportUndone: ("import", _import_undone),
}
