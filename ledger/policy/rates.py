"""Deposit rates (存款利率) by bank, product and day, and what a settlement by rates may credit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from ledger.events import Product
from ledger.policy.rows import Period, PolicyError, Row, Tables, one_at_a_time, rows, without_gap

PRODUCT_NAMES: Final[dict[Product, str]] = {"demand": "活期", "3m": "三个月", "6m": "半年", "1y": "一年"}


class Bank(Row, frozen=True, kw_only=True):
    """Whose rates: a code, and its name for people."""

    code: str
    name: str


class RateRow(Period, frozen=True, kw_only=True):
    """What a bank paid on some days, in per cent a year by product.

    ``mark``: ``found`` in a public text, or ``unverified``, that is to be confirmed with the bank.
    """

    bank: str
    percent: Mapping[Product, str]
    mark: Literal["found", "unverified"]

    def __post_init__(self) -> None:
        if "demand" not in self.percent:
            raise ValueError("a row has at least the demand rate")
        for text in self.percent.values():
            fraction_of(text)


class AccrualRule(Period, frozen=True, kw_only=True):
    """Whether a settlement by rates may credit more than the gains that wait (待分配累计收益)."""

    may_exceed_gains: bool
    mark: Literal["custom"]


@lru_cache(maxsize=256)
def fraction_of(percent: str) -> Fraction:
    """``"0.35"`` per cent as the exact 7/2000; raises ValueError unless 0 to 100, at most four decimals."""
    try:
        number = Decimal(percent)
    except InvalidOperation as error:
        raise ValueError(f"{percent!r} is no percentage") from error
    if not (number.is_finite() and 0 <= number <= 100 and number == round(number, 4)):
        raise ValueError(f"{percent!r} is no percentage from 0 to 100 of at most four decimals")
    return Fraction(number) / 100


@dataclass(frozen=True, slots=True)
class Rates:
    """The rules of ``rates.toml``."""

    banks: Mapping[str, str]
    listed: tuple[RateRow, ...]
    accruals: tuple[AccrualRule, ...]

    def on(self, bank: str, day: date) -> Mapping[Product, str]:
        """Per cent a year that a bank listed on a day, by product; empty where nothing is on record."""
        return next((row.percent for row in self.listed if row.bank == bank and row.holds(day)), {})

    def may_exceed_gains(self, on: date) -> bool:
        """Whether a settlement on a day may credit more than the gains that wait."""
        return next(rule.may_exceed_gains for rule in self.accruals if rule.holds(on))


def read(tables: Tables) -> Rates:
    """The rules of ``rates.toml``; raises PolicyError naming file and row."""
    banks = rows(tables, "rates", "bank", Bank)
    listed = rows(tables, "rates", "rate", RateRow)
    accruals = rows(tables, "rates", "accrual", AccrualRule)
    names = {bank.code: bank.name for bank in banks}
    if len(names) < len(banks):
        raise PolicyError("rates.toml: a [[bank]] appears twice")
    for number, row in enumerate(listed, 1):
        if row.bank not in names:
            raise PolicyError(f"rates.toml: [[rate]] {number}: {row.bank!r} is no [[bank]]")
    for code in names:
        _unbroken(code, [row for row in listed if row.bank == code])
    one_at_a_time("rates", accruals)
    without_gap("rates", accruals)
    return Rates(names, listed, accruals)


def _unbroken(bank: str, listed: list[RateRow]) -> None:
    """One row a day from the bank's first day on."""
    one_at_a_time("rates", listed)
    ordered = sorted(listed, key=lambda row: row.valid_from)
    for earlier, later in pairwise(ordered):
        if earlier.valid_to != later.valid_from:
            raise PolicyError(f"rates.toml: {bank} has no [[rate]] from {earlier.valid_to}")
    if not ordered or ordered[-1].valid_to is not None:
        raise PolicyError(f"rates.toml: {bank} has no [[rate]] to this day")
