"""Proof of a set of audit files (自查): what our own reader took back is held against itself.

Both readers give the same shape, so that the text form and the XML form are proved by one piece of code.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.money import Fen


class Balance(NamedTuple):
    """Balances and movements of an account, an item and a month, in fen; balances are debit-positive."""

    account: str
    item: str
    month: str
    opening: Fen
    debit: Fen
    credit: Fen
    closing: Fen


class Entry(NamedTuple):
    """One line of a voucher, in fen."""

    month: str
    voucher: tuple[str, str]
    account: str
    item: str
    debit: Fen
    credit: Fen


class AuditSet(NamedTuple):
    """What a set of files says: accounts with their parent (None: none), balances, entries, items."""

    accounts: dict[str, str | None]
    balances: list[Balance]
    entries: list[Entry]
    items: set[str]


def parents(numbers: Iterable[str]) -> dict[str, str | None]:
    """Each account with the longest other number that its own begins with."""
    known = set(numbers)
    return {
        number: max((other for other in known if number != other and number.startswith(other)), default=None)
        for number in known
    }


def problems(found: AuditSet) -> Iterator[str]:
    """What does not hold, in Chinese: nothing, when the set is sound."""
    yield from _names(found)
    yield from _vouchers(found)
    yield from _arithmetic(found)
    yield from _movements(found)
    yield from _trial(found)


def _names(found: AuditSet) -> Iterator[str]:
    used = {row.account for row in found.balances} | {row.account for row in found.entries}
    yield from (f"科目 {account} 不在会计科目表中" for account in sorted(used - found.accounts.keys()))
    items = {row.item for row in found.balances} | {row.item for row in found.entries}
    yield from (f"辅助核算项 {item} 不在档案中" for item in sorted(items - found.items - {""}))
    totals = {(row.account, row.month) for row in found.balances if not row.item}
    for account in sorted(found.accounts):
        missing = (month for month in _months(found) if (account, month) not in totals)
        yield from (f"科目 {account} 没有 {month} 月余额" for month in missing)


def _months(found: AuditSet) -> list[str]:
    """Every month from the first to the last that has balances or vouchers."""
    last = max([*(row.month for row in found.balances), *(row.month for row in found.entries)], default="00")
    return [f"{month:02d}" for month in range(1, int(last) + 1)]


def _vouchers(found: AuditSet) -> Iterator[str]:
    sums: dict[tuple[str, tuple[str, str]], Fen] = defaultdict(int)
    for entry in found.entries:
        sums[entry.month, entry.voucher] += entry.debit - entry.credit
    for (month, (kind, number)), difference in sorted(sums.items()):
        if difference:
            yield f"{month} 月 {kind} {number} 号凭证借贷不平，差 {difference} 分"


def _arithmetic(found: AuditSet) -> Iterator[str]:
    closing: dict[tuple[str, str], Fen] = {}
    rows = sorted(found.balances)
    for before, row in zip([None, *rows], rows, strict=False):
        key = (row.account, row.item)
        if before is not None and before[:3] == row[:3]:
            yield f"{row.account} {row.item} {row.month} 月的余额出现两次"
        if row.opening + row.debit - row.credit != row.closing:
            yield f"{row.account} {row.item} {row.month} 月期初加减发生额不等于期末"
        if closing.get(key, row.opening) != row.opening:
            yield f"{row.account} {row.item} {row.month} 月期初不等于上月期末"
        closing[key] = row.closing


def _movements(found: AuditSet) -> Iterator[str]:
    """Movements are the sums of the vouchers: of an account with those below it, and of each item."""
    sums: dict[tuple[str, str, str], list[Fen]] = defaultdict(lambda: [0, 0])
    for entry in found.entries:
        account: str | None = entry.account
        keys = [(entry.account, entry.item, entry.month)] if entry.item else []
        while account is not None:
            keys.append((account, "", entry.month))
            account = found.accounts.get(account)
        for key in keys:
            sums[key][0] += entry.debit
            sums[key][1] += entry.credit
    stated = {(row.account, row.item, row.month): [row.debit, row.credit] for row in found.balances}
    for key in sorted(sums.keys() | stated.keys()):
        if sums.get(key, [0, 0]) != stated.get(key, [0, 0]):
            account, item, month = key
            yield f"{account} {item} {month} 月的发生额不等于凭证合计"


def _trial(found: AuditSet) -> Iterator[str]:
    for month in _months(found):
        rows = [
            row
            for row in found.balances
            if row.month == month and not row.item and found.accounts.get(row.account) is None
        ]
        for what, total in (
            ("期初余额", sum(row.opening for row in rows)),
            ("期末余额", sum(row.closing for row in rows)),
            ("发生额", sum(row.debit - row.credit for row in rows)),
        ):
            if total:
                yield f"{month} 月{what}借贷不平，差 {total} 分"
