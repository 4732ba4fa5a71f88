"""Reading (查询): the cut of the log that a caller asks for."""

from sqlalchemy import Connection

from ledger.errors import InputError
from projections.known_at import resolve

LAST_POSITION = (1 << 63) - 1
_LONGEST = 40


def position_known(connection: Connection, known_at: str | None) -> int | None:
    """The position that cuts the log for ``TIME_OR_POSITION``; None when nothing is cut.

    A position beyond the log cuts nothing. Raises InputError ``known-at-invalid``.
    """
    if known_at is None:
        return None
    if len(known_at) > _LONGEST:
        raise InputError("known-at-invalid", "认知时点应为日志位置或 ISO 8601 时间")
    return min(resolve(connection, known_at), LAST_POSITION)
