"""The fold of what happened to projects (维修项目) step by step, and of what follows from what."""

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from audit.columns import Misplaced, Schema
from audit.tables import EVENT
from ledger import events as on

if TYPE_CHECKING:
    from audit.fold import Fold, Place

COURSE: Final[Schema] = EVENT | {
    "county": pl.String,
    "project": pl.String,
    "step": pl.String,
    "value_date": pl.Date,
    "papers": pl.Int64,
    "amount_fen": pl.Int64,
    "estate": pl.String,
    "buildings": pl.String,
    "object": pl.String,
    "object_code": pl.String,
    "content": pl.String,
    "emergency": pl.Boolean,
    "applied_on": pl.Date,
    "total_area_dm2": pl.Int64,
    "total_households": pl.Int64,
    "agreed_area_dm2": pl.Int64,
    "agreed_households": pl.Int64,
    "stage": pl.String,
    "cost_fen": pl.Int64,
    "developer_fen": pl.Int64,
    "raised_fen": pl.Int64,
    "payee": pl.String,
    "payee_account": pl.String,
    "payee_ref": pl.String,
    "bank_ref": pl.String,
    "invoice_no": pl.String,
    "of_version": pl.Int64,
}
"""A row for each event of a project."""

CAUSES: Final[Schema] = EVENT | {"event": pl.String, "kind": pl.String, "cause": pl.String}
"""A row for each event of a building that follows from another."""

_STEPS: Final[dict[type[on.Event], str]] = {
    on.RepairProposed: "proposed",
    on.VoteCounted: "voted",
    on.NoticePosted: "noticed",
    on.EmergencyDeclared: "emergency",
    on.RepairReviewed: "reviewed",
    on.RepairApproved: "approved",
    on.RepairRefused: "refused",
    on.RepairStarted: "started",
    on.RepairPaid: "paid",
    on.RepairMoneyReturned: "returned",
    on.PaymentReversed: "payment-reversed",
    on.RepairAccepted: "accepted",
    on.RepairSettled: "settled",
    on.RepairClosed: "closed",
}

_AS_NAMED: Final = (
    "estate",
    "object",
    "object_code",
    "content",
    "emergency",
    "applied_on",
    "total_area_dm2",
    "total_households",
    "agreed_area_dm2",
    "agreed_households",
    "developer_fen",
    "bank_ref",
    "invoice_no",
)
"""Columns that the events have under the same name."""


def course(fold: "Fold", place: "Place", name: str, event: Any) -> None:
    """One step of a project; raises Misplaced for an event of no project."""
    county, _, project = name.partition("/")
    if not project:
        raise Misplaced("不属于这样的流")
    row = {
        **place,
        "county": county,
        "project": project,
        "step": _step(event),
        "value_date": event.value_date,
        "papers": len(event.evidence),
        "amount_fen": getattr(event, "amount_fen", getattr(event, "budget_fen", None)),
        **{column: getattr(event, column, None) for column in _AS_NAMED},
    }
    if isinstance(event, on.RepairProposed | on.RepairPaid):
        row["buildings"] = "；".join(event.buildings)
    if isinstance(event, on.RepairPaid):
        row |= _payment(event)
    if isinstance(event, on.RepairMoneyReturned):
        row["of_version"] = int(event.payment.rpartition("@")[2])
    if isinstance(event, on.PaymentReversed):
        row["of_version"] = event.version
    fold.course.add(1, row)


def _step(event: on.Event) -> str:
    match event:
        case on.NoticePosted(after_the_fact=True):
            return "noticed-after"
        case on.RepairReviewed(passed=False):
            return "handed-back"
        case on.PaymentReversed(returned=True):
            return "return-reversed"
        case _:
            return _STEPS[type(event)]


def _payment(event: on.RepairPaid) -> dict[str, Any]:
    own = event.amount_fen if event.cost_fen is None else event.cost_fen
    raised = sum(each.amount_fen for each in event.self_raised)
    paid: dict[str, Any] = {"stage": event.stage, "cost_fen": own, "raised_fen": raised}
    if event.payee is not None:
        paid |= {
            "payee": event.payee.name,
            "payee_account": event.payee.account,
            "payee_ref": event.payee.party_ref,
        }
    return paid


def cause(fold: "Fold", place: "Place", kind: str, of: str) -> None:
    """Note that the event at a place follows from another."""
    event = f"{place['stream']}@{place['version']}"
    fold.causes.add(1, {**place, "event": event, "kind": kind, "cause": of})
