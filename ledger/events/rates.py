"""The event by which a book credits interest at listed rates (定率计息)."""

from datetime import date
from typing import ClassVar, Literal

from ledger.events.event import Event, Piece

Product = Literal["demand", "3m", "6m", "1y"]
"""A kind of deposit whose rate banks list: 活期 / 三个月 / 半年 / 一年整存整取."""


class ListedRate(Piece, frozen=True, kw_only=True):
    """A rate as listed on the settlement day: the product, and per cent a year as written (``"0.35"``)."""

    product: Product
    percent: str


class BuildingCredit(Piece, frozen=True, kw_only=True):
    """What one building gets: the stream version read, and the interest of its accounts together, in fen."""

    building: str
    version: int
    credit_fen: int


class RatesAccrued(Event, frozen=True, kw_only=True):
    """Interest at listed rates (定率计息) is fixed for every building of the book; no money moves by it.

    ``settled_on`` is the settlement day (结息日), which does not count: the boundary; ``previous`` is the
    boundary before, of whatever method. ``bank`` lists the rates: ``this_year`` for money that arrived since
    then, ``carried`` for money held whole years, ``demand`` (活期) for money that left and for days beyond
    whole years. ``waiting_fen`` are the gains not credited to any account at the end of that day, before
    this; the difference to ``total_fen`` stays in 待分配累计收益 (3101), 财会〔2020〕7号.
    """

    TOPIC: ClassVar[str] = "rates-accrued"

    settled_on: date
    previous: date | None
    bank: str
    this_year: ListedRate
    carried: ListedRate
    demand: ListedRate
    waiting_fen: int
    total_fen: int
    shares: tuple[BuildingCredit, ...]

    @property
    def boundary(self) -> date:
        """The first day of the next span."""
        return self.settled_on
