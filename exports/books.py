"""A book (账套) in the order of its days: vouchers, and what its accounts hold at each year end.

Accounts are a tree: element, account, book, detail account, then building and unit, bank account, or lot.
What an account above holds is what all below it hold together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

from ledger.calendar import parse_period
from ledger.identity import FUND_NAMES, PART_NAMES
from ledger.money import Fen
from ledger.policy.journal import FUND_ACCOUNTS, Auxiliary, JournalRules
from projections.journal import JournalLine

_BOOK_DEPTH: Final = 3
_UNKNOWN: Final = "0未注明"

Path = tuple[str, ...]
"""An account by its place: ``净资产``, ``3001商品住宅维修资金``, ``532301商品住宅``, building, unit."""


class Account(NamedTuple):
    """An account that lines are booked on: its place, and what it is kept by."""

    path: Path
    aux: Auxiliary | None


class Posting(NamedTuple):
    """What a line of a voucher does to an account: fen, a credit negative."""

    account: Path
    amount_fen: Fen
    line: JournalLine | None


class Voucher(NamedTuple):
    """A voucher (记账凭证) of a day, or what the accounts held before the first month that is wanted."""

    day: date
    summary: str
    postings: tuple[Posting, ...]

    @property
    def line(self) -> JournalLine | None:
        """Its first line, which bears what is said of all; None of balances brought forward."""
        return self.postings[0].line


class Held(NamedTuple):
    """What accounts hold at the end of a day (余额): a credit balance is negative."""

    day: date
    balances: tuple[tuple[Path, Fen], ...]


class Tree:
    """The accounts of one book as a tree: those of the chart, each with the auxiliaries of its lines."""

    def __init__(self, rules: JournalRules) -> None:
        self._rules = rules
        self._accounts: dict[tuple[str | None, ...], Account] = {}

    def account(self, line: JournalLine) -> Account:
        """The account of a line."""
        key = (line.account, line.building, line.unit, line.part, line.bank_account, line.lot)
        if key not in self._accounts:
            self._accounts[key] = self._made(line)
        return self._accounts[key]

    def _made(self, line: JournalLine) -> Account:
        booked = self._rules.account(line.account)
        top = booked if booked.parent is None else self._rules.account(booked.parent)
        book = f"{line.county}{FUND_NAMES[line.fund]}"
        path: Path = (booked.element, f"{top.number}{top.name}", book)
        if booked is not top:
            path = (*path, f"{booked.number}{booked.name}")
        match booked.aux:
            case "unit" if line.building is not None:
                path = (*path, line.building, _unit(line))
            case "bank":
                path = (*path, line.bank_account or _UNKNOWN)
            case "lot":
                path = (*path, line.lot or _UNKNOWN)
        return Account(path, booked.aux)


def _unit(line: JournalLine) -> str:
    unit = line.unit or _UNKNOWN
    return unit if line.part in (None, "owner") else f"{unit}-{PART_NAMES[line.part]}"


def days(lines: Iterable[JournalLine], tree: Tree, first: str | None) -> Iterator[Voucher | Held]:
    """The vouchers of one book by day, and its balances at each year end and at the last month's end.

    ``lines`` come by period. Those before the month ``first`` are one voucher: the balances brought forward.
    """
    book = _Book(tree)
    months = groupby(lines, lambda line: line.period)
    last = None
    for period, found in months:
        if first is not None and period < first:
            for line in found:
                book.take(line)
            continue
        if last is None:
            if first is not None:
                yield from book.brought_forward(parse_period(first).first)
        else:
            for year in range(int(last[:4]), int(period[:4])):
                yield book.held(date(year, 12, 31))
        yield from book.month(found)
        last = period
    if last is not None:
        yield book.held(parse_period(last).last)
    elif first is not None:
        begin = parse_period(first).first
        yield from book.brought_forward(begin)
        yield book.held(begin)


class _Book:
    """The accounts of one book as they fill: those booked on, and those above whose balances are told."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._booked: defaultdict[Path, Fen] = defaultdict(int)
        self._told: defaultdict[Path, Fen] = defaultdict(int)

    def take(self, line: JournalLine) -> Posting:
        """Book a line; the balances of its account, its building and its book follow."""
        path, aux = self._tree.account(line)
        amount = line.debit_fen - line.credit_fen
        self._booked[path] += amount
        self._told[path[:_BOOK_DEPTH]] += amount
        if line.account in FUND_ACCOUNTS.values() and len(path) > _BOOK_DEPTH:
            self._told[path[:-1]] += amount
        if aux == "bank":
            self._told[path] += amount
        return Posting(path, amount, line)

    def month(self, lines: Iterable[JournalLine]) -> Iterator[Voucher]:
        """The vouchers of a month by day; a closing that is only pro forma comes last."""
        vouchers = [list(found) for _, found in groupby(lines, lambda line: line.number)]
        vouchers.sort(key=lambda found: (found[0].date, found[0].number == 0, found[0].number))
        for found in vouchers:
            summary = "；".join(dict.fromkeys(line.summary for line in found))
            yield Voucher(found[0].date, summary, tuple(map(self.take, found)))

    def brought_forward(self, day: date) -> Iterator[Voucher]:
        """What the accounts hold before a day, as its first voucher."""
        found = tuple(Posting(path, amount, None) for path, amount in sorted(self._booked.items()) if amount)
        if found:
            yield Voucher(day, "期初余额", found)

    def held(self, day: date) -> Held:
        """What the accounts above and at the bank hold."""
        return Held(day, tuple(sorted(self._told.items())))
