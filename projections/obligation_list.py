"""What is owed for destroyed buildings (应付房屋灭失返还资金) and not reversed, with its sums."""

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Row, cast, func, select

from ledger.events import PayeeKind
from ledger.identity import Fund, Part, building_stream, event_id
from ledger.money import yuan
from projections.checkpoints import position as reached
from projections.obligations import obligations


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """What is owed for one account of a destroyed building; amounts in yuan.

    ``event`` and ``line`` name it for a payment.
    """

    county: str
    building: str
    unit: str
    part: Part
    fund: Fund
    payee: PayeeKind
    payee_ref: str | None
    payee_name: str | None
    since: date
    owed: str
    paid: str
    left: str
    event: str
    line: int


class ObligationList(msgspec.Struct, frozen=True, kw_only=True):
    """Everything owed for destroyed buildings, and its sums in yuan; ``left`` is account 2001."""

    as_of: date | None
    position: str
    owed: str
    paid: str
    left: str
    obligations: tuple[Obligation, ...]


def obligation_list(
    connection: Connection,
    counties: Collection[str] | None = None,
    as_of: date | None = None,
    position: int | None = None,
) -> ObligationList:
    """What is owed in some counties (None: in all), by county, building, unit and part.

    ``as_of`` cuts by value date, ``position`` by what the log held.
    """
    known = reached(connection)
    cut = known if position is None else min(position, known)
    found = _found(connection, counties, as_of, cut)
    owed, paid = sum(row.owed_fen for row in found), sum(row.paid_fen for row in found)
    return ObligationList(
        as_of=as_of,
        position=str(cut),
        owed=yuan(owed),
        paid=yuan(paid),
        left=yuan(owed - paid),
        obligations=tuple(_obligation(row) for row in found),
    )


def _found(
    connection: Connection, counties: Collection[str] | None, as_of: date | None, cut: int
) -> list[Row[Any]]:
    """Each obligation that stands, with what is owed and what was paid of it."""
    line = obligations.c
    cuts = [line.position <= cut]
    if as_of is not None:
        cuts.append(line.value_date <= as_of)
    sums = (
        select(
            line.building,
            line.owed_version,
            line.owed_line,
            func.coalesce(func.sum(line.amount_fen).filter(line.kind == "arisen"), 0).label("owed_fen"),
            func.coalesce(-func.sum(line.amount_fen).filter(line.kind == "paid"), 0).label("paid_fen"),
        )
        .where(*cuts)
        .group_by(line.building, line.owed_version, line.owed_line)
        .subquery()
    )
    wanted = (
        select(
            obligations,
            cast(sums.c.owed_fen, BigInteger).label("owed_fen"),
            cast(sums.c.paid_fen, BigInteger).label("paid_fen"),
        )
        .join(
            sums,
            (sums.c.building == line.building)
            & (sums.c.owed_version == line.owed_version)
            & (sums.c.owed_line == line.owed_line),
        )
        .where(*cuts, line.kind == "arisen", line.reverses_version.is_(None), sums.c.owed_fen != 0)
    )
    if counties is not None:
        wanted = wanted.where(line.county.in_(counties))
    ordered = wanted.order_by(line.county, line.building, line.unit, line.part, line.position, line.line)
    return list(connection.execute(ordered))


def _obligation(row: Row[Any]) -> Obligation:
    return Obligation(
        county=row.county,
        building=row.building,
        unit=row.unit,
        part=row.part,
        fund=row.fund,
        payee=row.payee,
        payee_ref=row.payee_ref,
        payee_name=row.payee_name,
        since=row.value_date,
        owed=yuan(row.owed_fen),
        paid=yuan(row.paid_fen),
        left=yuan(row.owed_fen - row.paid_fen),
        event=event_id(building_stream(row.building), row.owed_version),
        line=row.owed_line,
    )
