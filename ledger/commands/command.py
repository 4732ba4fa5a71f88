"""What every command is, and who records it as what."""

import re

import msgspec

from ledger.events import Evidence, Origin


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Something an officer asks for."""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Who records, as what, with which papers; ``key`` and ``digest`` make a repeated request harmless.

    ``refusals_kept`` is False for registers: their problems go back to the officer and add nothing.
    """

    actor: str
    origin: Origin = "live"
    evidence: tuple[Evidence, ...] = ()
    import_id: str | None = None
    key: str | None = None
    digest: bytes = b""
    refusals_kept: bool = True


def name_of(kind: type[Command]) -> str:
    """What programs call a kind of command: ``CollectDeposit`` is ``collect-deposit``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()
