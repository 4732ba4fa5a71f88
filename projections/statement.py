"""Statements (分户账): the entries of one unit with a running balance."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from ledger.events import EntryKind
from ledger.identity import Part, building_stream, event_id
from ledger.money import yuan
from projections.accounts import accounts
from projections.checkpoints import position as reached
from projections.postings import postings


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry and the ``event`` that made it. Amounts in yuan.

    ``part_balance`` is what its part holds after it, ``balance`` what all parts of the unit hold together.
    """

    value_date: date
    kind: EntryKind
    part: Part
    amount: str
    balance: str
    part_balance: str
    event: str


class PartBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What one part of the account holds; in sold public housing they are never one money, art. 11, 20."""

    part: Part
    balance: str
    principal: str
    interest: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """The statement of a unit: its ``parts`` and their entries; ``balance`` is their sum. Amounts in yuan.

    ``closed`` (销户) and ``frozen`` (the orders that freeze the owner's account, null: none) are of now,
    whatever the cuts.
    """

    building: str
    unit: str
    as_of: date | None
    position: str
    balance: str
    principal: str
    interest: str
    parts: tuple[PartBalance, ...]
    closed: bool
    frozen: str | None
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
    account = _account(connection, building, unit, cut)
    if account is None:
        return None
    held: dict[Part, list[int]] = {part: [0, 0] for part in _parts(connection, building, unit, cut)}
    entry = postings.c
    amount = entry.principal_fen + entry.interest_fen
    wanted = select(
        entry.value_date, entry.kind, entry.part, entry.principal_fen, entry.interest_fen, entry.version
    ).where(entry.building == building, entry.unit == unit, entry.position <= cut)
    if as_of is not None:
        wanted = wanted.where(entry.value_date <= as_of)
    total = 0
    lines = []
    for row in connection.execute(wanted.order_by(entry.value_date, amount < 0, entry.position, entry.line)):
        own = held[row.part]
        total += row.principal_fen + row.interest_fen
        own[0] += row.principal_fen
        own[1] += row.interest_fen
        lines.append(
            StatementLine(
                value_date=row.value_date,
                kind=row.kind,
                part=row.part,
                amount=yuan(row.principal_fen + row.interest_fen),
                balance=yuan(total),
                part_balance=yuan(sum(own)),
                event=event_id(building_stream(building), row.version),
            )
        )
    principal, interest = (sum(own[index] for own in held.values()) for index in (0, 1))
    return Statement(
        building=building,
        unit=unit,
        as_of=as_of,
        position=str(cut),
        balance=yuan(principal + interest),
        principal=yuan(principal),
        interest=yuan(interest),
        parts=tuple(
            PartBalance(part=part, balance=yuan(sum(own)), principal=yuan(own[0]), interest=yuan(own[1]))
            for part, own in held.items()
        ),
        closed=account.closed,
        frozen=account.frozen,
        lines=tuple(lines),
    )


def _parts(connection: Connection, building: str, unit: str, cut: int) -> list[Part]:
    """The parts of the unit's account that the log held at the cut; none where there was no such unit."""
    opened = select(accounts.c.part).where(
        accounts.c.building == building, accounts.c.unit == unit, accounts.c.position <= cut
    )
    return list(connection.execute(opened.order_by(accounts.c.part)).scalars())


def _account(connection: Connection, building: str, unit: str, cut: int) -> Row[Any, Any] | None:
    """What stands beside the money of the unit's account; None where the log had none at the cut."""
    account = accounts.c
    opened = select(account.closed, account.frozen).where(
        account.building == building,
        account.unit == unit,
        account.part == "owner",
        account.position <= cut,
    )
    return connection.execute(opened).first()
