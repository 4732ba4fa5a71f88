"""Balancing a bank account (银行存款余额调节表) at the end of a day: bank and ledger, and what only one has.

The ledger's balance is all money of the books whose account (专户) it is that moved at a bank, less what
names another account, as a reconciliation on record has it. Only movements up to the day are matched: what
the other side has later is under way (未达) on the day.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, Subquery, and_, func, or_, select, tuple_, union, union_all

from ledger.identity import event_id
from ledger.money import Fen
from ledger.terms import MOVE_NAMES
from projections.bank_lines import bank_lines
from projections.bank_match import bank_side, ledger_side
from projections.bank_moves import bank_moves
from projections.book_entries import book_entries
from projections.causes import causes
from projections.designations import designations
from projections.matching import REASON_NAMES, Unmatched, match
from projections.obligations import obligations
from projections.postings import postings
from projections.views.paging import Row
from projections.views.view import Asked, Column, Filter, View
from projections.yearly import yearly

Book = tuple[str, str]
"""County and fund kind."""


class _Line(NamedTuple):
    """One line of the sheet; ``amount`` None: nobody stated it."""

    side: str
    item: str
    amount: Fen | None
    day: date | None = None
    bank_ref: str | None = None
    text: str | None = None
    reason: str | None = None
    event: str | None = None
    line: int | None = None


def reconciliation(connection: Connection, asked: Asked) -> Iterator[Row]:
    """The lines of the sheet; none where the account is in a book of a county that was not asked for."""
    account: str = asked.filters["account"]
    books = _books(connection, account, asked)
    if not books or (asked.counties is not None and any(county not in asked.counties for county, _ in books)):
        return
    for number, line in enumerate(_sheet(connection, asked, account, books), 1):
        yield (number, account, *line)


def _sheet(connection: Connection, asked: Asked, account: str, books: Collection[Book]) -> Iterator[_Line]:
    through = asked.day
    lines = bank_side(connection, account, asked.cut, through)
    found = match(lines, ledger_side(connection, account, asked.cut, through))
    own = _own_moves(connection, asked, account, books)
    of_ledger = [each for each in found.ledger if (each.moved.event, each.moved.line) in own]
    stated, held = _stated(connection, asked, account), _held(connection, asked, account, books)
    yield _Line("bank", "对账单余额", stated, lines[-1].day if lines else None)
    yield from _items("bank", of_ledger, "加：账本已收、银行未收", "减：账本已付、银行未付")
    adjusted = None if stated is None else stated + _sum(of_ledger)
    yield _Line("bank", "调节后对账单余额", adjusted)
    yield _Line("ledger", "账本余额", held, through)
    yield from _items("ledger", found.bank, "加：银行已收、账本未收", "减：银行已付、账本未付")
    balanced = held + _sum(found.bank)
    yield _Line("ledger", "调节后账本余额", balanced)
    yield _Line("both", "调节后差额", None if adjusted is None else adjusted - balanced)


def _items(side: str, unmatched: Collection[Unmatched], into: str, out: str) -> Iterator[_Line]:
    for moved, reason in sorted(unmatched, key=lambda each: (each.moved.amount_fen < 0, each.moved.day)):
        text = moved.text if side == "ledger" else MOVE_NAMES.get(moved.text or "", moved.text)
        item = into if moved.amount_fen > 0 else out
        place = moved.event, moved.line + 1
        yield _Line(side, item, moved.amount_fen, moved.day, moved.bank_ref, text, reason, *place)


def _sum(unmatched: Collection[Unmatched]) -> Fen:
    return sum(each.moved.amount_fen for each in unmatched)


def _books(connection: Connection, account: str, asked: Asked) -> list[Book]:
    """The books whose account it is or was reconciled as; where there is none, those whose money it took."""
    declared, named, received = (
        select(table.c.county, table.c.fund)
        .where(table.c.account == account, table.c.position <= asked.cut)
        .where(table.c.value_date <= asked.day)
        for table in (designations, yearly, book_entries)
    )
    for wanted in (union(declared, named), received.distinct()):
        found = [(row.county, row.fund) for row in connection.execute(wanted)]
        if found:
            return found
    return []


def _stated(connection: Connection, asked: Asked, account: str) -> Fen | None:
    """The bank's balance at the end of the day: the last one stated, and what moved since."""
    line, back = bank_lines.alias("line").c, bank_lines.alias("back").c
    reversed_ = (
        select(back.position)
        .where(back.account == account, back.reverses_version == line.version)
        .where(back.reverses_line == line.line, back.position <= asked.cut)
        .exists()
    )
    wanted = (
        select(line.amount_fen, line.balance_fen)
        .where(line.account == account, line.position <= asked.cut, line.value_date <= asked.day)
        .where(line.reverses_version.is_(None), ~reversed_)
        .order_by(line.value_date.desc(), line.version.desc(), line.line.desc())
    )
    moved = 0
    for row in connection.execute(wanted):
        if row.balance_fen is not None:
            return int(row.balance_fen) + moved
        moved += int(row.amount_fen)
    return None


def _held(connection: Connection, asked: Asked, account: str, books: Collection[Book]) -> Fen:
    """What the ledger says the books have in the account, reversals included."""
    entry, moves = postings.c, _moves(asked, books)
    of_units = (
        select(func.sum(entry.principal_fen + entry.interest_fen).label("amount"))
        .where(tuple_(entry.county, entry.fund).in_(books), entry.position <= asked.cut)
        .where(entry.kind.in_(("opening", "withdrawal", "return")), entry.value_date <= asked.day)
    )
    of_moves = select(func.sum(moves.c.amount_fen)).where(_here(moves, account))
    both = union_all(of_units, of_moves).subquery("both")
    return int(connection.execute(select(func.coalesce(func.sum(both.c.amount), 0))).scalar_one())


def _own_moves(
    connection: Connection, asked: Asked, account: str, books: Collection[Book]
) -> set[tuple[str, int]]:
    """Event and line of every movement that is money of the books; a repair's is one movement."""
    moves = _moves(asked, books)
    named = select(moves.c.stream, moves.c.version, moves.c.line).where(_here(moves, account))
    found = {(event_id(row.stream, row.version), int(row.line)) for row in connection.execute(named)}
    paid = (
        select(causes.c.cause)
        .join(postings, postings.c.position == causes.c.position)
        .where(tuple_(postings.c.county, postings.c.fund).in_(books), causes.c.position <= asked.cut)
        .where(causes.c.kind.in_(("withdrawal", "return")))
        .distinct()
    )
    return found | {(cause, 0) for cause in connection.execute(paid).scalars()}


def _here(moves: Subquery, account: str) -> Any:
    return or_(moves.c.account.is_(None), moves.c.account == account)


def _moves(asked: Asked, books: Collection[Book]) -> Subquery:
    """Movements at a bank of the books, but repairs: these are shared by fund kind in the postings alone.

    A reversal has the account of what it takes back.
    """
    move, of = bank_moves.alias("move"), bank_moves.alias("of")
    taken_back = and_(
        of.c.stream == move.c.stream,
        of.c.version == move.c.reverses_version,
        of.c.line == move.c.reverses_line,
    )
    columns = (
        move.c.stream,
        move.c.version,
        move.c.line,
        func.coalesce(move.c.account, of.c.account).label("account"),
        move.c.amount_fen,
    )

    def joined(place: Any, *conditions: Any) -> Select[Any]:
        return (
            select(*columns)
            .select_from(place)
            .where(move.c.position <= asked.cut, move.c.value_date <= asked.day, *conditions)
        )

    rows = move.outerjoin(of, taken_back)
    of_table = (
        joined(
            rows.join(table, and_(table.c.position == move.c.position, table.c.line == move.c.line)),
            tuple_(table.c.county, table.c.fund).in_(books),
            move.c.stream.like("building/%"),
            (move.c.kind == "obligation") == (table is obligations),
        )
        for table in (postings, obligations)
    )
    own = [f"book/{county}/{fund}" for county, fund in books]
    return union_all(*of_table, joined(rows, move.c.stream.in_(own))).subquery("moves")


SIDES: Final = {"bank": "银行", "ledger": "账本", "both": "两方"}

BANK_RECONCILIATION: Final = View(
    name="bank-reconciliation",
    title="银行存款余额调节表",
    columns=(
        Column("number", "序号", "count"),
        Column("account", "账号", "text"),
        Column("side", "一方", "text", terms=SIDES),
        Column("item", "项目", "text"),
        Column("amount", "金额", "money"),
        Column("day", "日期", "date"),
        Column("bank_ref", "银行流水号", "text"),
        Column("text", "摘要", "text"),
        Column("reason", "原因", "text", terms=REASON_NAMES),
        Column("event", "凭证", "text"),
        Column("line", "行", "count"),
    ),
    order=("number",),
    rows=reconciliation,
    filters={"account": Filter("账号", "text", required=True)},
    note="截至日（默认今天）的一个专户；调节后差额不为零的，是期初或逐笔都解释不了的差额",
)
