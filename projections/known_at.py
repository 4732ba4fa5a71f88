"""As known at (截至何时所知): a moment or a position, turned into the position that cuts the log.

A moment means the last checkpoint of the seal written by then, so that the same question asked by the
position of the answer repeats for ever.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Connection, DateTime, column, func, select, table

from ledger.calendar import SHANGHAI
from ledger.errors import InputError

_HEADS = table(
    "heads", column("position", BigInteger), column("sealed_at", DateTime(timezone=True)), schema="seal"
)


def position_at(connection: Connection, moment: datetime) -> int:
    """The position of the last checkpoint written by an aware moment; 0 when there was none yet."""
    newest = select(func.max(_HEADS.c.position)).where(_HEADS.c.sealed_at <= moment)
    return connection.execute(newest).scalar_one() or 0


def resolve(connection: Connection, known_at: str) -> int:
    """The position of ``TIME_OR_POSITION``: digits, or an ISO moment (Shanghai where it names no zone).

    Raises InputError ``known-at-invalid``.
    """
    plain = known_at.strip()
    if plain.isascii() and plain.isdigit():
        return int(plain)
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError as error:
        raise InputError("known-at-invalid", f"“{known_at}”既不是位置也不是时间") from error
    return position_at(connection, moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))
