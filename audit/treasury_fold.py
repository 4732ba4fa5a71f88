"""The fold (折叠) of how a book's money is laid out: deposits, bonds, petty cash, other money."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from audit.book_fold import book_of
from ledger import events as on

if TYPE_CHECKING:
    from audit.fold import Fold, Handler, Place


def _add(fold: "Fold", place: "Place", book: str, event: Any, columns: Mapping[str, Any]) -> None:
    """One row; ``amount_fen`` is positive for money laid out, received or paid; negative: came back."""
    fold.treasury.add(
        1,
        {
            **place,
            **book_of(book),
            "line": 0,
            "value_date": event.value_date,
            "interest_fen": 0,
            "account": event.account,
            "bank_ref": event.bank_ref,
            "origin": event.origin,
            "reversal": False,
            **columns,
        },
    )


def _placed(fold: "Fold", place: "Place", book: str, event: on.TimeDepositPlaced) -> None:
    columns = {
        "kind": "lot-placed",
        "lot": event.lot,
        "lot_kind": event.kind,
        "amount_fen": event.amount_fen,
        "name": event.bank,
        "rate_bp": event.rate_bp,
        "term_months": event.term_months,
        "matures_on": event.matures_on,
        "renew": event.renew,
    }
    _add(fold, place, book, event, columns)


def _ended(fold: "Fold", place: "Place", book: str, event: on.TimeDepositEnded) -> None:
    columns = {
        "kind": "lot-ended",
        "lot": event.lot,
        "lot_kind": event.kind,
        "amount_fen": -event.principal_fen,
        "interest_fen": event.interest_fen,
        "expected_fen": event.expected_fen,
        "early": event.early,
    }
    _add(fold, place, book, event, columns)


def _bought(fold: "Fold", place: "Place", book: str, event: on.BondBought) -> None:
    columns = {
        "kind": "lot-placed",
        "lot": event.lot,
        "lot_kind": "bond",
        "amount_fen": event.cost_fen,
        "name": event.issue_name,
        "rate_bp": event.rate_bp,
        "matures_on": event.matures_on,
        "renew": False,
        "channel": event.channel,
        "part": event.part,
        "issue_from": event.issue_from,
        "issue_to": event.issue_to,
    }
    if event.consent is not None:
        columns |= {
            "consent_kind": event.consent.kind,
            "consent_no": event.consent.document_no,
            "consent_on": event.consent.on,
        }
    _add(fold, place, book, event, columns)


def _coupon(fold: "Fold", place: "Place", book: str, event: on.BondInterestReceived) -> None:
    columns = {
        "kind": "bond-interest",
        "lot": event.lot,
        "lot_kind": "bond",
        "amount_fen": 0,
        "interest_fen": event.interest_fen,
    }
    _add(fold, place, book, event, columns)


def _redeemed(fold: "Fold", place: "Place", book: str, event: on.BondRedeemed) -> None:
    columns = {
        "kind": "lot-ended",
        "lot": event.lot,
        "lot_kind": "bond",
        "amount_fen": -event.principal_fen,
        "interest_fen": event.interest_fen,
        "early": event.early,
    }
    _add(fold, place, book, event, columns)


def _invested(fold: "Fold", place: "Place", book: str, event: on.InvestmentRecorded) -> None:
    columns = {
        "kind": "lot-placed",
        "lot": event.lot,
        "lot_kind": event.kind,
        "amount_fen": event.amount_fen,
        "name": event.description,
    }
    _add(fold, place, book, event, columns)


def _given_up(fold: "Fold", place: "Place", book: str, event: on.InvestmentEnded) -> None:
    columns = {
        "kind": "lot-ended",
        "lot": event.lot,
        "lot_kind": event.kind,
        "amount_fen": -event.principal_fen,
    }
    _add(fold, place, book, event, columns)


def _advanced(fold: "Fold", place: "Place", book: str, event: on.PettyCashAdvanced) -> None:
    columns = {"kind": "petty-cash", "holder_ref": event.holder_ref, "amount_fen": event.amount_fen}
    _add(fold, place, book, event, columns)


def _returned(fold: "Fold", place: "Place", book: str, event: on.PettyCashReturned) -> None:
    columns = {"kind": "petty-cash", "holder_ref": event.holder_ref, "amount_fen": -event.amount_fen}
    _add(fold, place, book, event, columns)


def _income(fold: "Fold", place: "Place", book: str, event: on.OtherIncomeReceived) -> None:
    columns = {"kind": "other-income", "amount_fen": event.amount_fen, "reason": event.reason}
    _add(fold, place, book, event, columns)


def _expense(fold: "Fold", place: "Place", book: str, event: on.OtherExpensePaid) -> None:
    columns = {
        "kind": "other-expense",
        "amount_fen": event.amount_fen,
        "reason": event.reason,
        "expense_kind": event.kind,
        "payee": event.payee,
        "payee_ref": event.payee_ref,
    }
    _add(fold, place, book, event, columns)


def _reversed(fold: "Fold", place: "Place", book: str, event: on.TreasuryReversed) -> None:
    fold.treasury.add(
        1,
        {
            **place,
            **book_of(book),
            "line": 0,
            "value_date": event.value_date,
            "kind": event.kind,
            "lot": event.lot,
            "lot_kind": event.lot_kind,
            "holder_ref": event.holder_ref,
            "amount_fen": event.amount_fen,
            "interest_fen": event.interest_fen,
            "reason": event.reason,
            "origin": event.origin,
            "reversal": True,
            "reverses_version": event.version,
            "reverses_line": 0,
        },
    )


HANDLERS: Final[dict[type[on.Event], "Handler"]] = {
    on.TimeDepositPlaced: _placed,
    on.TimeDepositEnded: _ended,
    on.BondBought: _bought,
    on.BondInterestReceived: _coupon,
    on.BondRedeemed: _redeemed,
    on.InvestmentRecorded: _invested,
    on.InvestmentEnded: _given_up,
    on.PettyCashAdvanced: _advanced,
    on.PettyCashReturned: _returned,
    on.OtherIncomeReceived: _income,
    on.OtherExpensePaid: _expense,
    on.TreasuryReversed: _reversed,
}
