"""Firm or person (收款单位): a firm that is paid stays by name, a person's name must not enter an event."""

import re

from ledger.policy import load

_PERSON = re.compile(r"[㐀-䶿一-鿿\U00020000-\U0003ffff]{2,4}")
_MIDDLE_DOT = re.compile("[·•・‧]")


def is_person(name: str) -> bool:
    """Whether the name is a natural person's, by the words of ``policy/payees.toml``."""
    marks = load().table("payees")
    if name in marks["names"] or any(word in name for word in marks["words"]):
        return False
    for ending in marks["endings"]:
        if len(name) >= ending["from_length"] and name.endswith(tuple(ending["words"])):
            return False
    return bool(_PERSON.fullmatch(name) or _MIDDLE_DOT.search(name))
