"""The fold of repair projects (维修项目): each step of the procedure, and the payments."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from audit.columns import pick
from audit.course_fold import course
from ledger import events as on

if TYPE_CHECKING:
    from audit.fold import Fold, Place

Handler = Callable[["Fold", "Place", str, Any], None]


def _repair_proposed(fold: "Fold", place: "Place", _: str, event: on.RepairProposed) -> None:
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
            "object_code": event.object_code,
            "ground": event.ground,
            "liable": event.liable,
            "developer": event.developer and event.developer.name,
            "proposed_by": event.actor if event.origin == "live" else None,
            "proposed_version": place["version"],
        },
    )
    _charged(fold, place, event.units, None)
    if event.developer is not None:
        _charged(fold, place, event.developer.units, event.developer.name)


def _charged(fold: "Fold", place: "Place", units: tuple[on.ProjectUnit, ...], developer: str | None) -> None:
    """Units that a proposal names: those charged, or those of its developer."""
    named = {"building": pick(units, "building"), "unit": pick(units, "unit")}
    fold.charged.add(len(units), {**place, **named, "developer": developer})


def _vote_counted(fold: "Fold", place: "Place", _: str, event: on.VoteCounted) -> None:
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
    ballots = event.ballots
    fold.ballots.add(
        len(ballots),
        {
            **place,
            "line": list(range(len(ballots))),
            "building": pick(ballots, "building"),
            "unit": pick(ballots, "unit"),
            "choice": pick(ballots, "choice"),
        },
    )
    read = event.read
    versions = {"building": pick(read, "building"), "read_version": pick(read, "version")}
    fold.counted.add(len(read), {**place, **versions})


def _step(**columns: str) -> Handler:
    """A step of the procedure: each column takes the named field of the event; the version is evidence.

    Who recorded a step (``actor``) counts live only: an officer records the history of many hands.
    """

    def handle(fold: "Fold", place: "Place", _: str, event: on.Event) -> None:
        taken = {
            column: place["version"] if source == "version" else getattr(event, source)
            for column, source in columns.items()
            if source != "actor" or event.origin == "live"
        }
        fold.steps.add(1, {**place, **taken})

    return handle


def _repair_paid(fold: "Fold", place: "Place", name: str, event: on.RepairPaid) -> None:
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
            "cost_fen": event.amount_fen if event.cost_fen is None else event.cost_fen,
            "developer_fen": event.developer_fen,
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
    raised = event.self_raised
    fold.raised.add(
        len(raised),
        {
            **place,
            "building": pick(raised, "building"),
            "unit": pick(raised, "unit"),
            "part": pick(raised, "part"),
            "raised_fen": pick(raised, "amount_fen"),
        },
    )


def _money_returned(fold: "Fold", place: "Place", name: str, event: on.RepairMoneyReturned) -> None:
    county, _, project = name.partition("/")
    fold.returns.add(
        1,
        {
            **place,
            "county": county,
            "project": project,
            "payment": event.payment,
            "paid_on": event.paid_on,
            "returned_on": event.value_date,
            "amount_fen": event.amount_fen,
            "bank_ref": event.bank_ref,
            "origin": event.origin,
        },
    )


def _payment_reversed(fold: "Fold", place: "Place", _: str, event: on.PaymentReversed) -> None:
    fold.payment_reversals.add(
        1,
        {
            **place,
            "reverses_version": event.version,
            "value_date": event.value_date,
            "amount_fen": event.amount_fen,
            "returned": event.returned,
        },
    )


def _with_course(handle: Handler) -> Handler:
    """Every event of a project is a step of its course as well."""

    def both(fold: "Fold", place: "Place", name: str, event: Any) -> None:
        course(fold, place, name, event)
        handle(fold, place, name, event)

    return both


_OF_FACTS: Final[dict[type[on.Event], Handler]] = {
    on.RepairProposed: _repair_proposed,
    on.VoteCounted: _vote_counted,
    on.NoticePosted: _step(noticed_on="value_date", notice_version="version"),
    on.RepairApproved: _step(
        approved_on="value_date",
        approved_fen="amount_fen",
        approver_ref="approver_ref",
        approved_by="actor",
        approved_version="version",
    ),
    on.EmergencyDeclared: _step(declared_on="value_date", ground="ground", declared_version="version"),
    on.RepairReviewed: _step(
        reviewed_on="value_date",
        review_passed="passed",
        reviewer_ref="reviewer_ref",
        reviewed_by="actor",
        reviewed_version="version",
    ),
    on.RepairRefused: _step(refused_on="value_date", refused_version="version"),
    on.RepairStarted: _step(started_on="value_date", started_version="version"),
    on.RepairPaid: _repair_paid,
    on.PaymentReversed: _payment_reversed,
    on.RepairAccepted: _step(accepted_on="value_date", accepted_version="version"),
    on.RepairSettled: _step(settled_on="value_date", settled_fen="amount_fen", settled_version="version"),
    on.RepairClosed: _step(closed_on="value_date", closed_version="version"),
    on.RepairMoneyReturned: _money_returned,
}

HANDLERS: Final = {kind: _with_course(handle) for kind, handle in _OF_FACTS.items()}
