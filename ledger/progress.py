"""The progress (进度) of a repair project: its steps as recorded, why its vote passed or not, what is next.

Read from the project's own events, so that it is never behind the log. Persons appear nowhere but as the
accounts that recorded.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from typing import Final

import msgspec

from ledger import repair
from ledger.events import (
    EmergencyDeclared,
    Event,
    NoticePosted,
    Origin,
    PaymentReversed,
    RepairAccepted,
    RepairApproved,
    RepairClosed,
    RepairMoneyReturned,
    RepairPaid,
    RepairProposed,
    RepairRefused,
    RepairReviewed,
    RepairSettled,
    RepairStarted,
    VoteCounted,
)
from ledger.identity import event_id, repair_stream
from ledger.money import yuan
from ledger.policy import Policy
from ledger.procedure import is_emergency
from ledger.voting import objection

NAMES: Final[dict[str, str]] = {
    RepairProposed.TOPIC: "申请",
    VoteCounted.TOPIC: "表决",
    NoticePosted.TOPIC: "公示",
    EmergencyDeclared.TOPIC: "应急认定",
    RepairReviewed.TOPIC: "复核",
    RepairApproved.TOPIC: "批准",
    RepairRefused.TOPIC: "不予批准",
    RepairStarted.TOPIC: "开工",
    RepairPaid.TOPIC: "付款",
    PaymentReversed.TOPIC: "付款冲正",
    RepairMoneyReturned.TOPIC: "退回",
    RepairAccepted.TOPIC: "验收",
    RepairSettled.TOPIC: "决算",
    RepairClosed.TOPIC: "办结",
}
"""What people call the steps; a step not named here is shown by its topic."""


class StepTaken(msgspec.Struct, frozen=True, kw_only=True):
    """One step: ``on`` is its day, ``amount`` yuan where it names one, ``note`` what was said with it."""

    step: str
    name: str
    on: date
    actor: str
    origin: Origin
    amount: str | None
    note: str | None
    event: str


class VoteResult(msgspec.Struct, frozen=True, kw_only=True):
    """The last vote: figures (areas in dm²), whether it passed by the rule of its day, and why not."""

    on: date
    total_area_dm2: int | None
    total_persons: int | None
    present_area_dm2: int | None
    present_persons: int | None
    agreed_area_dm2: int | None
    agreed_persons: int | None
    ballots: int
    passed: bool
    reason: str | None


class RepairProgress(msgspec.Struct, frozen=True, kw_only=True):
    """A project as it stands at ``position``; amounts in yuan. ``next`` says in Chinese what comes next."""

    county: str
    project: str
    position: str
    estate: str
    buildings: tuple[str, ...]
    units: int | None
    object: str
    content: str
    emergency: bool
    ground: str | None
    developer: str | None
    budget: str | None
    approved: str | None
    paid: str
    vote: VoteResult | None
    steps: tuple[StepTaken, ...]
    next: str


def progress(events: Sequence[Event], policy: Policy, position: int) -> RepairProgress | None:
    """The progress of the project whose events these are; None when it was never proposed."""
    state = reduce(repair.apply, events, repair.EMPTY)
    proposed = state.step(RepairProposed)
    if proposed is None:
        return None
    approved = state.step(RepairApproved)
    stream = repair_stream(proposed.county, proposed.project)
    return RepairProgress(
        county=proposed.county,
        project=proposed.project,
        position=str(position),
        estate=proposed.estate,
        buildings=proposed.buildings,
        units=len(proposed.units) or None,
        object=proposed.object,
        content=proposed.content,
        emergency=is_emergency(state),
        ground=_ground(state, policy),
        developer=None if proposed.developer is None else proposed.developer.name,
        budget=_yuan(proposed.budget_fen),
        approved=_yuan(None if approved is None else approved.amount_fen),
        paid=yuan(
            sum(paid.amount_fen - state.returned.get(version, 0) for version, paid in state.payments.items())
        ),
        vote=_vote(state, policy),
        steps=tuple(_step(stream, version, event) for version, event in enumerate(events, 1)),
        next=_next(state, policy),
    )


def _yuan(amount_fen: int | None) -> str | None:
    return None if amount_fen is None else yuan(amount_fen)


def _ground(state: repair.State, policy: Policy) -> str | None:
    """Why it is an emergency: the name of the ground, or the code where the list has none."""
    proposed, declared = state.step(RepairProposed), state.step(EmergencyDeclared)
    code = declared.ground if declared is not None else None if proposed is None else proposed.ground
    known = policy.repairs.ground(code)
    return code if known is None else known.name


def _step(stream: str, version: int, event: Event) -> StepTaken:
    amount = getattr(event, "budget_fen" if isinstance(event, RepairProposed) else "amount_fen", None)
    return StepTaken(
        step=event.TOPIC,
        name=NAMES.get(event.TOPIC, event.TOPIC),
        on=event.value_date,
        actor=event.actor,
        origin=event.origin,
        amount=_yuan(amount),
        note=_note(event),
        event=event_id(stream, version),
    )


def _note(event: Event) -> str | None:
    match event:
        case NoticePosted():
            words = ("事后公示" if event.after_the_fact else None, event.place)
            return "，".join(filter(None, words)) or None
        case RepairReviewed():
            return "，".join(filter(None, ("通过" if event.passed else "退回", event.opinion)))
        case RepairRefused():
            return event.reason
        case EmergencyDeclared():
            return event.note
        case PaymentReversed():
            return event.reason
        case _:
            return None


def _vote(state: repair.State, policy: Policy) -> VoteResult | None:
    vote = state.step(VoteCounted)
    if vote is None:
        return None
    reason = objection(policy.vote_rule(vote.value_date), vote)
    return VoteResult(
        on=vote.value_date,
        total_area_dm2=vote.total_area_dm2,
        total_persons=vote.total_households,
        present_area_dm2=vote.present_area_dm2,
        present_persons=vote.present_households,
        agreed_area_dm2=vote.agreed_area_dm2,
        agreed_persons=vote.agreed_households,
        ballots=len(vote.ballots),
        passed=reason is None,
        reason=reason,
    )


def _next(state: repair.State, policy: Policy) -> str:
    """What comes next by the order of the procedure."""
    steps = state.steps
    if RepairRefused in steps:
        return "已不予批准，程序终止"
    if RepairClosed in steps:
        return "已办结"
    if RepairApproved not in steps:
        return _before_approval(state, policy)
    if RepairStarted not in steps:
        return "开工"
    late = "，补事后公示" if is_emergency(state) and NoticePosted not in steps else ""
    if RepairAccepted not in steps:
        return f"验收{late}"
    return f"决算{late}" if RepairSettled not in steps else f"付清尾款并结项{late}"


def _before_approval(state: repair.State, policy: Policy) -> str:
    vote, posted = state.step(VoteCounted), state.step(NoticePosted)
    reviewed = state.step(RepairReviewed)
    urgent = is_emergency(state)
    if not urgent and vote is None:
        return "表决"
    if not urgent and vote is not None and objection(policy.vote_rule(vote.value_date), vote) is not None:
        return "表决没有通过，重新表决"
    if not urgent and posted is None:
        return "公示"
    if reviewed is None or not reviewed.passed:
        return "复核" if reviewed is None else "复核没有通过，补正后重新复核"
    if urgent or posted is None:
        return "批准"
    due = posted.value_date + timedelta(policy.repairs.notice_days(posted.value_date))
    return f"公示期满（{due} 起）批准"
