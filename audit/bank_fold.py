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
            "in_fen": pick(lines, "in_fen"),
            "out_fen": pick(lines, "out_fen"),
            "balance_fen": pick(lines, "balance_fen"),
            "summary": pick(lines, "summary"),
        },
    )


HANDLERS: Final[dict[type[on.Event], "Handler"]] = {on.StatementRecorded: _statement_recorded}
