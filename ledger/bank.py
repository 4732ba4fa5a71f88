"""Bank account (专户): the aggregate of one account number – the balances of its statements, day by day."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from ledger.commands import RecordStatement, ReverseEntry
from ledger.errors import Refusal
from ledger.events import (
    Event,
    StatementLine,
    StatementRecorded,
    StatementReversalLine,
    StatementReversed,
)
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import MAX_FEN, Fen, yuan
from ledger.reversal import entry_to_reverse
from ledger.stamp import Stamp


class Statement(NamedTuple):
    """A day of a statement as recorded, and its version in the stream."""

    day: date
    version: int
    lines: tuple[StatementLine, ...]


class Break(NamedTuple):
    """Where a balance does not follow (余额不衔接): index of the line, the balance due and the one stated."""

    line: int
    due_fen: Fen
    stated_fen: Fen


class State(msgspec.Struct, frozen=True):
    """An account as its statements have it, by day and version; ``reversed`` holds (version, line)."""

    version: int = 0
    statements: tuple[Statement, ...] = ()
    reversed: frozenset[tuple[int, int]] = frozenset()

    def closing_fen(self, day: date) -> Fen | None:
        """The balance at the end of this day: the last one stated, and what moved since."""
        moved = 0
        for place in range(self._after(day) - 1, -1, -1):
            for line in reversed(self._standing(self.statements[place])):
                if line.balance_fen is not None:
                    return line.balance_fen + moved
                moved += line.in_fen - line.out_fen
        return None

    def opening_after(self, day: date) -> Fen | None:
        """The balance at the beginning of the days after: the next one stated, less what moved till then."""
        moved = 0
        for place in range(self._after(day), len(self.statements)):
            for line in self._standing(self.statements[place]):
                moved += line.in_fen - line.out_fen
                if line.balance_fen is not None:
                    return line.balance_fen - moved
        return None

    def _after(self, day: date) -> int:
        return bisect_right(self.statements, day, key=itemgetter(0))

    def _standing(self, statement: Statement) -> list[StatementLine]:
        """The lines that were not taken back."""
        return [
            line
            for index, line in enumerate(statement.lines)
            if (statement.version, index) not in self.reversed
        ]


EMPTY: Final = State()


# Folding


def apply(state: State, event: Event) -> State:
    """The state after one more event of the account's stream; raises TypeError for a strange event."""
    version = state.version + 1
    match event:
        case StatementRecorded():
            place = bisect_right(state.statements, event.value_date, key=itemgetter(0))
            new = Statement(event.value_date, version, event.lines)
            statements = (*state.statements[:place], new, *state.statements[place:])
            return replace(state, version=version, statements=statements)
        case StatementReversed():
            gone = state.reversed | {(event.version, line.line) for line in event.lines}
            return replace(state, version=version, reversed=gone)
        case _:
            raise TypeError(f"{event.TOPIC} is no event of a bank account")


# Deciding


def decide_statement(
    state: State, command: RecordStatement, stamp: Stamp, today: date
) -> tuple[StatementRecorded]:
    """Record a day of a statement, its lines in the order in which their balances follow.

    Raises Refused ``date-future``, ``date-invalid``, ``lines-missing``, ``amount-missing``, ``amounts-both``,
    ``amount-not-positive``, ``amount-too-large``.
    """
    refuse_any(_refusals(command, today))
    order = in_order(command.lines, state.closing_fen(command.value_date))
    lines = tuple(command.lines[index] for index in order)
    return (StatementRecorded(**stamp, value_date=command.value_date, lines=lines),)


def breaks(state: State, command: RecordStatement) -> tuple[Break, ...]:
    """Where balances do not follow: from the days on record before, line by line, and to the day after."""
    found = []
    balance = state.closing_fen(command.value_date)
    order = in_order(command.lines, balance)
    for index in order:
        line = command.lines[index]
        due = None if balance is None else balance + line.in_fen - line.out_fen
        balance = due if line.balance_fen is None else line.balance_fen
        if due is not None and balance is not None and due != balance:
            found.append(Break(index, due, balance))
    following = state.opening_after(command.value_date)
    if balance is not None and following is not None and balance != following:
        found.append(Break(order[-1], following, balance))
    return tuple(found)


def decide_reversal(
    state: State, original: Event | None, command: ReverseEntry, stamp: Stamp
) -> tuple[StatementReversed]:
    """Take back (冲正) lines of a statement that are not the bank's, each once.

    Raises Refused as ``reversal.entry_to_reverse`` does.
    """
    statement, chosen = entry_to_reverse(command, original, (StatementRecorded,), state.reversed)
    taken = [(index, statement.lines[index]) for index in chosen]
    lines = tuple(
        StatementReversalLine(line=index, amount_fen=line.out_fen - line.in_fen) for index, line in taken
    )
    return (
        StatementReversed(
            **stamp,
            value_date=statement.value_date,
            version=command.version,
            reason=command.reason,
            lines=lines,
        ),
    )


def in_order(lines: Sequence[StatementLine], opening_fen: Fen | None) -> tuple[int, ...]:
    """Indexes of the lines in an order in which every balance follows from the one before.

    Banks print the newest line first or last, and officers sort by amount. Each line is a step from one
    balance to another, so an order is a walk that takes every step once (an Eulerian path); where there is
    none, or a balance is not stated, the lines stay as they are. Of a circle with nothing before it nobody
    can tell where it began: the order given decides if it is a walk, otherwise the lowest balance.
    """
    as_given = tuple(range(len(lines)))
    if not lines or any(line.balance_fen is None for line in lines):
        return as_given
    if opening_fen in (None, _before(lines[0])) and _follow(lines):
        return as_given
    steps: defaultdict[Fen | None, list[int]] = defaultdict(list)
    for index in sorted(as_given, key=lambda index: _content(lines[index]), reverse=True):
        steps[_before(lines[index])].append(index)
    walk: list[int] = []
    path: list[tuple[Fen | None, int]] = [(_start(lines, opening_fen), -1)]
    while path:
        balance, index = path[-1]
        if steps[balance]:
            following = steps[balance].pop()
            path.append((lines[following].balance_fen, following))
        else:
            walk.append(index)
            path.pop()
    order = tuple(walk[-2::-1])
    return order if len(order) == len(lines) and _follow([lines[index] for index in order]) else as_given


def _start(lines: Sequence[StatementLine], opening_fen: Fen | None) -> Fen | None:
    """Where the walk begins: what is left more often than reached; in a circle the opening or the lowest."""
    left = [before for line in lines if (before := _before(line)) is not None]
    surplus = Counter(left)
    surplus.subtract(line.balance_fen for line in lines if line.balance_fen is not None)
    starts = sorted(balance for balance, count in surplus.items() if count > 0)
    if starts:
        return starts[0]
    return opening_fen if opening_fen in left else min(left)


def _before(line: StatementLine) -> Fen | None:
    return None if line.balance_fen is None else line.balance_fen - line.in_fen + line.out_fen


def _follow(lines: Sequence[StatementLine]) -> bool:
    return all(earlier.balance_fen == _before(later) for earlier, later in pairwise(lines))


def _content(line: StatementLine) -> tuple[str, Fen, Fen, str]:
    return line.bank_ref or "", line.in_fen, line.out_fen, line.summary or ""


def _refusals(command: RecordStatement, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.value_date, today, "value_date", term="交易日期")
    if not command.lines:
        yield Refusal("lines-missing", "没有对账单明细", "lines")
    for index, line in enumerate(command.lines):
        if not line.in_fen and not line.out_fen:
            yield Refusal("amount-missing", "收入金额、支出金额应填一项", "in_fen", index)
        if line.in_fen and line.out_fen:
            yield Refusal("amounts-both", "收入金额、支出金额只能填一项", "out_fen", index)
        for field in ("in_fen", "out_fen"):
            amount = getattr(line, field)
            yield amount_refusal(amount, field, index) if amount else None
        if line.balance_fen is not None and abs(line.balance_fen) >= MAX_FEN:
            message = f"余额 {yuan(line.balance_fen)} 达到或超过一万亿元"
            yield Refusal("amount-too-large", message, "balance_fen", index)
