"""Commands of a repair's procedure (使用程序), step by step from the proposal to the beginning of works."""

from datetime import date

from ledger.commands.command import Command
from ledger.events import Ballot, Developer, Liable, ProjectUnit, RefusedAt


class Step(Command, frozen=True, kw_only=True):
    """A step of a project (维修项目) of a county."""

    county: str
    project: str


class ProposeRepair(Step, frozen=True, kw_only=True):
    """Propose a repair (申请): object by code or name, content, units charged, budget, who else is liable.

    Without ``units`` all units of the buildings are charged; those of ``developer`` always are, to it. An
    emergency (应急) names its ``ground``.
    """

    applied_on: date
    buildings: tuple[str, ...]
    object: str
    content: str
    budget_fen: int | None = None
    units: tuple[ProjectUnit, ...] = ()
    liable: Liable = "none"
    emergency: bool = False
    ground: str | None = None
    developer: Developer | None = None
    handler_ref: str | None = None


class CountVote(Step, frozen=True, kw_only=True):
    """Record the ballots (表决) of the units charged.

    Areas in dm² and persons are counted by the ledger; what the officer gives must agree.
    """

    voted_on: date
    ballots: tuple[Ballot, ...] = ()
    total_area_dm2: int | None = None
    total_households: int | None = None
    present_area_dm2: int | None = None
    present_households: int | None = None
    agreed_area_dm2: int | None = None
    agreed_households: int | None = None


class PostNotice(Step, frozen=True, kw_only=True):
    """Record that the notice (公示) was posted, and where."""

    noticed_on: date
    place: str | None = None


class DeclareEmergency(Step, frozen=True, kw_only=True):
    """Declare a proposed project an emergency (应急), with its ground."""

    declared_on: date
    ground: str
    note: str | None = None


class ReviewRepair(Step, frozen=True, kw_only=True):
    """Record the review (复核) of a project's papers: passed, or handed back."""

    reviewed_on: date
    passed: bool
    opinion: str | None = None
    reviewer_ref: str | None = None


class ApproveRepair(Step, frozen=True, kw_only=True):
    """Approve (批准) an amount for a project."""

    approved_on: date
    approved_fen: int
    approver_ref: str | None = None


class RefuseRepair(Step, frozen=True, kw_only=True):
    """Turn a project down (不予批准) at the review or at the approval, with the reason."""

    refused_on: date
    stage: RefusedAt
    reason: str


class StartWorks(Step, frozen=True, kw_only=True):
    """Record that works began (开工)."""

    started_on: date
