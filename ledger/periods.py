"""Periods (会计期间): closing months and years of a book. Nothing is locked by it.

A posting belongs to the later of its value month and the first month open at its place in the log, so closing
is one event, and whoever writes at the same time lands on one side of it or the other.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from ledger.calendar import Period, PeriodKind, parse_period
from ledger.commands import ClosePeriod
from ledger.errors import InputError, Refusal, Refused
from ledger.events import PeriodClosed
from ledger.limits import refuse_any
from ledger.stamp import Stamp


class Closing(NamedTuple):
    """A closing on record: month or year, and its last day."""

    kind: PeriodKind
    ends: date


def closed_through(closings: Sequence[Closing], kind: PeriodKind) -> date | None:
    """The last day that is closed by months or by years; None where none was closed."""
    return max((closing.ends for closing in closings if closing.kind == kind), default=None)


def read(command: ClosePeriod) -> Period:
    """The period of a command; raises Refused ``period-invalid``."""
    try:
        return parse_period(command.period)
    except InputError as error:
        raise Refused(Refusal(error.code, error.message, "period")) from error


def decide_close(command: ClosePeriod, stamp: Stamp, today: date) -> tuple[PeriodClosed]:
    """Close a period that is over (结账); raises Refused ``period-invalid``, ``period-running``."""
    period = read(command)
    refuse_any(_running(period, today))
    return (
        PeriodClosed(**stamp, value_date=period.last, period=period.name, kind=period.kind, ends=period.last),
    )


def _running(period: Period, today: date) -> Iterator[Refusal]:
    if period.last >= today:
        message = f"期间 {period.name} 到 {period.last} 才结束，今天是 {today}，不能结账"
        yield Refusal("period-running", message, "period", None, "财会〔2020〕7号（期末结转）")
