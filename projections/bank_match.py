"""Reconciling (银行对账) one account: its statements against the ledger, unmatched on either side by day."""

from datetime import date

import msgspec
from sqlalchemy import Connection, and_, exists, func, or_, select, true

from ledger.identity import bank_stream, event_id
from ledger.money import yuan
from projections.bank_lines import bank_lines
from projections.bank_moves import bank_moves
from projections.checkpoints import position as reached
from projections.matching import Moved, Reason, Unmatched, match


class UnmatchedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A movement that the other side does not have; yuan, money out negative.

    ``text`` is the bank's summary (摘要), or the kind of the ledger's entry.
    """

    event: str
    line: int
    amount: str
    bank_ref: str | None
    text: str | None
    reason: Reason


class UnmatchedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What does not match on one day: what only the bank has, and what only the ledger has."""

    day: date
    bank: tuple[UnmatchedLine, ...]
    ledger: tuple[UnmatchedLine, ...]


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """One account over some days: how many lines the bank has, how many match, and the days that do not."""

    account: str
    start: date
    end: date
    position: str
    lines: int
    matched: int
    days: tuple[UnmatchedDay, ...]


def bank_match(
    connection: Connection, account: str, start: date | None = None, end: date | None = None
) -> Reconciliation | None:
    """Match an account; None where no statement of it is on record.

    Days are those of the statements unless ``start`` or ``end`` say otherwise. All of the account is
    matched, whatever the days: the bank may book on the next day what the ledger has on the last.
    """
    cut = reached(connection)
    bank = bank_side(connection, account, cut)
    if not bank:
        return None
    first, last = start or bank[0].day, end or bank[-1].day
    found = match(bank, ledger_side(connection, account, cut))
    days: dict[date, tuple[list[UnmatchedLine], list[UnmatchedLine]]] = {}
    for side, unmatched in enumerate((found.bank, found.ledger)):
        for each in unmatched:
            if first <= each.moved.day <= last:
                days.setdefault(each.moved.day, ([], []))[side].append(_line(each))
    lines = sum(first <= moved.day <= last for moved in bank)
    return Reconciliation(
        account=account,
        start=first,
        end=last,
        position=str(cut),
        lines=lines,
        matched=lines - sum(len(sides[0]) for sides in days.values()),
        days=tuple(
            UnmatchedDay(day=day, bank=tuple(sides[0]), ledger=tuple(sides[1]))
            for day, sides in sorted(days.items())
        ),
    )


def _line(unmatched: Unmatched) -> UnmatchedLine:
    moved = unmatched.moved
    return UnmatchedLine(
        event=moved.event,
        line=moved.line,
        amount=yuan(moved.amount_fen),
        bank_ref=moved.bank_ref,
        text=moved.text,
        reason=unmatched.reason,
    )


def bank_side(connection: Connection, account: str, cut: int, through: date | None = None) -> list[Moved]:
    """Lines of the account that were not taken back, up to a day (None: all)."""
    line, back = bank_lines.alias("line").c, bank_lines.alias("back").c
    reversed_ = exists().where(
        back.account == account,
        back.value_date == line.value_date,
        back.reverses_version == line.version,
        back.reverses_line == line.line,
        back.position <= cut,
    )
    wanted = (
        select(line.version, line.line, line.value_date, line.amount_fen, line.bank_ref, line.summary)
        .where(line.account == account, line.position <= cut, line.reverses_version.is_(None), ~reversed_)
        .where(true() if through is None else line.value_date <= through)
        .order_by(line.value_date, line.position, line.line)
    )
    stream = bank_stream(account)
    return [
        Moved(
            event_id(stream, row.version), row.line, row.value_date, row.amount_fen, row.bank_ref, row.summary
        )
        for row in connection.execute(wanted)
    ]


def ledger_side(connection: Connection, account: str, cut: int, through: date | None = None) -> list[Moved]:
    """Entries of the account less what was reversed; those that name none unless another account has them.

    Up to a day (None: all); a reversal has the day of what it takes back.
    """
    move, back = bank_moves.alias("move").c, bank_moves.alias("back").c
    reversed_fen = (
        select(func.coalesce(func.sum(back.amount_fen), 0))
        .where(
            back.stream == move.stream,
            back.reverses_version == move.version,
            back.reverses_line == move.line,
            back.position <= cut,
        )
        .scalar_subquery()
    )
    elsewhere = exists().where(
        bank_lines.c.bank_ref == move.bank_ref,
        bank_lines.c.account != account,
        bank_lines.c.position <= cut,
    )
    wanted = (
        select(
            move.stream,
            move.version,
            move.line,
            move.value_date,
            (move.amount_fen + reversed_fen).label("amount_fen"),
            move.bank_ref,
            move.kind,
            move.county,
            move.account,
        )
        .where(
            move.position <= cut,
            move.reverses_version.is_(None),
            or_(move.account == account, and_(move.account.is_(None), ~elsewhere)),
            true() if through is None else move.value_date <= through,
        )
        .order_by(move.value_date, move.position, move.line)
    )
    return [
        Moved(
            event_id(row.stream, row.version),
            row.line,
            row.value_date,
            int(row.amount_fen),
            row.bank_ref,
            row.kind,
            row.county,
            row.account is not None,
        )
        for row in connection.execute(wanted)
        if row.amount_fen
    ]
