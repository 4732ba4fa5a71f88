"""What every recorded event bears: who, when, as what, under which policy, with which papers."""

from datetime import datetime
from typing import TypedDict

from ledger.commands import Recording
from ledger.events import Evidence, Origin


class Stamp(TypedDict):
    """The fields every event shares, except its value date (记账日期)."""

    actor: str
    recorded_at: datetime
    origin: Origin
    policy: str
    evidence: tuple[Evidence, ...]
    import_id: str | None


def stamp(recording: Recording, moment: datetime, policy: str) -> Stamp:
    """The stamp of a recording made at a moment (UTC) under a policy version."""
    return Stamp(
        actor=recording.actor,
        recorded_at=moment,
        origin=recording.origin,
        policy=policy,
        evidence=recording.evidence,
        import_id=recording.import_id,
    )
