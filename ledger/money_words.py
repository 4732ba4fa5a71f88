"""Amounts in words (人民币大写), as papers about money bear them: 支付结算办法 (银发〔1997〕393号)."""

from typing import Final

from ledger.money import Fen

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("仟", "佰", "拾", "")


def in_words(amount_fen: Fen) -> str:
    """The amount in words; of any size, negative amounts begin with 负.

    Where its annex 1 leaves a choice: a run of zeros between digits of the yuan is one 零, none is written
    between yuan and jiao, one between yuan and fen; 整 follows whole yuan only.

    >>> in_words(10700053)
    '壹拾万零柒仟元伍角叁分'
    """
    yuan, cents = divmod(abs(amount_fen), 100)
    jiao, fen = divmod(cents, 10)
    words = f"{_number(yuan)}元" if yuan or not cents else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    words += f"{_DIGITS[fen]}分" if fen else "" if jiao else "整"
    return f"负{words}" if amount_fen < 0 else words


def _number(number: int) -> str:
    """A whole number: groups of four digits, each with its place; 亿 is put after all that counts in it."""
    for place, name in ((8, "亿"), (4, "万")):
        if number >= 10**place:
            high, low = divmod(number, 10**place)
            gap = "零" if high % 10 == 0 or low < 10 ** (place - 1) else ""
            return f"{_number(high)}{name}{gap}{_number(low)}" if low else f"{_number(high)}{name}"
    words, empty = "", False
    for place, name in enumerate(_PLACES):
        digit = number // 10 ** (3 - place) % 10
        if digit:
            words += f"{'零' if words and empty else ''}{_DIGITS[digit]}{name}"
        empty = digit == 0
    return words or _DIGITS[0]
