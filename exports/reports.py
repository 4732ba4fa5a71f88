"""The statements of a book (会住维01、02、03表) as figures of audit files, with the book's year."""

from collections.abc import Iterator, Sequence

from exports.bookyear import Figure, Statement
from ledger.calendar import Period
from ledger.identity import Fund
from ledger.money import parse_yuan
from ledger.policy.journal import JournalRules
from projections.balances import Balances
from projections.journal import Sum
from projections.scope import Scope
from projections.statements import Form, forms


def reports(
    sums: Sequence[Sum], rules: JournalRules, county: str, fund: Fund, period: Period
) -> tuple[Statement, ...]:
    """The three statements of a year, or of a year so far, from the sums of the book's months."""
    last = f"{period.last:%Y-%m}"
    books = Balances([each for each in sums if each.period <= last], rules)
    return tuple(
        Statement(form.number, form.name, period.last, period.name, tuple(_figures(form)))
        for form in forms(books, Scope(county=county, fund=fund), period)
    )


def _figures(form: Form) -> Iterator[Figure]:
    """Every figure by line and column, ``05-2``; lines that only head others have none."""
    for row, line in enumerate(form.lines, 1):
        for column, (title, amount) in enumerate(zip(form.columns, line.amounts, strict=False), 1):
            if amount is not None:
                yield Figure(f"{row:02d}-{column}", f"{line.name}（{title}）", parse_yuan(amount))
