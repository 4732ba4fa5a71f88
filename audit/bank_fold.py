"""The fold (折叠) of bank statements: what the bank says moved, and the balance it states after it."""

from typing import TYPE_CHECKING, Final

from audit.columns import pick
from ledger import events as on

if TYPE_CHECKING:
    from audit.fold import Fold, Handler, Place


def _statement_recorded(fold: "Fold", place: "Place", account: str, event: on.StatementRecorded) -> None:
    lines = event.lines
    fold.statements.add(
        len(lines),
        {
            **place,
            "line": list(range(len(lines))),
            "account": account,
            "value_date": event.value_date,
            "bank_ref": pick(lines, "bank_ref"),
            "amount_fen": [line.in_fen - line.out_fen for line in lines],
            "balance_fen": pick(lines, "balance_fen"),
            "summary": pick(lines, "summary"),
            "reversal": False,
        },
    )


def _statement_reversed(fold: "Fold", place: "Place", account: str, event: on.StatementReversed) -> None:
    lines = event.lines
    fold.statements.add(
        len(lines),
        {
            **place,
            "line": list(range(len(lines))),
            "account": account,
            "value_date": event.value_date,
            "amount_fen": pick(lines, "amount_fen"),
            "reversal": True,
            "reverses_version": event.version,
            "reverses_line": pick(lines, "line"),
        },
    )


HANDLERS: Final[dict[type[on.Event], "Handler"]] = {
    on.StatementRecorded: _statement_recorded,
    on.StatementReversed: _statement_reversed,
}
