"""Events of a bank account (专户): what the bank says moved, as its statements have it."""

from typing import ClassVar

from ledger.events.event import Event, Piece
from ledger.events.repair import Payee


class StatementLine(Piece, frozen=True, kw_only=True):
    """One movement of the account in fen: either in or out is above zero, the other is zero.

    ``balance_fen`` is the account's after it, where the bank prints one. The other side (对方) is known as a
    payee is: a firm by name, a person by ref.
    """

    bank_ref: str | None = None
    in_fen: int = 0
    out_fen: int = 0
    balance_fen: int | None = None
    summary: str | None = None
    counterparty: Payee | None = None


class StatementRecorded(Event, frozen=True, kw_only=True):
    """Lines of one day of a bank statement (对账单), in the order in which balances follow, art. 30, 31."""

    TOPIC: ClassVar[str] = "statement-recorded"

    lines: tuple[StatementLine, ...]


class StatementReversalLine(Piece, frozen=True, kw_only=True):
    """The opposite of one line of a statement: its index, and the amount, negative where money came in."""

    line: int
    amount_fen: int


class StatementReversed(Event, frozen=True, kw_only=True):
    """Lines of an earlier ``statement-recorded`` of this account are taken back (冲正), each once."""

    TOPIC: ClassVar[str] = "statement-reversed"

    version: int
    reason: str
    lines: tuple[StatementReversalLine, ...]
