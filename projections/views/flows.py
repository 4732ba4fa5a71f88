"""What moved (发生额): sums of postings and book entries by kind, of which balances are made.

Definitions are those of the totals in the summary: opening principal counts as a deposit, opening interest as
growth; withdrawals net of what firms returned; refunds with custody handed over.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Label,
    Select,
    cast,
    func,
    literal,
    select,
    union_all,
)

from projections.book_entries import book_entries
from projections.postings import postings
from projections.views.view import Asked, Column

ON_UNITS: Final = (
    Column("deposits", "交存", "money", total=True),
    Column("credited", "计入增值", "money", total=True),
    Column("income", "其他收入", "money", total=True),
    Column("withdrawn", "使用", "money", total=True),
    Column("refunded", "退款划转", "money", total=True),
)
"""What moved on unit accounts; balance = deposits + credited + income - withdrawn - refunded (+ moved)."""

OF_BOOKS: Final = (
    Column("collected", "归集", "money", total=True),
    Column("deposits", "其中交存", "money", total=True),
    Column("growth", "其中增值", "money", total=True),
    Column("withdrawn", "使用", "money", total=True),
    Column("refunded", "退款划转", "money", total=True),
    Column("other", "其他", "money", total=True),
)
"""What moved in books; balance = collected + other - withdrawn - refunded."""

_FLOWS: Final = ("deposits", "growth", "withdrawn", "refunded", "other", "balance", "on_units")


def fen(amount: ColumnElement[Any], name: str) -> Label[int]:
    """A sum as an integer of fen, nothing being zero."""
    return cast(func.coalesce(amount, 0), BigInteger).label(name)


def on_units(entry: FromClause) -> list[Label[int]]:
    """The columns ``ON_UNITS`` over some postings, and ``moved``."""
    columns = entry.c
    whole = columns.principal_fen + columns.interest_fen

    def of(amount: ColumnElement[int], *kinds: str) -> ColumnElement[Any]:
        return func.sum(amount).filter(columns.kind.in_(kinds))

    return [
        fen(of(columns.principal_fen, "opening", "deposit"), "deposits"),
        fen(of(columns.interest_fen, "opening", "interest"), "credited"),
        fen(of(whole, "income"), "income"),
        fen(-of(whole, "withdrawal", "return"), "withdrawn"),
        fen(-of(whole, "refund", "custody"), "refunded"),
        fen(of(whole, "moved"), "moved"),
    ]


def of_books(asked: Asked, period: str | None = None) -> Select[Any]:
    """What moved by county, fund and ``period`` (a pattern of ``to_char``; None: all together).

    Columns ``county``, ``fund``, ``period`` (where asked for), ``deposits``, ``growth``, ``withdrawn``,
    ``refunded``, ``other``, ``balance`` and ``on_units``.
    """
    moved = union_all(_unit_money(asked, period), _book_money(asked, period)).subquery("moved")
    keys = [moved.c.county, moved.c.fund, *([] if period is None else [moved.c.period])]
    sums = [fen(func.sum(moved.c[name]), name) for name in _FLOWS]
    return select(*keys, *sums).group_by(*keys)


def _keys(table: FromClause, period: str | None) -> list[ColumnElement[Any]]:
    keys: list[ColumnElement[Any]] = [table.c.county, table.c.fund]
    if period is not None:
        keys.append(func.to_char(table.c.value_date, period).label("period"))
    return keys


def _unit_money(asked: Asked, period: str | None) -> Select[Any]:
    """Postings summed by day and kind first: what that means, and in which period, is said of few rows."""
    entry = postings.c
    keys = [entry.county, entry.fund, entry.kind, *([] if period is None else [entry.value_date])]
    by_kind = (
        select(
            *keys,
            func.sum(entry.principal_fen).label("principal_fen"),
            func.sum(entry.interest_fen).label("interest_fen"),
        )
        .where(*asked.counted(postings))
        .group_by(*keys)
        .subquery("by_kind")
    )
    kind, principal, interest = by_kind.c.kind, by_kind.c.principal_fen, by_kind.c.interest_fen
    whole = principal + interest

    def of(amount: ColumnElement[Any], *kinds: str) -> ColumnElement[Any]:
        return func.coalesce(func.sum(amount).filter(kind.in_(kinds)), 0)

    deposits = of(principal, "opening", "deposit")
    growth = of(interest, "opening")
    withdrawn, refunded = -of(whole, "withdrawal", "return"), -of(whole, "refund", "custody")
    other = of(whole, "income")
    balance = deposits + growth + other - withdrawn - refunded
    places = _keys(by_kind, period)
    flows = (deposits, growth, withdrawn, refunded, other, balance, func.sum(whole))
    return _labelled(places, flows).group_by(*places)


def _book_money(asked: Asked, period: str | None) -> Select[Any]:
    """Gains as received, other income and expense; petty cash and lots stay money of the book."""
    keys = _keys(book_entries, period)
    entry = book_entries.c

    def of(kind: str) -> ColumnElement[Any]:
        return func.coalesce(func.sum(entry.amount_fen).filter(entry.kind == kind), 0)

    growth, other = of("gain"), of("other-income") - of("other-expense")
    none = literal(0)
    flows = (none, growth, none, none, other, growth + other, none)
    return _labelled(keys, flows).where(*asked.counted(book_entries)).group_by(*keys)


def _labelled(keys: Sequence[ColumnElement[Any]], flows: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return select(*keys, *(flow.label(name) for name, flow in zip(_FLOWS, flows, strict=True)))
