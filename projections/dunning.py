"""Dunning (催交续交): owners' accounts that fell below their share of the first deposits, art. 17."""

from collections.abc import Collection, Iterator
from datetime import date

import msgspec
from sqlalchemy import Connection

from ledger.identity import Fund
from ledger.money import yuan
from ledger.policy import Policy
from projections.owing import Cut, cut_of, owners
from projections.paging import LIMIT, Place, page, place_of


class UnitBelow(msgspec.Struct, frozen=True, kw_only=True):
    """What a dunning letter must say; yuan, area in 0.01 m². ``missing`` leads back to the floor."""

    county: str
    estate: str
    building: str
    unit: str
    fund: Fund
    area_dm2: int
    first_deposit: str
    percent: int
    floor: str
    balance: str
    missing: str


class DunningList(msgspec.Struct, frozen=True, kw_only=True):
    """Units to be asked for more (续交); ``next`` is the cursor of the page that follows."""

    as_of: date | None
    position: str
    units: tuple[UnitBelow, ...]
    next: str | None = None


def dunning(
    connection: Connection,
    policy: Policy,
    counties: Collection[str] | None = None,
    *,
    as_of: date | None = None,
    today: date,
    after: str | None = None,
    limit: int = LIMIT,
) -> DunningList:
    """Accounts below the floor of the day that have a first deposit, without exempt units, buildings that are
    gone, and accounts in the custody of the owners' assembly (业主大会).

    Raises InputError ``cursor-invalid``, ``limit-invalid``.
    """
    cut = cut_of(connection, as_of, today)
    units, more = page(_below(connection, policy, cut, place_of(after), counties), limit)
    return DunningList(as_of=as_of, position=str(cut.position), units=units, next=more)


def _below(
    connection: Connection, policy: Policy, cut: Cut, after: Place, counties: Collection[str] | None
) -> Iterator[UnitBelow]:
    rule = policy.dues.floor(cut.asked)
    if rule is None:
        return
    for row, paid in owners(connection, cut, after, counties):
        floor = rule.floor_fen(paid.first_fen)
        left_out = paid.handed_over or paid.exempt_on(cut.asked)
        if paid.first_fen > 0 and paid.balance_fen < floor and not left_out:
            yield UnitBelow(
                county=row.county,
                estate=row.estate,
                building=row.building,
                unit=row.unit,
                fund=row.fund,
                area_dm2=row.area_dm2,
                first_deposit=yuan(paid.first_fen),
                percent=rule.percent,
                floor=yuan(floor),
                balance=yuan(paid.balance_fen),
                missing=yuan(floor - paid.balance_fen),
            )
