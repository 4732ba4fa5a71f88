"""Receipts (票据) of one code: of every range what was used, voided, left out (断号) and is free."""

import msgspec
from sqlalchemy import Connection, func, select, text

from projections.checkpoints import position as reached
from projections.receipt_ranges import receipt_ranges


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A run of numbers, neither used nor voided, below one that was used (断号)."""

    first: str
    last: str
    count: int


class RangeUse(msgspec.Struct, frozen=True, kw_only=True):
    """One range handed out (领用): how many it has, and what became of them."""

    first: str
    last: str
    issued: int
    used: int
    void: int
    free: int
    skipped: int
    gaps: tuple[Gap, ...]


class ReceiptUse(msgspec.Struct, frozen=True, kw_only=True):
    """The ranges of a receipt code (票据代码), by number, with their totals."""

    code: str
    position: str
    issued: int
    used: int
    void: int
    free: int
    skipped: int
    ranges: tuple[RangeUse, ...]


_USED = text(
    "select distinct claim.name from log.claims claim"
    " left join log.undone undone on undone.import_id = claim.import_id"
    " where claim.kind like 'receipt/%' and undone.import_id is null"
    " and claim.name >= :first and claim.name <= :last and length(claim.name) = :length"
)
"""Numbers in use in any county: a deposit says its receipt's number, not its code."""


def receipt_use(connection: Connection, code: str) -> ReceiptUse | None:
    """What became of the receipts of a code; None where none was handed out."""
    line = receipt_ranges.c
    cut = reached(connection)
    found = connection.execute(
        select(line.first, line.last, line.voided)
        .where(line.code == code, line.position <= cut)
        .order_by(func.length(line.first), line.first)
    ).all()
    issued = [_numbers(row.first, row.last) for row in found if not row.voided]
    if not issued:
        return None
    voided = {number for row in found if row.voided for number in _numbers(row.first, row.last)}
    ranges = tuple(_use(connection, numbers, voided) for numbers in issued)
    names = ("issued", "used", "void", "free", "skipped")
    totals = {name: sum(getattr(each, name) for each in ranges) for name in names}
    return ReceiptUse(code=code, position=str(cut), **totals, ranges=ranges)


def _numbers(first: str, last: str) -> list[str]:
    """Every number of a range: the same prefix and as many digits."""
    prefix = first.rstrip("0123456789")
    width = len(first) - len(prefix)
    values = range(int(first[len(prefix) :]), int(last[len(prefix) :]) + 1)
    return [f"{prefix}{value:0{width}d}" for value in values]


def _use(connection: Connection, numbers: list[str], voided: set[str]) -> RangeUse:
    bounds = {"first": numbers[0], "last": numbers[-1], "length": len(numbers[0])}
    used = set(connection.execute(_USED, bounds).scalars())
    open_numbers = [number not in used and number not in voided for number in numbers]
    end = max((index for index, number in enumerate(numbers) if number in used), default=-1)
    gaps, start = [], None
    for index in range(end + 1):
        if open_numbers[index] and start is None:
            start = index
        elif not open_numbers[index] and start is not None:
            gaps.append(Gap(first=numbers[start], last=numbers[index - 1], count=index - start))
            start = None
    return RangeUse(
        first=numbers[0],
        last=numbers[-1],
        issued=len(numbers),
        used=sum(number in used for number in numbers),
        void=sum(number in voided and number not in used for number in numbers),
        free=sum(open_numbers[end + 1 :]),
        skipped=sum(open_numbers[: end + 1]),
        gaps=tuple(gaps),
    )
