"""Special receipts (专用票据) of one code: the ranges that were issued (领用) and voided (作废). All pure."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from ledger.building import code_refusal
from ledger.commands import IssueReceipts, VoidReceipts
from ledger.errors import Refusal
from ledger.events import Event, ReceiptCodesEntered, ReceiptsIssued, ReceiptsVoided
from ledger.limits import day_refusal, refuse_any
from ledger.stamp import Stamp

MAX_NUMBERS: Final = 100_000
"""Receipts in one range: more is a slip of the pen."""

MAX_LENGTH: Final = 20

_NUMBER: Final = re.compile(r"(.*?)([0-9]+)", re.DOTALL)


class Range(NamedTuple):
    """Receipt numbers of one prefix and width, the first and the last included, in the order of numbers."""

    prefix: str
    width: int
    first: int
    last: int

    @property
    def size(self) -> int:
        """How many numbers."""
        return self.last - self.first + 1

    @property
    def named(self) -> str:
        """The range in a message."""
        return f"{self._text(self.first)} 至 {self._text(self.last)}"

    def holds(self, number: str) -> bool:
        """Whether a number lies in the range."""
        prefix, width, value = _parsed(number)
        return (prefix, width) == (self.prefix, self.width) and self.first <= value <= self.last

    def shared(self, other: "Range") -> int:
        """How many numbers two ranges have in common."""
        if (self.prefix, self.width) != (other.prefix, other.width):
            return 0
        return max(min(self.last, other.last) - max(self.first, other.first) + 1, 0)

    def numbers(self) -> Iterator[str]:
        """Every number, in order."""
        return map(self._text, range(self.first, self.last + 1))

    def _text(self, value: int) -> str:
        return f"{self.prefix}{value:0{self.width}d}"


class State(msgspec.Struct, frozen=True):
    """The receipts of one code: issued ranges in order, none overlapping another, and voided ones."""

    issued: tuple[Range, ...] = ()
    voided: tuple[Range, ...] = ()

    def has_issued(self, number: str) -> bool:
        """Whether a number was issued, voided later or not."""
        prefix, width, value = _parsed(number)
        at = bisect_right(self.issued, (prefix, width, value, value + MAX_NUMBERS)) - 1
        return at >= 0 and self.issued[at].holds(number)

    def has_voided(self, number: str) -> bool:
        """Whether a number was voided."""
        return any(found.holds(number) for found in self.voided)


EMPTY: Final = State()


def apply(state: State, event: Event) -> State:
    """The state after one more event of a receipt code's stream; raises TypeError for a strange event."""
    match event:
        case ReceiptsIssued():
            return replace(state, issued=tuple(sorted((*state.issued, range_of(event.first, event.last)))))
        case ReceiptsVoided():
            return replace(state, voided=(*state.voided, range_of(event.first, event.last)))
        case _:
            raise TypeError(f"{event.TOPIC} is no event of receipts")


def note_codes(codes: frozenset[str], event: Event) -> frozenset[str]:
    """The receipt codes after one more event of their stream; raises TypeError for a strange event."""
    if not isinstance(event, ReceiptCodesEntered):
        raise TypeError(f"{event.TOPIC} is no event of receipt codes")
    return codes.union(event.codes)


def range_of(first: str, last: str) -> Range:
    """The range from one number to another; its size is none or less where that is no range."""
    prefix, width, value = _parsed(first)
    until = _parsed(last)
    return Range(prefix, width, value, until[2] if until[:2] == (prefix, width) else -1)


def run_of(first: str, count: int) -> Range | None:
    """So many numbers from the first on; None where it is no number or its digits do not suffice."""
    prefix, width, value = _parsed(first)
    last = value + count - 1
    fits = width > 0 and len(first) <= MAX_LENGTH and len(str(last)) <= width
    return Range(prefix, width, value, last) if fits else None


def _parsed(number: str) -> tuple[str, int, int]:
    """Prefix, how many digits, and value of a receipt number: ``楚A0012`` → ``楚A``, 4, 12."""
    found = _NUMBER.fullmatch(number)
    return (found[1], len(found[2]), int(found[2])) if found else (number, 0, -1)


def decide_issue(state: State, command: IssueReceipts, stamp: Stamp, today: date) -> tuple[ReceiptsIssued]:
    """Hand out a range (领用).

    Raises Refused ``code-invalid``, ``date-future``, ``range-invalid``, ``range-too-long``,
    ``range-overlaps``: a receipt is handed out once, in history as well.
    """
    refuse_any(_refusals(command, today))
    asked = range_of(command.first, command.last)
    refuse_any(
        Refusal(
            "range-overlaps",
            f"票据“{command.code}”{asked.named} 与已领用的 {other.named} 重叠",
            "first",
            None,
            "165号令第34条",
        )
        for other in state.issued
        if asked.shared(other)
    )
    return (
        ReceiptsIssued(
            **stamp,
            value_date=command.value_date,
            first=command.first,
            last=command.last,
            holder=command.holder,
            holder_ref=command.holder_ref,
        ),
    )


def decide_void(command: VoidReceipts, stamp: Stamp, today: date) -> tuple[ReceiptsVoided]:
    """Void a range (作废).

    Raises Refused ``code-invalid``, ``date-future``, ``range-invalid``, ``range-too-long``.
    """
    refuse_any(_refusals(command, today))
    return (
        ReceiptsVoided(
            **stamp,
            value_date=command.value_date,
            first=command.first,
            last=command.last,
            reason=command.reason,
            holder=command.holder,
            holder_ref=command.holder_ref,
        ),
    )


def _refusals(command: IssueReceipts | VoidReceipts, today: date) -> Iterator[Refusal | None]:
    yield code_refusal(command.code, "code", "票据代码")
    yield day_refusal(command.value_date, today, "value_date", term="领用日期")
    first, last = command.first, command.last
    asked = range_of(first, last)
    if asked.first < 0 or asked.size < 1 or len(first) > MAX_LENGTH:
        message = f"起始号“{first}”和终止号“{last}”应为字头和位数相同的号码，起始号不大于终止号"
        yield Refusal("range-invalid", message, "first")
    elif asked.size > MAX_NUMBERS:
        yield Refusal("range-too-long", f"{asked.named} 超过 {MAX_NUMBERS} 份", "last")
