"""Money (金额): the one place that knows ``moneyed``, rounding, splitting and how yuan are written.

Inside the ledger an amount is an ``int`` of fen (分). ``Money`` (CNY) is what callers see at the edges.
``py-moneyed`` accepts floats and NaN and rounds half to even; nothing here does.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from moneyed import CNY, Money

from ledger.errors import InputError

__all__ = ["MAX_FEN", "Fen", "Money", "fen", "parse_yuan", "round_half_up", "split", "to_money", "yuan"]

Fen = int
"""An amount in fen (0.01 yuan); negative means money out."""

MAX_FEN: Final = 10**14
"""Amounts of 10^12 yuan and more are refused (``amount-too-large``); in fen, exclusive."""

_HUNDREDTH: Final = Decimal("0.01")


def parse_yuan(text: str) -> Fen:
    """Read an amount in yuan as officers write it: ``12345.60``, ``12,345.60`` or ``-3``.

    Raises InputError ``amount-invalid`` for anything that is not a plain decimal number with at most two
    decimals, and ``amount-too-large`` from 10^12 yuan.
    """
    plain = text.strip()
    if "," in plain:
        head, _, tail = plain.partition(".")
        groups = head.lstrip("+-").split(",")
        if not (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])) or "," in tail:
            raise InputError("amount-invalid", f"金额“{text}”的千分位写法不正确")
        plain = plain.replace(",", "")
    digits = plain.removeprefix("-").removeprefix("+").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()):
        raise InputError("amount-invalid", f"“{text}”不是金额")
    return _exact_fen(Decimal(plain), text)


def fen(money: Money) -> Fen:
    """The fen of a ``Money``; raises InputError unless it is CNY, finite and exact to the fen."""
    if money.currency != CNY:
        raise InputError("currency-invalid", f"只接受人民币，收到 {money.currency}")
    return _exact_fen(money.amount, str(money.amount))


def _exact_fen(amount: Decimal, shown: str) -> Fen:
    if not amount.is_finite():
        raise InputError("amount-invalid", f"“{shown}”不是金额")
    if abs(amount) * 100 >= MAX_FEN:
        raise InputError("amount-too-large", f"金额“{shown}”达到或超过一万亿元")
    try:
        exact = amount.quantize(_HUNDREDTH)
    except InvalidOperation as error:
        raise InputError("amount-invalid", f"“{shown}”不是金额") from error
    if exact != amount:
        raise InputError("amount-invalid", f"金额“{shown}”超过两位小数")
    return int(exact.scaleb(2))


def to_money(amount_fen: Fen) -> Money:
    """``Money`` (CNY) for callers outside."""
    return Money(Decimal(amount_fen).scaleb(-2), CNY)


def yuan(amount_fen: Fen) -> str:
    """The amount in yuan with two decimals and no separators: ``"12345.60"``."""
    sign = "-" if amount_fen < 0 else ""
    whole, cents = divmod(abs(amount_fen), 100)
    return f"{sign}{whole}.{cents:02d}"


def round_half_up(value: Fraction | Decimal) -> Fen:
    """The one rounding rule: half away from zero, the custom of interest in China (四舍五入)."""
    if isinstance(value, Decimal):
        return int(value.quantize(Decimal(1), ROUND_HALF_UP))
    doubled = abs(value) * 2
    rounded = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    return rounded if value >= 0 else -rounded


def split(total_fen: Fen, weights: Sequence[int]) -> list[Fen]:
    """Share a total by weight with the largest remainder (最大余数法); the shares sum to the total exactly.

    Each share is its exact proportion rounded down to the fen; the left-over fen go to the largest
    remainders, ties to the lowest index, so callers sort by (building code, unit number) first. A negative
    total is shared as the mirror image of the positive one.

    Raises ValueError when a weight is negative or no weight is positive.

    >>> split(100_000, [8931, 10247, 12005])
    [28641, 32861, 38498]
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    if total_fen < 0:
        return [-share for share in split(-total_fen, weights)]
    shares = []
    remainders = []
    for index, weight in enumerate(weights):
        share, remainder = divmod(total_fen * weight, whole)
        shares.append(share)
        remainders.append((-remainder, index))
    for _, index in sorted(remainders)[: total_fen - sum(shares)]:
        shares[index] += 1
    return shares
