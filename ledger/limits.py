"""Refusals that hold for live commands and for history alike: days and amounts that no ledger may take."""

from collections.abc import Iterable
from datetime import date

from ledger.calendar import EARLIEST
from ledger.errors import Refusal, Refused
from ledger.money import MAX_FEN, Fen, yuan
from ledger.terms import TERMS


def day_refusal(
    day: date | None, today: date, field: str, line: int | None = None, term: str | None = None
) -> Refusal | None:
    """``date-future`` for a day after today in Shanghai, ``date-invalid`` for one before 1949-10-01.

    ``term`` is what papers call the day, where that is not the term of the field.
    """
    if day is None or EARLIEST <= day <= today:
        return None
    named = term or TERMS[field]
    if day > today:
        return Refusal("date-future", f"{named} {day} 晚于今天 {today}", field, line)
    return Refusal("date-invalid", f"{named} {day} 早于 {EARLIEST}", field, line)


def amount_refusal(amount_fen: Fen | None, field: str, line: int | None = None) -> Refusal | None:
    """``amount-not-positive`` for zero and less, ``amount-too-large`` from 10^12 yuan."""
    if amount_fen is None or 0 < amount_fen < MAX_FEN:
        return None
    if amount_fen <= 0:
        return Refusal("amount-not-positive", f"金额 {yuan(amount_fen)} 应大于零", field, line)
    return Refusal("amount-too-large", f"金额 {yuan(amount_fen)} 达到或超过一万亿元", field, line)


def refuse_any(refusals: Iterable[Refusal | None]) -> None:
    """Raise Refused with every refusal there is."""
    found = [refusal for refusal in refusals if refusal is not None]
    if found:
        raise Refused(*found)
