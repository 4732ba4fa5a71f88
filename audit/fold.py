"""The fold (折叠) of the second witness: what each kind of event adds to which columns."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from audit import tables
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
        self.gains = Columns(tables.GAINS, tables.OF_GAIN)
        self.distributions = Columns(tables.DISTRIBUTIONS)
        self.shares = Columns(tables.SHARES, tables.OF_SHARE)
        self.accruals = Columns(tables.ACCRUALS)
        self.steps = Columns(tables.STEPS)
        self.payments = Columns(tables.PAYMENTS)
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
        handle(self, {"position": position, "stream": stream, "version": version}, name, event)

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


def _repair_proposed(fold: Fold, place: Place, _: str, event: on.RepairProposed) -> None:
    fold.steps.add(
        1,
        {
            **place,
            "county": event.county,
            "project": event.project,
            "estate": event.estate,
            "buildings": list(event.buildings),
            "object": event.object,
            "content": event.content,
            "emergency": event.emergency,
            "budget_fen": event.budget_fen,
            "applied_on": event.applied_on,
            "handler_ref": event.handler_ref,
            "proposed_version": place["version"],
        },
    )


def _vote_counted(fold: Fold, place: Place, _: str, event: on.VoteCounted) -> None:
    fold.steps.add(
        1,
        {
            **place,
            "voted_on": event.value_date,
            "total_area_dm2": event.total_area_dm2,
            "total_households": event.total_households,
            "present_area_dm2": event.present_area_dm2,
            "present_households": event.present_households,
            "agreed_area_dm2": event.agreed_area_dm2,
            "agreed_households": event.agreed_households,
            "vote_version": place["version"],
        },
    )


def _step(**columns: str) -> Handler:
    """A step of the procedure: each column takes the named field of the event; the version is evidence."""

    def handle(fold: Fold, place: Place, _: str, event: on.Event) -> None:
        taken = {
            column: place["version"] if source == "version" else getattr(event, source)
            for column, source in columns.items()
        }
        fold.steps.add(1, {**place, **taken})

    return handle


def _repair_paid(fold: Fold, place: Place, name: str, event: on.RepairPaid) -> None:
    county, _, project = name.partition("/")
    payee = event.payee
    fold.payments.add(
        1,
        {
            **place,
            "county": county,
            "project": project,
            "stage": event.stage,
            "amount_fen": event.amount_fen,
            "paid_on": event.value_date,
            "payee_kind": payee and payee.kind,
            "payee_name": payee and payee.name,
            "payee_account": payee and payee.account,
            "party_ref": payee and payee.party_ref,
            "account_ref": payee and payee.account_ref,
            "bank_ref": event.bank_ref,
            "invoice_no": event.invoice_no,
            "buildings": list(event.buildings),
            "actor": event.actor,
            "origin": event.origin,
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


# Events not named here fill no table of the audit but ``log``; a test names them.
_HANDLERS: Final[dict[type[on.Event], tuple[str, Handler]]] = {
    on.BuildingOpened: ("building", _building_opened),
    on.UnitsRegistered: ("building", _units_registered),
    on.DepositCollected: ("building", _deposit_collected),
    on.InterestAccrued: ("building", _interest_accrued),
    on.WithdrawalPaid: ("building", _withdrawal_paid),
    on.EntryReversed: ("building", _entry_reversed),
    on.BuildingsEntered: ("book", _buildings_entered),
    on.BankGainsReceived: ("book", _gains_received),
    on.GainsReversed: ("book", _gains_reversed),
    on.GainsDistributed: ("book", _gains_distributed),
    on.RepairProposed: ("repair", _repair_proposed),
    on.VoteCounted: ("repair", _vote_counted),
    on.NoticePosted: ("repair", _step(noticed_on="value_date", notice_version="version")),
    on.RepairApproved: (
        "repair",
        _step(
            approved_on="value_date",
            approved_fen="amount_fen",
            approver_ref="approver_ref",
            approved_version="version",
        ),
    ),
    on.RepairStarted: ("repair", _step(started_on="value_date", started_version="version")),
    on.RepairPaid: ("repair", _repair_paid),
    on.RepairAccepted: ("repair", _step(accepted_on="value_date", accepted_version="version")),
    on.RepairSettled: (
        "repair",
        _step(settled_on="value_date", settled_fen="amount_fen", settled_version="version"),
    ),
    on.CommandRefused: ("refusal", _command_refused),
}
