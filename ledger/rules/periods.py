"""Rules of periods (会计期间): closed in their order, once, and the year after its December."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from ledger.calendar import day_after
from ledger.commands import ClosePeriod, Command
from ledger.errors import Refusal
from ledger.periods import closed_through, read
from ledger.rules.circumstances import Circumstances, Rule

_BASIS: Final = "财会〔2020〕7号（期末结转）"


def closed_in_order(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Months and years are closed (结账) one after the other, each once; the first may be any."""
    if not isinstance(command, ClosePeriod):
        return
    period = read(command)
    through = closed_through(circumstances.closings, period.kind)
    if through is None:
        return
    if period.last <= through:
        message = f"账套已经结账到 {through}，期间 {period.name} 不能再结"
        yield Refusal("period-closed", message, "period", None, _BASIS)
    elif period.first != day_after(through):
        message = f"账套结账到 {through}，应先结其后的期间，再结 {period.name}"
        yield Refusal("period-order", message, "period", None, _BASIS)


def year_after_december(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """A year is closed (年末结账) once its twelfth month is."""
    if not isinstance(command, ClosePeriod) or (period := read(command)).kind != "year":
        return
    through = closed_through(circumstances.closings, "month")
    if through is None or through < date(period.last.year, 12, 31):
        message = f"{period.name} 年 12 月尚未结账，不能年末结账"
        yield Refusal("period-order", message, "period", None, _BASIS)


RULES: Final[tuple[Rule, ...]] = (closed_in_order, year_after_december)
