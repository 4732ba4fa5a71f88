"""The books for hledger (plain text accounting), made for ``hledger check --strict`` and ``ordereddates``.

Facts of the program are those that were run with 1.25: two spaces end the name of an account, ``=*`` asserts
an account with all below it, and Chinese roots need a type.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from exports.book_files import BookFiles, Declared
from exports.books import Held, Path, Posting, Voucher
from ledger.money import yuan

_TYPES: Final = {"资产": "A", "负债": "L", "净资产": "E", "收入": "R", "支出": "X"}
_CURRENCY: Final = "CNY"
_PLAIN: Final = str.maketrans({";": "；", "|": "｜", ",": "，"})
_NO_DATE: Final = str.maketrans({"[": "［", "]": "］"})
_HASH_DIGITS: Final = 6
_NAMES: Final = 1 << 16
"""Names of accounts that are kept, since each comes back with every month."""


class Hledger:
    """How hledger wants its books written."""

    name = "hledger"
    title = "hledger 账册"
    ending = ".journal"

    def heading(self, title: str) -> str:
        """Decimal mark and commodity first: amounts are read by them."""
        return f"; {_text(title)}\n\ndecimal-mark .\ncommodity 1,000.00 {_CURRENCY}\n\n" + "".join(
            f"account {element}  ; type:{kind}\n" for element, kind in _TYPES.items()
        )

    def declared(self, account: Declared) -> str:
        """Strict checks want every account that is booked on or asserted."""
        tags = [] if account.called is None else [f"name:{_tag(account.called)}"]
        if _component(account.path[-1]) != account.path[-1]:
            tags.append(f"code:{_tag(account.path[-1])}")
        return f"account {_name(account.path)}{'  ; ' if tags else ''}{', '.join(tags)}\n"

    def voucher(self, voucher: Voucher) -> str:
        """The number is the code; the event, who recorded it and how many papers are tags."""
        line = voucher.line
        number = f"({line.number:04d}) " if line is not None and line.number else ""
        lines = [f"\n{voucher.day} * {number}{_text(voucher.summary)}\n"]
        if line is not None:
            if line.event:
                lines.append(f"    ; event:{_tag(line.event)}\n")
                lines.append(f"    ; papers:{line.papers}, actor:{_tag(line.actor)}\n")
            else:  # the closing of a month that nobody has closed yet
                lines.append("    ; pro-forma:\n")
        lines += map(_posting, voucher.postings)
        return "".join(lines)

    def held(self, held: Held) -> str:
        """Assertions are exact, and carried by postings of zero."""
        lines = [f"\n{held.day} * 余额核对\n"]
        lines += [
            f"    {_name(path)}  0.00 {_CURRENCY} =* {yuan(amount)} {_CURRENCY}\n"
            for path, amount in held.balances
        ]
        return "".join(lines)

    def whole(self, books: Iterable[str]) -> str:
        """The books one after the other: no account is in two of them."""
        return "".join(f"include {name}\n" for name in books)


def _posting(posting: Posting) -> str:
    tags = []
    if (line := posting.line) is not None:
        if line.value_date != line.date:
            tags.append(f"value-date:{line.value_date}")
        if line.bank_ref:
            tags.append(f"ref:{_tag(line.bank_ref)}")
    note = f"  ; {', '.join(tags)}" if tags else ""
    return f"    {_name(posting.account)}  {yuan(posting.amount_fen)} {_CURRENCY}{note}\n"


@lru_cache(_NAMES)
def _name(path: Path) -> str:
    return ":".join(map(_component, path))


def _component(text: str) -> str:
    """A part of an account's name; one that had to be changed ends with a hash, so that no two become one."""
    plain = _text(text).replace(":", "：")
    if plain == text:
        return text
    return f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]}"


def _text(text: str) -> str:
    """Text without the marks that end a name, a description or a tag."""
    return re.sub(r"\s+", " ", text.translate(_PLAIN)).strip()


def _tag(text: str) -> str:
    """Text as the value of a tag: there a date in brackets would move its posting to that day."""
    return _text(text).translate(_NO_DATE)


HLEDGER: Final = BookFiles(Hledger())
