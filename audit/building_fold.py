"""The fold of buildings (楼幢): units, owners and every entry on unit accounts."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from audit.columns import pick
from audit.course_fold import cause
from ledger import events as on
from ledger.identity import event_id

if TYPE_CHECKING:
    from audit.fold import Fold, Place

Handler = Callable[["Fold", "Place", str, Any], None]


def _building_opened(fold: "Fold", place: "Place", building: str, event: on.BuildingOpened) -> None:
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


def _units_registered(fold: "Fold", place: "Place", building: str, event: on.UnitsRegistered) -> None:
    _units(fold, place, building, event.lines, event.value_date)


def _units(fold: "Fold", place: "Place", building: str, lines: Sequence[on.UnitLine], since: date) -> None:
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
            "since": since,
        },
    )


def add_entries(
    fold: "Fold", place: "Place", building: str, event: on.Event, lines: tuple[Any, ...], **own: Any
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


def _balance_opened(fold: "Fold", place: "Place", building: str, event: on.BalanceOpened) -> None:
    add_entries(
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


def _deposit_collected(fold: "Fold", place: "Place", building: str, event: on.DepositCollected) -> None:
    lines = event.lines
    add_entries(
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


def _income_credited(fold: "Fold", place: "Place", building: str, event: on.IncomeCredited) -> None:
    add_entries(
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


def _interest_accrued(fold: "Fold", place: "Place", building: str, event: on.InterestAccrued) -> None:
    cause(fold, place, "interest", event.distribution)
    add_entries(
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


def _withdrawal_paid(fold: "Fold", place: "Place", building: str, event: on.WithdrawalPaid) -> None:
    cause(fold, place, "withdrawal", event.payment)
    add_entries(
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


def _withdrawal_returned(fold: "Fold", place: "Place", building: str, event: on.WithdrawalReturned) -> None:
    cause(fold, place, "return", event.returned)
    add_entries(
        fold,
        place,
        building,
        event,
        event.lines,
        kind="return",
        principal_fen=pick(event.lines, "principal_fen"),
        interest_fen=pick(event.lines, "interest_fen"),
        reversal=False,
        payment=event.payment,
        paid_on=event.paid_on,
        returned=event.returned,
    )


def _deposit_refunded(fold: "Fold", place: "Place", building: str, event: on.DepositRefunded) -> None:
    lines = event.lines
    add_entries(
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


def _owner_changed(fold: "Fold", place: "Place", building: str, event: on.OwnerChanged) -> None:
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


def _entry_reversed(fold: "Fold", place: "Place", building: str, event: on.EntryReversed) -> None:
    cause(fold, place, "reversal", event_id(place["stream"], event.version))
    add_entries(
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
        obligation=event.obligation,
    )
    fold.reversals.add(
        1,
        {
            **place,
            "building": building,
            "reverses_version": event.version,
            "lines": len(event.lines),
            "obligation": event.obligation,
        },
    )
    if event.obligation:
        _obligation_reversed(fold, place, building, event)


def _obligation_reversed(fold: "Fold", place: "Place", building: str, event: on.EntryReversed) -> None:
    """What was owed for a destroyed building is owed no longer."""
    fold.obligations.add(
        len(event.lines),
        {
            **place,
            "line": list(range(len(event.lines))),
            "building": building,
            "unit": pick(event.lines, "unit"),
            "part": pick(event.lines, "part"),
            "value_date": event.value_date,
            "kind": "arisen",
            "amount_fen": [-line.principal_fen - line.interest_fen for line in event.lines],
            "owed_version": event.version,
            "owed_line": pick(event.lines, "line"),
            "reversal": True,
            "reverses_version": event.version,
            "reverses_line": pick(event.lines, "line"),
        },
    )


def _units_changed(fold: "Fold", place: "Place", building: str, event: on.UnitsChanged) -> None:
    """Units that are new count as registered; every unit before and after is a row of its own beside."""
    before = {line.unit for line in event.before}
    after = {line.unit for line in event.after}
    new = [line for line in event.after if line.unit not in before]
    if new:
        _units(fold, place, building, new, event.value_date)
    both = (*event.before, *event.after)
    fates = ["kept" if line.unit in after else "closed" for line in event.before]
    fates += ["kept" if line.unit in before else "opened" for line in event.after]
    fold.unit_changes.add(
        len(both),
        {
            **place,
            "building": building,
            "reason": event.reason,
            "value_date": event.value_date,
            "note": event.note,
            "after": [False] * len(event.before) + [True] * len(event.after),
            "unit": pick(both, "unit"),
            "fund": pick(both, "fund"),
            "usage": pick(both, "usage"),
            "area_dm2": pick(both, "area_dm2"),
            "seller": pick(both, "seller"),
            "realty_no": pick(both, "realty_no"),
            "fate": fates,
        },
    )
    add_entries(
        fold,
        place,
        building,
        event,
        event.lines,
        kind="moved",
        principal_fen=pick(event.lines, "principal_fen"),
        interest_fen=pick(event.lines, "interest_fen"),
        reversal=False,
        first_fen=pick(event.lines, "first_deposit_fen"),
    )


def _unit_frozen(fold: "Fold", place: "Place", building: str, event: on.UnitFrozen) -> None:
    fold.freezes.add(
        1,
        {
            **place,
            "building": building,
            "unit": event.unit,
            "order_no": event.order_no,
            "court": event.court,
            "value_date": event.value_date,
            "until": event.until,
            "amount_fen": event.amount_fen,
            "release": False,
        },
    )


def _unit_released(fold: "Fold", place: "Place", building: str, event: on.UnitReleased) -> None:
    fold.freezes.add(
        1,
        {
            **place,
            "building": building,
            "unit": event.unit,
            "order_no": event.order_no,
            "value_date": event.value_date,
            "release": True,
        },
    )


HANDLERS: Final[dict[type[on.Event], Handler]] = {
    on.BuildingOpened: _building_opened,
    on.UnitsRegistered: _units_registered,
    on.BalanceOpened: _balance_opened,
    on.DepositCollected: _deposit_collected,
    on.IncomeCredited: _income_credited,
    on.InterestAccrued: _interest_accrued,
    on.WithdrawalPaid: _withdrawal_paid,
    on.WithdrawalReturned: _withdrawal_returned,
    on.DepositRefunded: _deposit_refunded,
    on.OwnerChanged: _owner_changed,
    on.EntryReversed: _entry_reversed,
    on.UnitsChanged: _units_changed,
    on.UnitFrozen: _unit_frozen,
    on.UnitReleased: _unit_released,
}
