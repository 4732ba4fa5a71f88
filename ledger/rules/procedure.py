"""Rules of the procedure of a repair (使用程序): the order of its steps, their days, and who takes them.

What may be proposed at all is in ``ledger.rules.proposals``.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

from ledger.commands import (
    ApproveRepair,
    Command,
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
from ledger.money import yuan
from ledger.procedure import DAYS, day_of, is_emergency
from ledger.rules.circumstances import Circumstances, Rule
from ledger.voting import FIGURES, objection

ORDER: Final = "165号令第22、23条"
URGENT: Final = "165号令第24条"
DUTIES: Final = "不相容岗位分离（内部控制）"


class Place(NamedTuple):
    """Where a step stands: what must be on record before it, and what must not be yet."""

    after: tuple[type[Event], ...]
    before: tuple[type[Event], ...]


_DECIDED: Final = (RepairApproved, RepairStarted)
PLACES: Final[dict[type[Step], Place]] = {
    CountVote: Place((RepairProposed,), (NoticePosted, RepairReviewed, *_DECIDED)),
    PostNotice: Place((RepairProposed, VoteCounted), (NoticePosted,)),
    DeclareEmergency: Place((RepairProposed,), (EmergencyDeclared, *_DECIDED)),
    ReviewRepair: Place((RepairProposed, VoteCounted, NoticePosted), _DECIDED),
    ApproveRepair: Place((RepairProposed, VoteCounted, NoticePosted, RepairReviewed), _DECIDED),
    RefuseRepair: Place((RepairProposed,), _DECIDED),
    StartWorks: Place((RepairProposed, RepairApproved), (RepairStarted,)),
}
STEP_NAMES: Final[dict[type[Event], str]] = {
    RepairProposed: "申请",
    VoteCounted: "表决",
    NoticePosted: "公示",
    EmergencyDeclared: "应急认定",
    RepairReviewed: "复核",
    RepairApproved: "批准",
    RepairStarted: "开工",
}
_WAIVED: Final = (VoteCounted, NoticePosted)
"""What an emergency does not wait for."""


def in_order(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Proposal, vote, notice, review, approval, works, art. 22 and 23; emergencies need no vote, art. 24."""
    standing = circumstances.procedure
    place = PLACES.get(type(command)) if isinstance(command, Step) else None
    if standing is None or place is None or not isinstance(command, Step):
        return
    steps = standing.state.steps
    urgent = is_emergency(standing.state)
    basis = URGENT if urgent else ORDER
    waived = _WAIVED if urgent else ()
    if RepairRefused in steps:
        yield Refusal("project-refused", f"项目“{command.project}”已不予批准", "project", None, ORDER)
        return
    missing = [kind for kind in place.after if kind not in steps and kind not in waived]
    if missing:
        message = f"还没有{'、'.join(STEP_NAMES[kind] for kind in missing)}"
        yield Refusal("step-missing", message, "project", None, basis)
    done = [kind for kind in place.before if kind in steps and not (urgent and kind in _WAIVED)]
    if done:
        message = f"已经{'、'.join(STEP_NAMES[kind] for kind in done)}"
        yield Refusal("step-late", message, "project", None, basis)
    for kind in place.after:
        if kind in steps and kind not in waived and day_of(command) < steps[kind].value_date:
            message = f"{day_of(command)} 早于{STEP_NAMES[kind]}日期 {steps[kind].value_date}"
            yield Refusal("step-early", message, DAYS[type(command)], None, basis)


def vote_counted(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Ballots of units charged, one each; the ledger counts, and what the officer gives agrees with it."""
    standing = circumstances.procedure
    if not isinstance(command, CountVote) or standing is None or standing.tally is None:
        return
    if not command.ballots:
        yield Refusal("ballots-missing", "没有逐户的表决意见", "ballots", None, ORDER)
        return
    charged = {(voter.building, voter.unit) for voter in standing.voters}
    seen: set[tuple[str, str]] = set()
    for index, ballot in enumerate(command.ballots):
        unit = ballot.building, ballot.unit
        if unit not in charged:
            message = f"户“{ballot.unit}”不在项目的分摊范围内"
            yield Refusal("ballot-outside", message, "ballots", index, "165号令第19、22条")
        if unit in seen:
            yield Refusal("ballot-twice", f"户“{ballot.unit}”重复表决", "ballots", index, ORDER)
        seen.add(unit)
    counted = standing.tally._asdict()
    for name in FIGURES:
        said = getattr(command, name)
        if said is not None and said != counted[name]:
            message = f"所填 {said} 与按表决票计算的 {counted[name]} 不一致"
            yield Refusal("vote-differs", message, name, None, ORDER)
    known = standing.state.step(VoteCounted)
    if known is not None and objection(standing.policy.vote_rule(known.value_date), known) is None:
        yield Refusal("vote-passed", f"{known.value_date} 的表决已经通过", "voted_on", None, ORDER)


def vote_passed(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """An ordinary repair goes on only after a vote that passed by the rule of its day."""
    standing = circumstances.procedure
    if not isinstance(command, PostNotice | ReviewRepair | ApproveRepair) or standing is None:
        return
    vote = standing.state.step(VoteCounted)
    if vote is None or is_emergency(standing.state):
        return
    reason = objection(standing.policy.vote_rule(vote.value_date), vote)
    if reason is not None:
        yield Refusal(
            "vote-failed", f"表决没有通过：{reason}", "project", None, "165号令第22条；民法典第278条"
        )


def approval_covered(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """An approval follows a review that passed and a notice that was up long enough; not above the budget."""
    standing = circumstances.procedure
    if not isinstance(command, ApproveRepair) or standing is None:
        return
    state = standing.state
    reviewed = state.step(RepairReviewed)
    if reviewed is not None and not reviewed.passed:
        yield Refusal("review-failed", f"{reviewed.value_date} 复核没有通过", "project", None, ORDER)
    posted = state.step(NoticePosted)
    if posted is not None and not is_emergency(state):
        days = standing.policy.repairs.notice_days(posted.value_date)
        due = posted.value_date + timedelta(days=days)
        if command.approved_on < due:
            message = f"{posted.value_date} 公示，须满 {days} 天，{due} 起方可批准"
            yield Refusal(
                "notice-short", message, "approved_on", None, "165号令第18、22条（公示天数为内控口径）"
            )
    proposed = state.step(RepairProposed)
    if proposed is None or proposed.budget_fen is None:
        return
    if command.approved_fen > proposed.budget_fen:
        message = f"批准金额 {yuan(command.approved_fen)} 超过预算 {yuan(proposed.budget_fen)}"
        yield Refusal("approval-exceeds", message, "approved_fen", None, ORDER)


def duties_apart(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """Who proposes, who reviews and who approves or refuses are three persons, at the desk and on paper."""
    standing = circumstances.procedure
    if not isinstance(command, ReviewRepair | ApproveRepair | RefuseRepair) or standing is None:
        return
    proposed, reviewed = standing.state.step(RepairProposed), standing.state.step(RepairReviewed)
    if proposed is not None and proposed.actor == standing.actor:
        yield _joined(f"“{standing.actor}”登记了申请", "project")
    if isinstance(command, ReviewRepair):
        if proposed is not None and _same(command.reviewer_ref, proposed.handler_ref):
            yield _joined("复核人就是经办人", "reviewer_ref")
        return
    deciding = isinstance(command, ApproveRepair) or command.stage == "approval"
    if deciding and reviewed is not None and reviewed.actor == standing.actor:
        yield _joined(f"“{standing.actor}”登记了复核", "project")
    if isinstance(command, ApproveRepair):
        if proposed is not None and _same(command.approver_ref, proposed.handler_ref):
            yield _joined("审批人就是经办人", "approver_ref")
        if reviewed is not None and _same(command.approver_ref, reviewed.reviewer_ref):
            yield _joined("审批人就是复核人", "approver_ref")


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def _joined(who: str, field: str) -> Refusal:
    return Refusal("duties-joined", f"{who}，不能再办这一步", field, None, DUTIES)


def urgent_for_a_reason(circumstances: Circumstances, command: Command) -> Iterator[Refusal]:
    """An emergency (应急) has a ground of the list, art. 24."""
    standing = circumstances.procedure
    if standing is None or not isinstance(command, ProposeRepair | DeclareEmergency):
        return
    if isinstance(command, ProposeRepair) and not command.emergency:
        return
    if isinstance(command, DeclareEmergency) and is_emergency(standing.state):
        yield Refusal("emergency-already", "项目已是应急维修", "project", None, URGENT)
    if command.ground is None:
        yield Refusal("ground-missing", "应急维修须填写应急事由", "ground", None, URGENT)
    elif standing.policy.repairs.ground(command.ground) is None:
        yield Refusal("ground-unlisted", f"应急事由“{command.ground}”不在目录内", "ground", None, URGENT)


RULES: Final[tuple[Rule, ...]] = (
    in_order,
    vote_counted,
    vote_passed,
    approval_covered,
    duties_apart,
    urgent_for_a_reason,
)
