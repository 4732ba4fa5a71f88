"""What the tables of an audit file can be filled with (内容), and the words a format has for it.

The names are those that ``fill`` and ``content`` of a ``layout.toml`` may use.
"""

from collections.abc import Mapping
from typing import Final

from exports.layout import Kind

CONTENTS: Final[Mapping[str, Mapping[str, Kind]]] = {
    "book": {
        "book": "text",
        "title": "text",
        "entity": "text",
        "year": "text",
        "structure": "text",
    },
    "period": {"year": "text", "month": "text", "first": "date", "last": "date"},
    "account": {
        "account": "text",
        "name": "text",
        "parent": "text",
        "level": "integer",
        "level-text": "text",
        "has-items": "flag",
        "item-kind": "text",
        "archive": "text",
        "archive-name": "text",
        "element": "text",
        "side": "flag",
    },
    "balance": {
        "account": "text",
        "name": "text",
        "item": "text",
        "item-name": "text",
        "year": "text",
        "month": "text",
        "side": "flag",
        "opening": "number",
        "debit": "number",
        "credit": "number",
        "closing": "number",
        "opening-side": "flag",
        "closing-side": "flag",
        "opening-amount": "number",
        "closing-amount": "number",
    },
    "entry": {
        "date": "date",
        "year": "text",
        "month": "text",
        "kind": "text",
        "kind-code": "text",
        "number": "text",
        "line": "integer",
        "summary": "text",
        "account": "text",
        "account-name": "text",
        "debit": "number",
        "credit": "number",
        "item": "text",
        "item-name": "text",
        "settlement": "text",
        "slip": "text",
        "bank-ref": "text",
        "slip-date": "date",
        "value-date": "date",
        "papers": "integer",
        "actor": "text",
        "posted": "flag",
        "event": "text",
    },
    "item": {"code": "text", "name": "text", "archive": "text", "parent": "text", "level": "text"},
    "firm": {"code": "text", "name": "text"},
    "officer": {"code": "text", "name": "text"},
    "archive": {"archive": "text", "name": "text", "has-levels": "flag"},
    "account-item": {"account": "text", "archive": "text", "archive-name": "text"},
    "statement": {"statement": "text", "name": "text", "date": "date", "period": "text", "entity": "text"},
    "statement-item": {"statement": "text", "item": "text", "name": "text", "amount": "number"},
}
"""What the tables of a format can be filled with, and the kind of each value."""

WORDS: Final = frozenset(
    {
        "voucher-kind",
        "voucher-kind-code",
        "pro-forma-kind",
        "pro-forma-kind-code",
        "pro-forma-posted",
        "settlement",
        "slip",
        "item-kind",
        "debit",
        "credit",
        "number-digits",
        "width-counts",
        "month-digits",
        "structure-separator",
        "quiet-months",
    }
)
"""Rules that say how the ledger's facts are worded in a format."""
