"""What every event is made of: who, when recorded, when it counts, origin, papers; and its pieces."""

from datetime import date, datetime
from typing import ClassVar, Literal

import msgspec

Origin = Literal["live", "history"]
"""``live``: judged by the rules when recorded. ``history``: recorded as it happened (补录历史)."""

# Events hold no cycles, so the garbage collector need not walk the millions of them (gc=False).


class Piece(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, forbid_unknown_fields=True
):
    """A piece of an event: a line, a payee, an evidence."""


class Evidence(Piece, frozen=True, kw_only=True):
    """A paper behind the event (依据): file name and SHA-256 in hex."""

    name: str
    sha256: str


class Event(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, forbid_unknown_fields=True
):
    """What every event carries: who, when recorded (UTC), when it counts, origin, policy version, papers."""

    TOPIC: ClassVar[str]
    SCHEMA: ClassVar[int] = 1

    actor: str
    recorded_at: datetime
    value_date: date
    origin: Origin
    policy: str
    evidence: tuple[Evidence, ...] = ()
    import_id: str | None = None
