"""The fold of special receipts (专用票据)."""

from typing import TYPE_CHECKING

from ledger import events as on

if TYPE_CHECKING:
    from audit.fold import Fold, Place


def receipts(fold: "Fold", place: "Place", code: str, event: on.ReceiptsIssued | on.ReceiptsVoided) -> None:
    """A range handed out, or voided."""
    fold.receipts.add(
        1,
        {
            **place,
            "code": code,
            "first": event.first,
            "last": event.last,
            "voided": isinstance(event, on.ReceiptsVoided),
            "value_date": event.value_date,
            "holder": event.holder,
            "holder_ref": event.holder_ref,
            "origin": event.origin,
        },
    )
