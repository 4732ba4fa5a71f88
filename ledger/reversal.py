"""Which lines of an earlier event a reversal (冲正) may take back: those it has, each once."""

from collections.abc import Iterator, Set
from typing import Final, TypeVar

from ledger.commands import ReverseEntry
from ledger.entries import Entry
from ledger.errors import Refusal, Refused
from ledger.events import (
    BalanceOpened,
    BankGainsReceived,
    DepositCollected,
    DepositRefunded,
    Event,
    IncomeCredited,
    ReversalLine,
    StatementRecorded,
)
from ledger.identity import event_id
from ledger.limits import refuse_any

UnitEntry = BalanceOpened | DepositCollected | DepositRefunded | IncomeCredited
REVERSIBLE: Final[tuple[type[UnitEntry], ...]] = (
    BalanceOpened,
    DepositCollected,
    DepositRefunded,
    IncomeCredited,
)
"""The events of a building whose lines may be reversed."""

ENTRY = TypeVar("ENTRY", bound=UnitEntry | BankGainsReceived | StatementRecorded)


def entry_to_reverse(
    command: ReverseEntry, original: Event | None, kinds: tuple[type[ENTRY], ...], gone: Set[tuple[int, int]]
) -> tuple[ENTRY, tuple[int, ...]]:
    """The event to reverse, of a kind that may be reversed, and the indexes of its lines to take back.

    ``gone`` holds (version, line) of lines reversed before. Raises Refused ``entry-unknown``,
    ``not-reversible``, ``line-unknown``, ``already-reversed``, ``reason-missing``.
    """
    name = event_id(command.stream, command.version)
    if original is None:
        raise Refused(Refusal("entry-unknown", f"没有编号为 {name} 的事件", "version"))
    if not isinstance(original, kinds):
        raise Refused(Refusal("not-reversible", f"事件 {name} 的类型不能冲正", "version"))
    chosen = tuple(range(len(original.lines))) if command.lines is None else command.lines
    refuse_any(_refusals(command, chosen, len(original.lines), gone))
    return original, chosen


def opposite(entry: Entry, index: int) -> ReversalLine:
    """The opposite of one entry of an event of a building, the one of its line ``index``."""
    return ReversalLine(
        line=index,
        unit=entry.unit,
        part=entry.part,
        kind=entry.kind,
        principal_fen=-entry.principal_fen,
        interest_fen=-entry.interest_fen,
    )


def _refusals(
    command: ReverseEntry, chosen: tuple[int, ...], count: int, gone: Set[tuple[int, int]]
) -> Iterator[Refusal]:
    name = event_id(command.stream, command.version)
    if not command.reason.strip():
        yield Refusal("reason-missing", "冲正必须说明原因", "reason")
    if not chosen:
        yield Refusal("lines-missing", "没有要冲正的明细", "lines")
    seen: set[int] = set()
    for place, index in enumerate(chosen):
        if not 0 <= index < count:
            yield Refusal("line-unknown", f"事件 {name} 没有第 {index + 1} 行", "lines", place)
        elif (command.version, index) in gone or index in seen:
            yield Refusal("already-reversed", f"事件 {name} 第 {index + 1} 行已经冲正", "lines", place)
        seen.add(index)
