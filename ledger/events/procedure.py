"""Events of a repair's procedure (使用程序) beside its register facts: emergency, review, refusal."""

from typing import ClassVar, Literal

from ledger.events.event import Event

RefusedAt = Literal["review", "approval"]
"""Where a project was turned down: at the review (复核) or at the approval (批准)."""


class EmergencyDeclared(Event, frozen=True, kw_only=True):
    """A project that was proposed as an ordinary one became an emergency (应急), art. 24.

    ``ground`` is a code of ``repairs.toml``; from here on neither vote nor notice is waited for.
    """

    TOPIC: ClassVar[str] = "repair-emergency-declared"

    ground: str
    note: str | None = None


class RepairReviewed(Event, frozen=True, kw_only=True):
    """The papers were reviewed (复核): passed, or handed back to the applicant; art. 22."""

    TOPIC: ClassVar[str] = "repair-reviewed"

    passed: bool
    opinion: str | None = None
    reviewer_ref: str | None = None


class RepairRefused(Event, frozen=True, kw_only=True):
    """The project was turned down (不予批准) and takes no further steps."""

    TOPIC: ClassVar[str] = "repair-refused"

    stage: RefusedAt
    reason: str
