"""Days and moments: business dates are Shanghai days, recorded moments are UTC.

The clock is injected (``Clock``), so that a test can stand on any day.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from ledger.errors import InputError

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
EARLIEST = date(1949, 10, 1)

PeriodKind = Literal["month", "year"]
"""Month (月) or year (年)."""

_PERIOD: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")


class Period(NamedTuple):
    """An accounting period (会计期间): ``2026-10`` or ``2026``, with its first and its last day."""

    name: str
    kind: PeriodKind
    first: date
    last: date


def now() -> datetime:
    """The system clock in UTC."""
    return datetime.now(UTC)


def today(clock: Clock) -> date:
    """The business day in Shanghai."""
    return clock().astimezone(SHANGHAI).date()


def day_after(day: date) -> date:
    """The boundary (结息边界) that belongs to a settlement through ``day``."""
    return day + timedelta(days=1)


def parse_date(text: str) -> date:
    """Read ``2019-06-30``, ``2019/6/30``, ``20190630`` or ``2019年6月30日``.

    Raises InputError ``date-invalid``.
    """
    plain = text.strip()
    if len(plain) == 8 and plain.isascii() and plain.isdigit():
        parts = [plain[:4], plain[4:6], plain[6:]]
    elif plain.endswith("日"):
        year, _, rest = plain.removesuffix("日").partition("年")
        month, _, day = rest.partition("月")
        parts = [year, month, day]
    else:
        parts = plain.split("-" if "-" in plain else "/")
    if len(parts) != 3 or not all(
        part.isascii() and part.isdigit() and 1 <= len(part) <= 4 for part in parts
    ):
        raise InputError("date-invalid", f"“{text}”不是日期")
    if len(parts[0]) != 4 or len(parts[1]) > 2 or len(parts[2]) > 2:
        raise InputError("date-invalid", f"“{text}”不是日期")
    try:
        found = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError as error:
        raise InputError("date-invalid", f"“{text}”不是有效的日期") from error
    if found < EARLIEST:
        raise InputError("date-invalid", f"“{text}”早于 1949-10-01")
    return found


def parse_period(text: str) -> Period:
    """``2026-10`` or ``2026`` → the month or the year; raises InputError ``period-invalid``."""
    name = text.strip()
    if (found := _PERIOD.fullmatch(name)) is not None:
        year, month = int(found[1]), int(found[2] or 0)
        if year > EARLIEST.year and found[2] is None:
            return Period(name, "year", date(year, 1, 1), date(year, 12, 31))
        if year > EARLIEST.year and 1 <= month <= 12:
            return Period(name, "month", date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    raise InputError("period-invalid", f"“{text}”不是会计期间，应写作 2026-10 或 2026")
