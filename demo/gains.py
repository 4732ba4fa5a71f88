"""What the bank credits (收益到账): demand interest each quarter, time deposits and bonds each year.

A book's gains follow its balance; the sum over a county comes out to the fen.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

from demo.deposits import Batch
from demo.prefecture import END, Place
from ledger.identity import Fund
from ledger.money import Fen, split

THROUGH: Final = (date(2010, 12, 31), date(2013, 12, 31), date(2016, 12, 31), END)
"""The days through which gains are distributed (分配)."""

_QUARTER_DAYS: Final = ((3, 21), (6, 21), (9, 21), (12, 21))
_BOND_YEARS: Final = (2013, 2016, 2019)


@dataclass(slots=True)
class Gain:
    """One credit of the bank."""

    fund: Fund
    received_on: date
    category: str
    amount: Fen


def account(place: Place, fund: Fund) -> str:
    """The one designated account (专户) of a book, nineteen digits."""
    return f"2516{place.code}{'01' if fund == 'commodity' else '02'}0000019"


def gains(place: Place, batches: Iterable[Batch], growth: Fen) -> list[Gain]:
    """All gains of a county's books from 2009 to 2019; they add up to ``growth``."""
    paid: dict[Fund, list[tuple[date, Fen]]] = {"commodity": [], "public": []}
    for batch in batches:
        fund: Fund = "public" if batch.building.public else "commodity"
        paid[fund].append((batch.paid_on, sum(line.amount for line in batch.lines)))
    found = []
    weights = []
    for fund, deposits in paid.items():
        days = [day for day, _ in deposits]
        balances = [0, *accumulate(amount for _, amount in deposits)]
        for day, category, rate, held_since in _credits(place, fund):
            weight = balances[bisect_left(days, held_since)] * rate
            if weight:
                found.append(Gain(fund, day, category, 0))
                weights.append(weight)
    for gain, amount in zip(found, split(growth, weights), strict=True):
        gain.amount = amount
    return [gain for gain in found if gain.amount]


def _credits(place: Place, fund: Fund) -> Iterator[tuple[date, str, int, date]]:
    """Day, category, weight of the rate, and the day before which money must have come in to earn it."""
    for year in range(2009, 2020):
        quarters = [date(year, month, day) for month, day in _QUARTER_DAYS]
        held = [date(year - 1, 12, 21), *quarters]
        for day, since in zip(quarters, held, strict=False):
            yield day, "活期利息", 6 if year < 2015 else 4, since
        yield date(year, 12, 26), "定期利息", 120 if year < 2015 else 75, date(year - 1, 12, 26)
        if place.code == "532301" and fund == "commodity" and year in _BOND_YEARS:
            yield date(year, 11, 15), "国债利息", 60, date(year - 3, 11, 15)


def boundaries(gains: Iterable[Gain], fund: Fund) -> list[date]:
    """The days through which this book has something new to distribute."""
    received = [gain.received_on for gain in gains if gain.fund == fund]
    starts = (date.min, *THROUGH)
    return [
        through
        for start, through in zip(starts, THROUGH, strict=False)
        if any(start < day <= through for day in received)
    ]
