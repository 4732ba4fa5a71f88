"""Statements (分户账): the entries of one unit with a running balance."""

from datetime import date

import msgspec
from sqlalchemy import Connection, select

from ledger.events import EntryKind
from ledger.identity import Part, building_stream, event_id
from ledger.money import yuan
from projections.accounts import accounts
from projections.checkpoints import position as reached
from projections.postings import postings


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry; ``balance`` is the unit's after it, ``event`` the event that made it. Amounts in yuan."""

    value_date: date
    kind: EntryKind
    part: Part
    amount: str
    balance: str
    event: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """The statement of a unit, all its parts together. Amounts in yuan."""

    building: str
    unit: str
    as_of: date | None
    position: str
    balance: str
    principal: str
    interest: str
    lines: tuple[StatementLine, ...]


def statement_unit(
    connection: Connection,
    building: str,
    unit: str,
    as_of: date | None = None,
    position: int | None = None,
) -> Statement | None:
    """The statement of a unit, or None where no such unit was known.

    ``as_of`` cuts by value date, ``position`` by what the log held. Lines are in the order of the house plan,
    §6: value date, money in before money out, position, line.
    """
    known = reached(connection)
    cut = known if position is None else min(position, known)
    if not _exists(connection, building, unit, cut):
        return None
    entry = postings.c
    amount = entry.principal_fen + entry.interest_fen
    wanted = select(
        entry.value_date, entry.kind, entry.part, entry.principal_fen, entry.interest_fen, entry.version
    ).where(entry.building == building, entry.unit == unit, entry.position <= cut)
    if as_of is not None:
        wanted = wanted.where(entry.value_date <= as_of)
    principal = interest = 0
    lines = []
    for row in connection.execute(wanted.order_by(entry.value_date, amount < 0, entry.position, entry.line)):
        principal += row.principal_fen
        interest += row.interest_fen
        lines.append(
            StatementLine(
                value_date=row.value_date,
                kind=row.kind,
                part=row.part,
                amount=yuan(row.principal_fen + row.interest_fen),
                balance=yuan(principal + interest),
                event=event_id(building_stream(building), row.version),
            )
        )
    return Statement(
        building=building,
        unit=unit,
        as_of=as_of,
        position=str(cut),
        balance=yuan(principal + interest),
        principal=yuan(principal),
        interest=yuan(interest),
        lines=tuple(lines),
    )


def _exists(connection: Connection, building: str, unit: str, cut: int) -> bool:
    opened = select(accounts.c.unit).where(
        accounts.c.building == building, accounts.c.unit == unit, accounts.c.position <= cut
    )
    return connection.execute(opened.limit(1)).first() is not None
