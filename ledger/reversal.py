"""Which lines of an earlier event a reversal (冲正) may take back: those it has, each once."""

from collections.abc import Iterator, Set
from typing import Final, TypeVar

from ledger.commands import ReverseEntry
from ledger.entries import Entry
from ledger.errors import Refusal, Refused
from ledger.events import (
    BalanceOpened,
    BankGainsReceived,
    BuildingDestroyed,
    CustodyTransferredIn,
    CustodyTransferredOut,
    DepositCollected,
    DepositRefunded,
    EntryReversed,
    Event,
    IncomeCredited,
    InterestAccrued,
    ObligationPaid,
    OwnerChanged,
    ReversalLine,
    StatementRecorded,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.identity import event_id
from ledger.limits import refuse_any

Whole = BuildingDestroyed | CustodyTransferredOut | CustodyTransferredIn
Following = WithdrawalPaid | WithdrawalReturned
UnitEntry = BalanceOpened | DepositCollected | DepositRefunded | IncomeCredited | Following | Whole
REVERSIBLE: Final[tuple[type[UnitEntry], ...]] = (
    BalanceOpened,
    DepositCollected,
    DepositRefunded,
    IncomeCredited,
    BuildingDestroyed,
    CustodyTransferredOut,
    CustodyTransferredIn,
)
"""The events of a building whose lines may be reversed."""

ENDING: Final = (BuildingDestroyed, CustodyTransferredOut, CustodyTransferredIn)
FOLLOWING: Final[tuple[type[UnitEntry], ...]] = (WithdrawalPaid, WithdrawalReturned)
"""Events of a building that follow from an event of a project, and are reversed with it and not alone."""

_WHOLE: Final = (*ENDING, *FOLLOWING)
"""Events of which all lines are taken back or none: they also say something of the whole."""

_INSTEAD: Final[dict[type[Event], str]] = {
    EntryReversed: "冲正不能再冲正，请重新记账",
    InterestAccrued: "计息随收益分配而来，不能单独冲正；请冲正有误的收益到账，差额由下一次分配更正",
    OwnerChanged: "过户不能冲正，请再记一次过户更正",
    WithdrawalPaid: "支取随维修付款而来，不能单独冲正；请冲正项目的付款",
    WithdrawalReturned: "退回随项目退款而来，不能单独冲正；请冲正项目的退回",
}
"""What is to be done where an event cannot be reversed."""

ENTRY = TypeVar("ENTRY", bound=UnitEntry | BankGainsReceived | ObligationPaid | StatementRecorded)


def origin(event: Event) -> str | None:
    """The id of the project's event from which an event of a building follows."""
    match event:
        case WithdrawalPaid():
            return event.payment
        case WithdrawalReturned():
            return event.returned
        case _:
            return None


def entry_to_reverse(
    command: ReverseEntry, original: Event | None, kinds: tuple[type[ENTRY], ...], gone: Set[tuple[int, int]]
) -> tuple[ENTRY, tuple[int, ...]]:
    """The event to reverse, of a kind that may be reversed, and the indexes of its lines to take back.

    ``gone`` holds (version, line) of lines reversed before. Raises Refused ``entry-unknown``,
    ``not-reversible``, ``line-unknown``, ``lines-partial``, ``already-reversed``, ``reason-missing``.
    """
    name = event_id(command.stream, command.version)
    if original is None:
        raise Refused(Refusal("entry-unknown", f"没有编号为 {name} 的事件", "version"))
    if not isinstance(original, kinds):
        why = _INSTEAD.get(type(original), "这类事件不能冲正")
        raise Refused(Refusal("not-reversible", f"事件 {name}：{why}", "version"))
    chosen = tuple(range(len(original.lines))) if command.lines is None else command.lines
    whole = isinstance(original, _WHOLE)
    refuse_any(_refusals(command, chosen, len(original.lines), gone, whole))
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
    command: ReverseEntry, chosen: tuple[int, ...], count: int, gone: Set[tuple[int, int]], whole: bool
) -> Iterator[Refusal]:
    name = event_id(command.stream, command.version)
    if not command.reason.strip():
        yield Refusal("reason-missing", "冲正必须说明原因", "reason")
    if whole and set(chosen) != set(range(count)):
        yield Refusal("lines-partial", f"事件 {name} 只能整笔冲正", "lines")
    elif not chosen and not whole:
        yield Refusal("lines-missing", "没有要冲正的明细", "lines")
    seen: set[int] = set()
    for place, index in enumerate(chosen):
        if not 0 <= index < count:
            yield Refusal("line-unknown", f"事件 {name} 没有第 {index + 1} 行", "lines", place)
        elif (command.version, index) in gone or index in seen:
            yield Refusal("already-reversed", f"事件 {name} 第 {index + 1} 行已经冲正", "lines", place)
        seen.add(index)
