"""One year of one book (账套年度): its vouchers, its balances by month, account and auxiliary item.

Lines go in as the journal gives them, records for the tables of a format come out. Balances are kept
debit-positive inside; a record carries them signed against the account's own side (GB/T 19581) and as an
amount with its own side (GB/T 24589).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from exports.fitting import Record
from exports.items import ARCHIVES, Item, Names, item_of, lineage
from ledger.calendar import parse_period
from ledger.errors import InputError
from ledger.identity import FUND_NAMES, Fund
from ledger.money import Fen
from ledger.policy.journal import ChartAccount
from projections.journal import JournalLine


class Book(NamedTuple):
    """A book (账套) and what it is called."""

    county: str
    county_name: str
    fund: Fund

    @property
    def code(self) -> str:
        """County and one digit for the fund: commodity 1, public 2."""
        return f"{self.county}{'1' if self.fund == 'commodity' else '2'}"

    @property
    def title(self) -> str:
        """楚雄市商品住宅维修资金."""
        return f"{self.county_name}{FUND_NAMES[self.fund]}维修资金"

    @property
    def entity(self) -> str:
        """The fund is the accounting entity (独立的会计主体, 财会〔2020〕7号), not the office keeping it."""
        return f"{self.county_name}住宅专项维修资金"


class Figure(NamedTuple):
    """One figure of a statement (报表项), in fen."""

    code: str
    name: str
    amount: Fen


class Statement(NamedTuple):
    """A statement (报表) of a period: its number, its name, its last day, and its figures."""

    code: str
    name: str
    date: date
    period: str
    items: tuple[Figure, ...]


Key = tuple[str, str]
"""An account and an item's code; the empty code is the account as a whole."""


class Chart:
    """The accounts of a book (科目表), and how to climb from one to its parents."""

    def __init__(self, accounts: Sequence[ChartAccount]) -> None:
        self.accounts = tuple(sorted(accounts, key=lambda account: account.number))
        self._by_number = {account.number: account for account in accounts}
        self.lengths = sorted({len(account.number) for account in accounts})

    def __getitem__(self, number: str) -> ChartAccount:
        """The account of a number; raises InputError ``account-unknown``."""
        found = self._by_number.get(number)
        if found is None:
            raise InputError("account-unknown", f"科目“{number}”不在会计科目表中")
        return found

    def upwards(self, number: str) -> list[str]:
        """The account and those above it."""
        found = [number]
        while (parent := self[found[-1]].parent) is not None:
            found.append(parent)
        return found

    def level(self, number: str) -> int:
        """1 for a general ledger account (总账科目), 2 for its details."""
        return len(self.upwards(number))

    def structure(self, separator: str) -> str:
        """Digits of each level (科目结构): ``4-2``."""
        steps = [after - before for before, after in zip([0, *self.lengths], self.lengths, strict=False)]
        return separator.join(str(step) for step in steps)


class BookYear:
    """A year of a book: post its lines by reading ``entries`` to the end, then ask for the rest.

    ``through`` is the last month that may be spoken of, ``opening`` are the debit-positive balances at the
    end of the year before, ``items`` those that they belong to; ``closing`` opens the next year.
    """

    def __init__(
        self,
        book: Book,
        year: int,
        through: int,
        chart: Chart,
        names: Names,
        words: Mapping[str, str],
        opening: Mapping[Key, Fen],
        items: Mapping[str, Item],
        statements: Sequence[Statement] = (),
    ) -> None:
        self.book = book
        self.year = year
        self._through = through
        self._chart = chart
        self._names = names
        self._words = words
        self._opening = {key: amount for key, amount in opening.items() if amount}
        self._items = dict(items)
        self._statements = statements
        self._moved: dict[Key, dict[int, list[Fen]]] = defaultdict(dict)
        self._officers: set[str] = set()
        self.posted = 0
        self.pro_forma: set[str] = set()

    def entries(self, lines: Iterable[JournalLine]) -> Iterator[Record]:
        """The records of the year's vouchers, each posted on the way: by month, date, number, line."""
        for period, month in groupby(lines, key=lambda line: line.period):
            if period[:4] != str(self.year):
                raise ValueError(f"a line of {period} among those of {self.year}")
            for line in sorted(month, key=_voucher_order):
                yield self._entry(line, self._post(line, int(period[5:])))

    def _post(self, line: JournalLine, month: int) -> str:
        """Adds a line to its account, to those above, and to its item; the code of the item, or empty."""
        self.posted += 1
        aux = self._chart[line.account].aux
        item = item_of(line, aux) or ""
        if item and item not in self._items:
            self._items |= {found.code: found for found in lineage(line, item, aux, self._names)}
        for number in self._chart.upwards(line.account):
            self._add((number, ""), month, line)
        if item:
            self._add((line.account, item), month, line)
        if line.number == 0:
            self.pro_forma.add(line.period)
        if line.actor:
            self._officers.add(line.actor)
        return item

    def _add(self, key: Key, month: int, line: JournalLine) -> None:
        sums = self._moved[key].setdefault(month, [0, 0])
        sums[0] += line.debit_fen
        sums[1] += line.credit_fen

    def _entry(self, line: JournalLine, item: str) -> Record:
        words = self._words
        mine = "voucher" if line.number else "pro-forma"
        return {
            "date": line.date,
            "year": line.period[:4],
            "month": self._month(int(line.period[5:])),
            "kind": words[f"{mine}-kind"],
            "kind-code": words[f"{mine}-kind-code"],
            "number": str(line.number).zfill(int(words["number-digits"])),
            "line": line.line,
            "summary": line.summary,
            "account": line.account,
            "account-name": self._chart[line.account].name,
            "debit": line.debit_fen,
            "credit": line.credit_fen,
            "item": item,
            "item-name": self._items[item].name if item else None,
            "settlement": words["settlement"] if line.bank_account else None,
            "slip": words["slip"] if line.bank_ref else None,
            "bank-ref": line.bank_ref,
            "slip-date": line.value_date if line.bank_ref else None,
            "value-date": line.value_date,
            "papers": line.papers,
            "actor": line.actor,
            "posted": "1" if line.number else words["pro-forma-posted"],
            "event": line.event,
        }

    def books(self) -> Iterator[Record]:
        """The one record of the book."""
        yield {
            "book": self.book.code,
            "title": self.book.title,
            "entity": self.book.entity,
            "year": str(self.year),
            "structure": self._chart.structure(self._words["structure-separator"]),
        }

    @property
    def months(self) -> range:
        """The months of the year, up to the last that may be spoken of or has a voucher."""
        return range(
            1, 1 + max([self._through, *(month for moved in self._moved.values() for month in moved)])
        )

    def post(self, lines: Iterable[JournalLine]) -> None:
        """Posts lines of a year that is not written, only carried on."""
        for line in lines:
            self._post(line, int(line.period[5:]))

    def periods(self) -> Iterator[Record]:
        """The months."""
        for month in self.months:
            period = parse_period(f"{self.year}-{month:02d}")
            yield {
                "year": str(self.year),
                "month": self._month(month),
                "first": period.first,
                "last": period.last,
            }

    def accounts(self) -> Iterator[Record]:
        """Every account of the chart, by number."""
        for account in self._chart.accounts:
            level = self._chart.level(account.number)
            yield {
                "account": account.number,
                "name": account.name,
                "parent": account.parent,
                "level": level,
                "level-text": str(level),
                "has-items": "1" if account.aux else "0",
                "item-kind": self._words["item-kind"] if account.aux else None,
                "archive": account.aux,
                "archive-name": ARCHIVES[account.aux] if account.aux else None,
                "element": account.element,
                "side": self._words[account.side],
            }

    def archives(self) -> Iterator[Record]:
        """The kinds of items."""
        for archive, name in ARCHIVES.items():
            yield {"archive": archive, "name": name, "has-levels": "1" if archive == "unit" else "0"}

    def account_items(self) -> Iterator[Record]:
        """Which accounts are kept by which kind of item."""
        for account in self._chart.accounts:
            if account.aux:
                yield {
                    "account": account.number,
                    "archive": account.aux,
                    "archive-name": ARCHIVES[account.aux],
                }

    def balances(self) -> Iterator[Record]:
        """By account, item, month: every account in every month; items only where there is something.

        Whether that includes months in which an item did not move is a rule of the format.
        """
        quiet = {1, self.months[-1]} if self._words["quiet-months"] == "ends" else set(self.months)
        months = self.months
        empty = [(account.number, "") for account in self._chart.accounts]
        for key in sorted({*empty, *self._opening, *self._moved}):
            side = self._chart[key[0]].side
            opening = self._opening.get(key, 0)
            moved = self._moved.get(key, {})
            for month in months:
                debit, credit = moved.get(month, (0, 0))
                closing = opening + debit - credit
                if month in moved or not key[1] or (opening and month in quiet):
                    yield self._balance(key, side, month, (opening, debit, credit, closing))
                opening = closing

    def _balance(self, key: Key, side: str, month: int, figures: tuple[Fen, Fen, Fen, Fen]) -> Record:
        opening, debit, credit, closing = figures
        sign = 1 if side == "debit" else -1
        return {
            "account": key[0],
            "name": self._chart[key[0]].name,
            "item": key[1],
            "item-name": self._items[key[1]].name if key[1] else None,
            "year": str(self.year),
            "month": self._month(month),
            "side": self._words[side],
            "opening": sign * opening,
            "debit": debit,
            "credit": credit,
            "closing": sign * closing,
            "opening-side": self._side(opening, side),
            "closing-side": self._side(closing, side),
            "opening-amount": abs(opening),
            "closing-amount": abs(closing),
        }

    def _month(self, month: int) -> str:
        return str(month).zfill(int(self._words["month-digits"]))

    def _side(self, balance: Fen, own: str) -> str:
        """The side that a balance stands on; nothing stands on the account's own."""
        if balance == 0:
            return self._words[own]
        return self._words["debit" if balance > 0 else "credit"]

    def items(self) -> Iterator[Record]:
        """The items that balances or vouchers of the year name, and those above them, by code."""
        wanted = {code for _, code in (*self._opening, *self._moved) if code}
        for code in list(wanted):
            parent = self._items[code].parent
            while parent is not None:
                wanted.add(parent)
                parent = self._items[parent].parent
        for code in sorted(wanted):
            item = self._items[code]
            yield {
                "code": item.code,
                "name": item.name,
                "archive": item.archive,
                "parent": item.parent,
                "level": str(item.level),
            }

    def firms(self) -> Iterator[Record]:
        """Selling units and contractors, numbered in the order of their names."""
        for number, firm in enumerate(sorted(self._names.firms), 1):
            yield {"code": f"{number:06d}", "name": firm}

    def officers(self) -> Iterator[Record]:
        """Who recorded something in the year; the ledger knows officers by the name they work under."""
        for name in sorted(self._officers):
            yield {"code": name, "name": name}

    def statement_heads(self) -> Iterator[Record]:
        """The statements (会住维01、02、03表) of the year, as they were given."""
        for statement in self._statements:
            yield {
                "statement": statement.code,
                "name": statement.name,
                "date": statement.date,
                "period": statement.period,
                "entity": self.book.entity,
            }

    def statement_items(self) -> Iterator[Record]:
        """Every figure of every statement, in fen."""
        for statement in self._statements:
            for item in statement.items:
                yield {
                    "statement": statement.code,
                    "item": item.code,
                    "name": item.name,
                    "amount": item.amount,
                }

    def records(self, content: str) -> Iterator[Record]:
        """The records of one content of ``CONTENTS``; entries are had by posting them."""
        return {
            "book": self.books,
            "period": self.periods,
            "account": self.accounts,
            "account-item": self.account_items,
            "archive": self.archives,
            "statement": self.statement_heads,
            "statement-item": self.statement_items,
            "balance": self.balances,
            "item": self.items,
            "firm": self.firms,
            "officer": self.officers,
        }[content]()

    def closing(self) -> tuple[dict[Key, Fen], dict[str, Item]]:
        """What the next year opens with: balances that are not zero, and the items seen so far."""
        found = dict(self._opening)
        for key, months in self._moved.items():
            total = found.get(key, 0) + sum(debit - credit for debit, credit in months.values())
            found[key] = total
        return {key: amount for key, amount in found.items() if amount}, self._items


def _voucher_order(line: JournalLine) -> tuple[date, int, int, int]:
    return line.date, line.number == 0, line.number, line.line
