"""The fold of what leaves a building for good (灭失), and of custody (划转)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from audit.building_fold import add_entries
from audit.columns import pick
from ledger import events as on

if TYPE_CHECKING:
    from audit.fold import Fold, Place

Handler = Callable[["Fold", "Place", str, Any], None]


def _building_destroyed(fold: "Fold", place: "Place", building: str, event: on.BuildingDestroyed) -> None:
    lines = event.lines
    fold.destructions.add(
        1,
        {
            **place,
            "building": building,
            "destroyed_on": event.destroyed_on,
            "value_date": event.value_date,
            "document": event.document,
            "origin": event.origin,
        },
    )
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
        refund_reason="destroyed",
        payee_ref=pick(lines, "payee_ref"),
        obligation=True,
    )
    fold.obligations.add(
        len(lines),
        {
            **_of_payees(place, building, event, lines),
            "kind": "arisen",
            "amount_fen": [line.principal_fen + line.interest_fen for line in lines],
            "owed_version": place["version"],
            "owed_line": list(range(len(lines))),
        },
    )


def _of_payees(place: "Place", building: str, event: on.Event, lines: tuple[Any, ...]) -> dict[str, Any]:
    """What lines say that are owed or paid."""
    return {
        **place,
        "line": list(range(len(lines))),
        "building": building,
        "unit": pick(lines, "unit"),
        "part": pick(lines, "part"),
        "value_date": event.value_date,
        "payee": pick(lines, "payee"),
        "payee_ref": pick(lines, "payee_ref"),
        "payee_name": pick(lines, "payee_name"),
        "reversal": False,
    }


def _obligation_paid(fold: "Fold", place: "Place", building: str, event: on.ObligationPaid) -> None:
    lines = event.lines
    fold.obligations.add(
        len(lines),
        {
            **_of_payees(place, building, event, lines),
            "kind": "paid",
            "amount_fen": [-line.amount_fen for line in lines],
            "owed_version": event.obligation,
            "owed_line": pick(lines, "line"),
            "account": event.account,
            "bank_ref": event.bank_ref,
            "reason": event.reason,
        },
    )


def _obligation_payment_reversed(
    fold: "Fold", place: "Place", building: str, event: on.ObligationPaymentReversed
) -> None:
    lines = event.lines
    fold.obligations.add(
        len(lines),
        {
            **place,
            "line": list(range(len(lines))),
            "building": building,
            "unit": pick(lines, "unit"),
            "part": pick(lines, "part"),
            "value_date": event.value_date,
            "kind": "paid",
            "amount_fen": [-line.amount_fen for line in lines],
            "owed_version": event.obligation,
            "owed_line": pick(lines, "owed"),
            "reversal": True,
            "reverses_version": event.version,
            "reverses_line": pick(lines, "line"),
        },
    )


def _handed(
    fold: "Fold",
    place: "Place",
    building: str,
    event: on.CustodyTransferredOut | on.CustodyTransferredIn,
) -> None:
    out = isinstance(event, on.CustodyTransferredOut)
    sign = -1 if out else 1
    fold.custody.add(
        1,
        {
            **place,
            "building": building,
            "out": out,
            "value_date": event.value_date,
            "noticed_on": event.noticed_on if isinstance(event, on.CustodyTransferredOut) else None,
            "assembly": event.assembly,
            "reason": event.reason,
            "lines": len(event.lines),
            "origin": event.origin,
        },
    )
    add_entries(
        fold,
        place,
        building,
        event,
        event.lines,
        kind="custody",
        principal_fen=[sign * line.principal_fen for line in event.lines],
        interest_fen=[sign * line.interest_fen for line in event.lines],
        reversal=False,
        account=event.account,
        bank_ref=event.bank_ref,
    )


HANDLERS: Final[dict[type[on.Event], Handler]] = {
    on.BuildingDestroyed: _building_destroyed,
    on.ObligationPaid: _obligation_paid,
    on.ObligationPaymentReversed: _obligation_payment_reversed,
    on.CustodyTransferredOut: _handed,
    on.CustodyTransferredIn: _handed,
}
