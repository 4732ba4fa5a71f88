"""The fold of what is due (应交): officers' decisions, exemptions, sales of public housing."""

from typing import TYPE_CHECKING, Any, Final

from ledger import events as on

if TYPE_CHECKING:
    from audit.building_fold import Handler
    from audit.fold import Fold, Place


def _decision(fold: "Fold", place: "Place", building: str, event: Any, kind: str, **own: object) -> None:
    fold.decisions.add(
        1,
        {
            **place,
            "building": building,
            "unit": event.unit,
            "kind": kind,
            "value_date": event.value_date,
            "reason": event.reason,
            **own,
        },
    )


def _overridden(fold: "Fold", place: "Place", building: str, event: on.DueOverridden) -> None:
    _decision(fold, place, building, event, "override", due_fen=event.due_fen)


def _exempted(fold: "Fold", place: "Place", building: str, event: on.UnitExempted) -> None:
    _decision(fold, place, building, event, "exempt", note=event.note, until=event.until)


def _lifted(fold: "Fold", place: "Place", building: str, event: on.ExemptionLifted) -> None:
    _decision(fold, place, building, event, "lift")


def _sold(fold: "Fold", place: "Place", building: str, event: on.PublicUnitSold) -> None:
    fold.sales.add(
        1,
        {
            **place,
            "building": building,
            "unit": event.unit,
            "seller": event.seller,
            "value_date": event.value_date,
            "proceeds_fen": event.proceeds_fen,
            "corrects": event.corrects,
        },
    )


HANDLERS: "Final[dict[type[on.Event], Handler]]" = {
    on.DueOverridden: _overridden,
    on.UnitExempted: _exempted,
    on.ExemptionLifted: _lifted,
    on.PublicUnitSold: _sold,
}
