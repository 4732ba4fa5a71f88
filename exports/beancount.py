"""The books for Beancount (double-entry accounting in text), made for ``bean-check``.

Facts of the program are those that were run with 3.2.3: a part of an account's name begins with a capital
letter or a digit, keys of metadata are ASCII, a balance holds in the morning of its day, and only ``~ 0``
makes it exact.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from exports.book_files import BookFiles, Declared
from exports.books import Held, Path, Posting, Voucher
from ledger.calendar import day_after
from ledger.money import yuan

_ROOTS: Final = {
    "资产": "Assets",
    "负债": "Liabilities",
    "净资产": "Equity",
    "收入": "Income",
    "支出": "Expenses",
}
_CURRENCY: Final = "CNY"
_HASH_DIGITS: Final = 6
_NAMES: Final = 1 << 16
"""Names of accounts that are kept, since each comes back with every month."""


class Beancount:
    """How Beancount wants its books written."""

    name = "beancount"
    title = "Beancount 账册"
    ending = ".beancount"

    def heading(self, title: str) -> str:
        """Title and currency."""
        return f'option "title" {_text(title)}\noption "operating_currency" "{_CURRENCY}"\n\n'

    def declared(self, account: Declared) -> str:
        """Opened on the first day it is used; the original name and what people call it are metadata."""
        lines = [f"{account.since} open {_name(account.path)} {_CURRENCY}\n"]
        if account.path[-1] != _component(account.path[-1]):
            lines.append(f"  name: {_text(account.path[-1])}\n")
        if account.called is not None:
            lines.append(f"  building: {_text(account.called)}\n")
        return "".join(lines)

    def voucher(self, voucher: Voucher) -> str:
        """Number, event, who recorded it and how many papers are metadata."""
        lines = [f"\n{voucher.day} * {_text(voucher.summary)}\n"]
        if (line := voucher.line) is not None:
            if line.number:
                lines.append(f'  code: "{line.number:04d}"\n')
            if line.event:
                lines.append(f"  event-id: {_text(line.event)}\n")
                lines.append(f"  actor: {_text(line.actor)}\n  papers: {line.papers}\n")
            else:  # the closing of a month that nobody has closed yet
                lines.append("  pro-forma: TRUE\n")
        lines += map(_posting, voucher.postings)
        return "".join(lines)

    def held(self, held: Held) -> str:
        """A balance means the morning: it is dated the day after. Zero tolerance, or a fen would pass."""
        day = day_after(held.day)
        return "\n" + "".join(
            f"{day} balance {_name(path)}  {yuan(amount)} ~ 0 {_CURRENCY}\n" for path, amount in held.balances
        )

    def whole(self, books: Iterable[str]) -> str:
        """The books one after the other: no account is in two of them."""
        heading = f'option "operating_currency" "{_CURRENCY}"\n1949-10-01 commodity {_CURRENCY}\n'
        return heading + "".join(f'include "{name}"\n' for name in books)


def _posting(posting: Posting) -> str:
    lines = [f"  {_name(posting.account)}  {yuan(posting.amount_fen)} {_CURRENCY}\n"]
    if (line := posting.line) is not None:
        if line.value_date != line.date:
            lines.append(f"    value-date: {line.value_date}\n")
        if line.bank_ref:
            lines.append(f"    ref: {_text(line.bank_ref)}\n")
    return "".join(lines)


@lru_cache(_NAMES)
def _name(path: Path) -> str:
    root, *parts = path
    return ":".join([_ROOTS[root], *map(_component, parts)])


def _component(text: str) -> str:
    """A part of an account's name; one that had to be changed ends with a hash, so that no two become one."""
    normal = unicodedata.normalize("NFKC", text)
    plain = "".join(character if _allowed(character) else "-" for character in normal)
    if not re.match("[A-Z0-9]", plain):
        plain = f"A{plain}"
    if plain == text:
        return text
    return f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]}"


def _allowed(character: str) -> bool:
    return character == "-" or unicodedata.category(character)[0] == "L" or character.isdecimal()


def _text(text: str) -> str:
    """A string; the two marks that have a meaning inside one are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


BEANCOUNT: Final = BookFiles(Beancount())
