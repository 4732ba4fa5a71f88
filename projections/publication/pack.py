"""What a pack (年度公布册) says: plain structs, amounts in fen, money out negative, areas in 0.01 m²."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec

from ledger.identity import Fund, Part
from ledger.money import Fen


class NothingToPublish(Exception):  # noqa: N818 - names the condition
    """The ledger has no such estate, or no account of this fund kind in it; ``code`` says which."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Differs(Exception):  # noqa: N818 - names the condition
    """What the read tables add up to is not what was published: neither can be shown to anybody."""


class Figures(NamedTuple):
    """What accounts held and moved in the year: opening and all movements add up to closing.

    ``returned``: money given back, handed over or moved between units (退划).
    """

    opening: Fen = 0
    deposit: Fen = 0
    gain: Fen = 0
    income: Fen = 0
    used: Fen = 0
    returned: Fen = 0
    closing: Fen = 0


FIGURES: Final[dict[str, str]] = {
    "opening": "年初余额",
    "deposit": "交存",
    "gain": "增值",
    "income": "收入",
    "used": "使用",
    "returned": "退划",
    "closing": "年末余额",
}
"""What the published sheet calls each figure, in its order."""


def total(figures: Iterable[Figures]) -> Figures:
    """The sum of each figure."""
    return Figures(*map(sum, zip(Figures(), *figures, strict=True)))


class Account(NamedTuple):
    """One unit account (分户账). ``below``: it holds less than its share of the first deposits, art. 17."""

    unit: str
    part: Part
    area_dm2: int
    figures: Figures
    first_fen: Fen
    below: bool
    closed: bool


class Building(NamedTuple):
    """One building (幢) and its accounts in the order of the published sheet."""

    building: str
    name: str
    estate: str
    estate_name: str
    accounts: tuple[Account, ...]

    @property
    def figures(self) -> Figures:
        """The sum of its accounts."""
        return total(account.figures for account in self.accounts)

    @property
    def units(self) -> int:
        """Units that are open; a unit of public housing has two accounts."""
        return sum(1 for account in self.accounts if account.part == "owner" and not account.closed)

    @property
    def area_dm2(self) -> int:
        """The area of the units that are open."""
        return sum(
            account.area_dm2 for account in self.accounts if account.part == "owner" and not account.closed
        )

    @property
    def below(self) -> int:
        """Accounts below their share of the first deposits."""
        return sum(account.below for account in self.accounts)


class Estate(NamedTuple):
    """One estate (小区) of the pack and the sums of its buildings."""

    estate: str
    name: str
    buildings: int
    units: int
    area_dm2: int
    below: int
    figures: Figures


class Share(NamedTuple):
    """What one building bore of a payment: how many accounts, and fen paid, given back, raised (自筹)."""

    building: str
    name: str
    accounts: int
    used: Fen
    returned: Fen
    self_raised: Fen


class Payment(NamedTuple):
    """One payment of a repair (维修付款) of the year, or one of before of which money came back in the year.

    ``cost`` and ``developer`` are of the whole payment, wherever it was shared; ``shares`` are this pack's.
    """

    event: str
    project: str
    object: str
    content: str
    emergency: bool
    stage: str
    paid_on: date
    payee: str
    cost: Fen
    developer: Fen
    shares: tuple[Share, ...]

    @property
    def used(self) -> Fen:
        """What the accounts of this pack paid."""
        return sum(share.used for share in self.shares)

    @property
    def returned(self) -> Fen:
        """What came back to the accounts of this pack."""
        return sum(share.returned for share in self.shares)

    @property
    def self_raised(self) -> Fen:
        """What the owners of this pack's accounts raised themselves."""
        return sum(share.self_raised for share in self.shares)


class Leaving(NamedTuple):
    """Money of one building that was given back, handed over or moved (退划), and why."""

    building: str
    name: str
    why: str
    accounts: int
    amount: Fen


class Expense(NamedTuple):
    """Other expense (其他支出) of the whole book; it is on no unit account."""

    paid_on: date
    kind: str
    reason: str
    payee: str
    amount: Fen


class BankAccount(NamedTuple):
    """A designated account (专户) of the book in the year; ``until`` None: still one."""

    account: str
    bank: str
    name: str
    since: date
    until: date | None


class Reconciled(NamedTuple):
    """The last reconciliation (对账) of an account through a day of the year."""

    account: str
    through: date
    bank: Fen
    ledger: Fen
    difference: Fen


class Management(NamedTuple):
    """Other facts of use and management (art. 30 no. 4), of the whole book (账套)."""

    accounts: tuple[BankAccount, ...]
    reconciled: tuple[Reconciled, ...]
    gains: tuple[tuple[str, Fen], ...]
    credited: Fen
    lots: tuple[tuple[str, int, Fen], ...]
    other_income: Fen
    expenses: tuple[Expense, ...]


class Issued(NamedTuple):
    """The publication (年度公布) that the figures are those of; ``estate`` None: it was of the whole book."""

    event: str
    published_on: date
    estate: str | None
    accounts: int
    sha256: str


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """The pack of an estate, or of a whole book (``estate`` None), for a year.

    ``issued`` None: a draft (未公布草稿). ``position`` and the moment ``known_at`` say how much of the log it
    knows; made again at that position it is the same. ``floor``: the percent of art. 17, None before it.
    """

    county: str
    county_name: str
    fund: Fund
    estate: str | None
    estate_name: str | None
    year: int
    over: bool
    issued: Issued | None
    position: int
    known_at: datetime
    floor: int | None
    buildings: tuple[Building, ...]
    payments: tuple[Payment, ...]
    leavings: tuple[Leaving, ...]
    management: Management

    @property
    def name(self) -> str:
        """What its files are called, without ending: ``年度公布-532301-commodity-E1-2019``."""
        parts = (
            "年度公布",
            self.county,
            self.fund,
            self.estate,
            str(self.year),
            None if self.issued else "草稿",
        )
        return "-".join(part for part in parts if part)

    @property
    def figures(self) -> Figures:
        """The totals."""
        return total(building.figures for building in self.buildings)

    @property
    def accounts(self) -> int:
        """How many accounts it lists."""
        return sum(len(building.accounts) for building in self.buildings)

    @property
    def estates(self) -> tuple[Estate, ...]:
        """The estates by code."""
        found: dict[str, list[Building]] = {}
        for building in self.buildings:
            found.setdefault(building.estate, []).append(building)
        return tuple(
            Estate(
                estate=code,
                name=own[0].estate_name,
                buildings=len(own),
                units=sum(each.units for each in own),
                area_dm2=sum(each.area_dm2 for each in own),
                below=sum(each.below for each in own),
                figures=total(each.figures for each in own),
            )
            for code, own in sorted(found.items())
        )
