"""Events about what is due (应交) of a unit: decided, exempted, or by the sale of public housing."""

from datetime import date
from typing import ClassVar

from ledger.events.event import Event


class DueOverridden(Event, frozen=True, kw_only=True):
    """An officer decided what a unit's owner owes at first (核定应交额), in fen, on the value date; art. 7.

    The last decision counts. Without ``due_fen`` the standard counts again. ``reason`` says why.
    """

    TOPIC: ClassVar[str] = "due-overridden"

    unit: str
    due_fen: int | None = None
    reason: str


class UnitExempted(Event, frozen=True, kw_only=True):
    """A unit need not deposit (免交), as decided on the value date; art. 6.

    ``reason`` is the code of a ground in ``policy/exemptions.toml``; ``until`` the last day, if any.
    """

    TOPIC: ClassVar[str] = "unit-exempted"

    unit: str
    reason: str
    note: str | None = None
    until: date | None = None


class ExemptionLifted(Event, frozen=True, kw_only=True):
    """The exemption of a unit ended (取消免交), as decided on the value date; art. 6."""

    TOPIC: ClassVar[str] = "exemption-lifted"

    unit: str
    reason: str


class PublicUnitSold(Event, frozen=True, kw_only=True):
    """Public housing was sold (公有住房出售): the selling unit received the proceeds on the value date.

    The selling unit (售房单位) owes a share of them, art. 8, within 30 days, art. 12. Fen. With ``corrects``
    it takes the place of what was recorded before.
    """

    TOPIC: ClassVar[str] = "public-unit-sold"

    unit: str
    seller: str | None = None
    proceeds_fen: int
    corrects: bool = False
