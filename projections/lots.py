"""The lots (存单、国债) of the books as they stand: what is out, when it matures, what it should earn."""

from collections.abc import Collection
from datetime import date, timedelta

import msgspec
from sqlalchemy import Connection, RowMapping, and_, exists, func, select

from ledger import policy
from ledger.events import LotKind
from ledger.identity import book_stream, event_id
from ledger.money import Fen, yuan
from ledger.policy import Policy
from ledger.policy.treasury import Terms
from projections.checkpoints import position as reached
from projections.lot_entries import lot_entries


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """One open lot; amounts in yuan, ``rate`` a year in percent, ``days`` to maturity (below zero: past it).

    ``amount`` is what was placed, ``open`` what is still out, ``received`` the interest so far; ``expected``
    is the interest of what is out at maturity, or by the day of the list where that is past or never comes.
    """

    book: str
    lot: str
    kind: LotKind
    name: str | None
    amount: str
    open: str
    received: str
    expected: str | None
    rate: str | None
    placed_on: date
    matures_on: date | None
    days: int | None
    renew: bool
    account: str | None
    event: str


class Lots(msgspec.Struct, frozen=True, kw_only=True):
    """The open lots in the order of their maturity, and the sum of what is out."""

    on: date
    known_at: str | None
    position: str
    open: str
    lots: tuple[Lot, ...]


def open_lots(
    connection: Connection,
    on: date,
    *,
    counties: Collection[str] | None = None,
    book: tuple[str, str] | None = None,
    within: int | None = None,
    position: int | None = None,
) -> Lots:
    """The lots of some counties, or of one book, of which something is out at the end of day ``on``.

    ``within``: only those that mature at most so many days later, or should have matured; ``position`` cuts
    by what the log held.
    """
    known = reached(connection)
    cut = known if position is None else min(position, known)
    rules = policy.load()
    found = [
        row
        for row in _open(connection, on, cut, counties, book)
        if within is None or (row["matures_on"] is not None and row["matures_on"] <= on + timedelta(within))
    ]
    found.sort(key=lambda row: (row["matures_on"] or date.max, row["county"], row["fund"], row["lot"]))
    return Lots(
        on=on,
        known_at=None if position is None else str(position),
        position=str(cut),
        open=yuan(sum(int(row["open_fen"]) for row in found)),
        lots=tuple(_lot(row, on, rules) for row in found),
    )


def _open(
    connection: Connection, on: date, cut: int, counties: Collection[str] | None, book: tuple[str, str] | None
) -> list[RowMapping]:
    """The standing placement of every lot that is not all back, with the sums of its entries."""
    entries = lot_entries.alias("entry")
    entry, back = entries.c, lot_entries.alias("back").c
    cuts = [entry.position <= cut, entry.value_date <= on]
    if counties is not None:
        cuts.append(entry.county.in_(counties))
    if book is not None:
        cuts += [entry.county == book[0], entry.fund == book[1]]
    key = (entry.county, entry.fund, entry.lot)
    sums = (
        select(
            *key,
            func.sum(entry.amount_fen).label("open_fen"),
            func.sum(entry.interest_fen).label("received_fen"),
        )
        .where(*cuts)
        .group_by(*key)
        .having(func.sum(entry.amount_fen) > 0)
        .subquery()
    )
    reversed_ = exists().where(
        back.county == entry.county,
        back.fund == entry.fund,
        back.lot == entry.lot,
        back.reverses_version == entry.version,
        back.position <= cut,
    )
    same = and_(*(sums.c[column.name] == column for column in key))
    placed = (
        select(entries, sums.c.open_fen, sums.c.received_fen)
        .join(sums, same)
        .where(*cuts, entry.kind == "lot-placed", entry.reverses_version.is_(None), ~reversed_)
    )
    return list(connection.execute(placed).mappings())


def _lot(row: RowMapping, on: date, rules: Policy) -> Lot:
    matures_on, rate_bp = row["matures_on"], row["rate_bp"]
    return Lot(
        book=f"{row['county']}/{row['fund']}",
        lot=row["lot"],
        kind=row["lot_kind"],
        name=row["name"],
        amount=yuan(row["amount_fen"]),
        open=yuan(int(row["open_fen"])),
        received=yuan(int(row["received_fen"])),
        expected=_expected(row, on, rules),
        rate=None if rate_bp is None else f"{rate_bp // 100}.{rate_bp % 100:02d}",
        placed_on=row["value_date"],
        matures_on=matures_on,
        days=None if matures_on is None else (matures_on - on).days,
        renew=bool(row["renew"]),
        account=row["account"],
        event=event_id(book_stream(row["county"], row["fund"]), row["version"]),
    )


def _expected(row: RowMapping, on: date, rules: Policy) -> str | None:
    """Only deposits say what they earn; how a bond counts its days is in its own paper."""
    if row["lot_kind"] not in ("time", "notice", "agreement"):
        return None
    matures_on = row["matures_on"]
    terms = Terms(row["rate_bp"], row["value_date"], matures_on, row["term_months"], bool(row["renew"]))
    open_fen: Fen = int(row["open_fen"])
    found = rules.treasury.expected_fen(terms, open_fen, max(on, matures_on) if matures_on else on)
    return None if found is None else yuan(found)
