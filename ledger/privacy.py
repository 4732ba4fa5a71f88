"""Personal numbers (身份证件号码、手机号码) in what people write: an event keeps what it says for ever.

A name within words cannot be told from other words; persons have fields of their own, which become refs.
"""

import re
from typing import Final

from ledger.errors import InputError

_NUMBERS: Final = re.compile(r"(?<!\d)(?:1\d{10}|\d{17}[\dXx])(?!\d)")
MASK: Final = "＊"


def without_numbers(words: str) -> str:
    """The words with personal numbers masked: for what a bank wrote, which no officer can write anew."""
    return _NUMBERS.sub(MASK, words)


def refuse_numbers(words: str, term: str) -> str:
    """The words themselves; raises InputError ``personal-number`` (个人信息保护法第6条)."""
    if _NUMBERS.search(words):
        raise InputError("personal-number", f"{term}含有身份证件号码或手机号码，个人信息不能记入账本")
    return words
