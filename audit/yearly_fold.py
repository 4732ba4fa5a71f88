"""The fold of what an office owes every year: reconciliations (对账) and publications (公布)."""

from typing import TYPE_CHECKING, Final

from audit.book_fold import book_of
from audit.columns import pick
from ledger import events as on
from ledger.identity import event_id

if TYPE_CHECKING:
    from audit.fold import Fold, Handler, Place


def _reconciled(fold: "Fold", place: "Place", name: str, event: on.StatementReconciled) -> None:
    _reads(fold, place, event.buildings)
    fold.reconciled.add(
        1,
        {
            **place,
            **book_of(name),
            "account": event.account,
            "value_date": event.value_date,
            "bank_balance_fen": event.bank_balance_fen,
            "ledger_balance_fen": event.ledger_balance_fen,
            "difference_fen": event.difference_fen,
            "bank_items_fen": sum(pick(event.bank_items, "amount_fen")),
            "ledger_items_fen": sum(pick(event.ledger_items, "amount_fen")),
            "bank_version": event.bank_version,
            "items": len(event.bank_items) + len(event.ledger_items),
        },
    )


def _published(fold: "Fold", place: "Place", name: str, event: on.PublicationIssued) -> None:
    _reads(fold, place, event.buildings)
    totals = event.totals
    fold.published.add(
        1,
        {
            **place,
            **book_of(name),
            "value_date": event.value_date,
            "year": event.year,
            "estate": event.estate,
            "ends": event.ends,
            "accounts": event.accounts,
            "opening_fen": totals.opening_fen,
            "deposit_fen": totals.deposit_fen,
            "gain_fen": totals.gain_fen,
            "income_fen": totals.income_fen,
            "used_fen": totals.used_fen,
            "returned_fen": totals.returned_fen,
            "closing_fen": totals.closing_fen,
            "sha256": event.sha256,
        },
    )


def _reads(fold: "Fold", place: "Place", buildings: tuple[on.BuildingRead, ...]) -> None:
    fold.reads.add(
        len(buildings),
        {
            "event": event_id(place["stream"], place["version"]),
            "building": pick(buildings, "building"),
            "read_version": pick(buildings, "version"),
        },
    )


HANDLERS: Final[dict[type[on.Event], "Handler"]] = {
    on.StatementReconciled: _reconciled,
    on.PublicationIssued: _published,
}
