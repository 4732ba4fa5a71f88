"""The procedure of a repair (使用程序): each step from the proposal to the beginning of works as an event.

What no ledger may take is refused here, live and history alike; the order of the steps and who may take them
are rules (``ledger.rules.procedure``). All pure.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ledger import building
from ledger.building import code_refusal
from ledger.commands import (
    ApproveRepair,
    CountVote,
    DeclareEmergency,
    PostNotice,
    ProposeRepair,
    RefuseRepair,
    ReviewRepair,
    StartWorks,
    Step,
)
from ledger.errors import Refusal
from ledger.events import (
    BuildingRead,
    EmergencyDeclared,
    Event,
    NoticePosted,
    RepairApproved,
    RepairProposed,
    RepairRefused,
    RepairReviewed,
    RepairStarted,
    VoteCounted,
)
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.policy import Policy, RepairRules
from ledger.repair import State
from ledger.stamp import Stamp
from ledger.voting import FIGURES, Tally, Voter

DAYS: Final[Mapping[type[Step], str]] = {
    ProposeRepair: "applied_on",
    CountVote: "voted_on",
    PostNotice: "noticed_on",
    DeclareEmergency: "declared_on",
    ReviewRepair: "reviewed_on",
    ApproveRepair: "approved_on",
    RefuseRepair: "refused_on",
    StartWorks: "started_on",
}
"""The field of each command that holds its day."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A project as rules see it: its state, who asks, its buildings, who may vote, and what was counted."""

    state: State
    actor: str
    policy: Policy
    scope: Mapping[str, building.State]
    voters: Collection[Voter] = ()
    tally: Tally | None = None


def day_of(command: Step) -> date:
    """The day of a step."""
    day: date = getattr(command, DAYS[type(command)])
    return day


def is_emergency(state: State) -> bool:
    """Whether a project was proposed as an emergency (应急), or declared one since."""
    proposed = state.step(RepairProposed)
    return EmergencyDeclared in state.steps or (proposed is not None and proposed.emergency)


def decide_proposal(
    state: State,
    scope: Mapping[str, building.State],
    command: ProposeRepair,
    rules: RepairRules,
    stamp: Stamp,
    today: date,
) -> tuple[RepairProposed]:
    """Open the project; ``scope`` holds the buildings that the command names.

    Raises Refused ``project-exists``, ``code-invalid``, ``buildings-missing``, ``building-unknown``,
    ``building-contradicts`` (another county), ``units-missing``, ``unit-unknown``, ``object-missing``,
    ``content-missing``, ``ground-contradicts``, and what ``ledger.limits`` refuses.
    """
    refuse_any(_proposal_refusals(state, scope, command, today))
    known = rules.named(command.object)
    facts = scope[min(scope)].facts
    return (
        RepairProposed(
            **stamp,
            value_date=command.applied_on,
            project=command.project,
            county=command.county,
            estate="" if facts is None else facts.estate,
            buildings=tuple(sorted(scope)),
            object=command.object if known is None else known.name,
            content=command.content,
            emergency=command.emergency,
            budget_fen=command.budget_fen,
            applied_on=command.applied_on,
            handler_ref=command.handler_ref,
            units=tuple(sorted(set(command.units), key=lambda each: (each.building, each.unit))),
            object_code=None if known is None else known.code,
            ground=command.ground,
            liable=command.liable,
            developer=command.developer,
        ),
    )


def _proposal_refusals(
    state: State, scope: Mapping[str, building.State], command: ProposeRepair, today: date
) -> Iterator[Refusal | None]:
    yield code_refusal(command.project, "project", "项目编号")
    yield day_refusal(command.applied_on, today, "applied_on")
    yield amount_refusal(command.budget_fen, "budget_fen")
    if state.version:
        yield Refusal("project-exists", f"项目“{command.project}”已经登记", "project")
    if not command.object.strip():
        yield Refusal("object-missing", "没有填写维修部位", "object")
    if not command.content.strip():
        yield Refusal("content-missing", "没有填写维修内容", "content")
    if command.ground is not None and not command.emergency:
        yield Refusal("ground-contradicts", "不是应急维修，却填写了应急事由", "ground")
    if not command.buildings:
        yield Refusal("buildings-missing", "没有填写楼幢编码", "buildings")
    elif not any(found.units for found in scope.values()):
        yield Refusal("units-missing", "分摊范围内没有已登记的户", "buildings")
    for name, found in scope.items():
        if found.facts is None:
            yield Refusal("building-unknown", f"楼幢“{name}”没有登记", "buildings")
        elif found.facts.county != command.county:
            message = f"楼幢“{name}”属于 {found.facts.county}，项目属于 {command.county}"
            yield Refusal("building-contradicts", message, "buildings")
    for index, each in enumerate(command.units):
        yield _unit_refusal(scope, each, "units", index)
    for index, each in enumerate(command.developer.units if command.developer is not None else ()):
        yield _unit_refusal(scope, each, "developer", index)


def _unit_refusal(scope: Mapping[str, building.State], each: Any, field: str, index: int) -> Refusal | None:
    state = scope.get(each.building, building.EMPTY)
    if each.unit in state.closed:
        return building.closed(state, each.unit, index, field)
    if each.unit in state.units:
        return None
    message = f"项目的楼幢中没有登记“{each.building}”的户“{each.unit}”"
    return Refusal("unit-unknown", message, field, index)


def decide_vote(
    standing: Standing, read: Mapping[str, int], command: CountVote, stamp: Stamp, today: date
) -> tuple[VoteCounted]:
    """Record a vote with the figures that were counted; history's own figures stand where it gives them.

    ``read`` holds the versions of the buildings that were counted. Raises Refused ``project-unknown``,
    ``unit-unknown`` and what ``ledger.limits`` refuses.
    """
    refuse_any(
        (
            *_refusals(standing.state, command, today),
            *(
                _unit_refusal(standing.scope, ballot, "ballots", index)
                for index, ballot in enumerate(command.ballots)
            ),
        )
    )
    figures = {name: getattr(command, name) for name in FIGURES}
    if command.ballots and standing.tally is not None:
        counted = standing.tally._asdict()
        figures = {name: counted[name] if value is None else value for name, value in figures.items()}
    return (
        VoteCounted(
            **stamp,
            value_date=command.voted_on,
            **figures,
            ballots=command.ballots,
            read=tuple(
                BuildingRead(building=code, version=version)
                for code, version in sorted(read.items())
                if command.ballots
            ),
        ),
    )


def decide_step(state: State, command: Step, stamp: Stamp, today: date) -> tuple[Event]:
    """Record a notice, an emergency, a review, an approval, a refusal or the beginning of works.

    Raises Refused ``project-unknown``, ``reason-missing``, and what ``ledger.limits`` refuses.
    """
    refuse_any(_refusals(state, command, today))
    return (_EVENTS[type(command)](state, command, {**stamp, "value_date": day_of(command)}),)


def _refusals(state: State, command: Step, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(day_of(command), today, DAYS[type(command)])
    if RepairProposed not in state.steps:
        yield Refusal("project-unknown", f"区县 {command.county} 没有登记项目“{command.project}”", "project")
    if isinstance(command, ApproveRepair):
        yield amount_refusal(command.approved_fen, "approved_fen")
    if isinstance(command, RefuseRepair) and not command.reason.strip():
        yield Refusal("reason-missing", "没有填写不予批准的理由", "reason")
    if isinstance(command, DeclareEmergency) and not command.ground.strip():
        yield Refusal("ground-missing", "没有填写应急事由", "ground", None, "165号令第24条")


def _notice(state: State, command: PostNotice, stamp: Mapping[str, Any]) -> Event:
    approved = state.step(RepairApproved)
    late = is_emergency(state) and approved is not None and approved.value_date <= command.noticed_on
    return NoticePosted(**stamp, place=command.place, after_the_fact=late)


_EVENTS: Final[Mapping[type[Step], Callable[[State, Any, Mapping[str, Any]], Event]]] = {
    PostNotice: _notice,
    DeclareEmergency: lambda _, command, stamp: EmergencyDeclared(
        **stamp, ground=command.ground, note=command.note
    ),
    ReviewRepair: lambda _, command, stamp: RepairReviewed(
        **stamp, passed=command.passed, opinion=command.opinion, reviewer_ref=command.reviewer_ref
    ),
    ApproveRepair: lambda _, command, stamp: RepairApproved(
        **stamp, amount_fen=command.approved_fen, approver_ref=command.approver_ref
    ),
    RefuseRepair: lambda _, command, stamp: RepairRefused(
        **stamp, stage=command.stage, reason=command.reason
    ),
    StartWorks: lambda _, __, stamp: RepairStarted(**stamp),
}
