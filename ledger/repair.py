"""Repair project (维修项目): the aggregate that holds how a repair was proposed, agreed, paid and accepted.

Each step is known by its last event. The same project may be recorded again: what it says then must agree
with what is known, and what was missing is added as one more event of that step.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from ledger import building
from ledger.building import code_refusal
from ledger.commands import RecordRepair, ReverseEntry
from ledger.errors import Refusal, Refused
from ledger.events import (
    EmergencyDeclared,
    Event,
    NoticePosted,
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
from ledger.identity import event_id, parse_event_id
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import Fen
from ledger.stamp import Stamp
from ledger.terms import TERMS

STEP = TypeVar("STEP", bound=Event)

_STEPS: Final = (
    RepairProposed,
    VoteCounted,
    NoticePosted,
    EmergencyDeclared,
    RepairReviewed,
    RepairApproved,
    RepairRefused,
    RepairStarted,
    RepairAccepted,
    RepairSettled,
    RepairClosed,
)
_AFTER_PAYMENTS: Final = (RepairAccepted, RepairSettled)


class State(msgspec.Struct, frozen=True):
    """A project as its events made it: the last event of each step, and its payments.

    ``payments`` and ``returns`` are those that stand, by version; ``returned`` is what firms gave back of
    each payment; ``reversed`` the versions of payments and returns that were taken back.
    """

    version: int = 0
    steps: Mapping[type[Event], Event] = {}
    payments: Mapping[int, RepairPaid] = {}
    returned: Mapping[int, Fen] = {}
    returns: Mapping[int, RepairMoneyReturned] = {}
    reversed: frozenset[int] = frozenset()

    @property
    def paid_on(self) -> frozenset[date]:
        """The days of the payments that stand."""
        return frozenset(paid.value_date for paid in self.payments.values())

    @property
    def cost_fen(self) -> Fen:
        """What was paid, whoever bore it, less what firms gave back."""
        paid = sum(_cost_fen(event) for event in self.payments.values())
        return paid - sum(self.returned.get(version, 0) for version in self.payments)

    @property
    def proposal(self) -> RepairProposed | None:
        """The proposal (申请) as it stands."""
        return self.step(RepairProposed)

    @property
    def buildings(self) -> tuple[str, ...]:
        """The buildings of its proposal."""
        return () if self.proposal is None else self.proposal.buildings

    def payment(self, event: str) -> RepairPaid | None:
        """A payment of this project by the id of its event."""
        return self.payments.get(parse_event_id(event)[1])

    def step(self, kind: type[STEP]) -> STEP | None:
        """The last event of a step, None where there is none."""
        found = self.steps.get(kind)
        return found if isinstance(found, kind) else None


EMPTY: Final = State()


class _Said(NamedTuple):
    """What a command says of one step: facts by field of the event, the day, and what stands in for it.

    ``day_field`` is the field of the command that holds the day, None where the day is not a fact of its own.
    """

    kind: type[Event]
    facts: dict[str, Any]
    day_field: str | None
    day: date | None
    fallback: date


# Folding


def apply(state: State, event: Event) -> State:
    """The state after one more event of the project's stream; raises TypeError for a strange event."""
    version = state.version + 1
    if isinstance(event, RepairPaid):
        return replace(state, version=version, payments={**state.payments, version: event})
    if isinstance(event, RepairMoneyReturned):
        returns = {**state.returns, version: event}
        return replace(state, version=version, returns=returns, returned=_returned(returns))
    if isinstance(event, PaymentReversed):
        payments = {at: paid for at, paid in state.payments.items() if at != event.version}
        returns = {at: back for at, back in state.returns.items() if at != event.version}
        return replace(
            state,
            version=version,
            payments=payments,
            returns=returns,
            returned=_returned(returns),
            reversed=state.reversed | {event.version},
        )
    if isinstance(event, _STEPS):
        return replace(state, version=version, steps={**state.steps, type(event): event})
    raise TypeError(f"{event.TOPIC} is no event of a repair project")


def _returned(returns: Mapping[int, RepairMoneyReturned]) -> dict[int, Fen]:
    """What firms gave back, by the version of the payment."""
    found: dict[int, Fen] = {}
    for event in returns.values():
        _, of = parse_event_id(event.payment)
        found[of] = found.get(of, 0) + event.amount_fen
    return found


def _cost_fen(paid: RepairPaid) -> Fen:
    return paid.amount_fen if paid.cost_fen is None else paid.cost_fen


# Deciding


def decide_repair(
    state: State, scope: Mapping[str, building.State], command: RecordRepair, stamp: Stamp, today: date
) -> tuple[Event, ...]:
    """Record a repair as it happened: its new steps and its payments, in the order of the procedure.

    ``scope`` holds the buildings that the command names. Raises Refused ``project-contradicts`` (with the
    field), ``building-unknown``, ``building-contradicts`` (another county), ``units-missing``,
    ``date-future``, ``amount-not-positive``, ``amount-too-large``, ``payments-missing``, ``code-invalid``.
    """
    refuse_any(_refusals(scope, command, today))
    said = _said(state, scope, command)
    refuse_any(_contradictions(state, said))
    steps = [event for step in said for event in _new(state, step, stamp)]
    payments = [
        RepairPaid(
            **stamp,
            value_date=payment.paid_on,
            stage=payment.stage,
            amount_fen=payment.amount_fen,
            payee=payment.payee,
            bank_ref=payment.bank_ref,
            invoice_no=payment.invoice_no,
            buildings=tuple(sorted(scope)),
        )
        for payment in command.payments
    ]
    before = [event for event in steps if not isinstance(event, _AFTER_PAYMENTS)]
    return (*before, *payments, *steps[len(before) :])


def _refusals(
    scope: Mapping[str, building.State], command: RecordRepair, today: date
) -> Iterator[Refusal | None]:
    yield code_refusal(command.project, "project", "项目编号")
    days = ("applied_on", "noticed_on", "approved_on", "started_on", "accepted_on")
    for field in days:
        yield day_refusal(getattr(command, field), today, field)
    yield day_refusal(command.vote.voted_on, today, "voted_on")
    for field in ("budget_fen", "approved_fen", "settled_fen"):
        yield amount_refusal(getattr(command, field), field)
    if not command.payments:
        yield Refusal("payments-missing", "没有付款明细", "payments")
    for index, payment in enumerate(command.payments):
        yield day_refusal(payment.paid_on, today, "paid_on", index)
        yield amount_refusal(payment.amount_fen, "amount_fen", index)
    for name, state in scope.items():
        if state.facts is None:
            yield Refusal("building-unknown", f"楼幢“{name}”没有登记", "buildings")
        elif state.facts.county != command.county:
            message = f"楼幢“{name}”属于 {state.facts.county}，项目属于 {command.county}"
            yield Refusal("building-contradicts", message, "buildings")
    if not any(state.units for state in scope.values()):
        yield Refusal("units-missing", "分摊范围内没有已登记的户", "buildings")


def _said(state: State, scope: Mapping[str, building.State], command: RecordRepair) -> tuple[_Said, ...]:
    days = [payment.paid_on for payment in command.payments]
    start = command.applied_on or min(days)
    vote = msgspec.structs.asdict(command.vote)
    voted_on = vote.pop("voted_on")
    approved = {"amount_fen": command.approved_fen, "approver_ref": command.approver_ref}
    proposed = {
        field: getattr(command, field)
        for field in RepairProposed.__annotations__
        if field in RecordRepair.__struct_fields__
    }
    proposed["buildings"] = tuple(sorted(scope))
    proposed["estate"] = command.estate or _estate(state, scope)
    end = command.accepted_on or max(days)
    return (
        _Said(RepairProposed, proposed, None, command.applied_on, start),
        _Said(VoteCounted, vote, "voted_on", voted_on, start),
        _Said(NoticePosted, {}, "noticed_on", command.noticed_on, start),
        _Said(RepairApproved, approved, "approved_on", command.approved_on, start),
        _Said(RepairStarted, {}, "started_on", command.started_on, start),
        _Said(RepairAccepted, {}, "accepted_on", command.accepted_on, end),
        _Said(RepairSettled, {"amount_fen": command.settled_fen}, None, None, end),
    )


def _estate(state: State, scope: Mapping[str, building.State]) -> str:
    if state.proposal is not None:
        return state.proposal.estate
    return next(facts.estate for name in sorted(scope) if (facts := scope[name].facts) is not None)


def _stood_in(state: State, known: Event) -> bool:
    """Whether the day of a known step may be one that stood in for a missing day."""
    applied_on = None if state.proposal is None else state.proposal.applied_on
    return isinstance(known, VoteCounted | RepairApproved) and (
        known.value_date in state.paid_on or known.value_date == applied_on
    )


def _contradictions(state: State, said: tuple[_Said, ...]) -> Iterator[Refusal]:
    for step in said:
        known = state.steps.get(step.kind)
        if known is None:
            continue
        for field, value in step.facts.items():
            before = getattr(known, field)
            if value is not None and before is not None and value != before:
                yield _contradiction(_COMMAND_FIELDS.get((step.kind, field), field))
        if step.day_field and step.day and step.day != known.value_date and not _stood_in(state, known):
            yield _contradiction(step.day_field)


_COMMAND_FIELDS: Final[dict[tuple[type[Event], str], str]] = {
    (RepairApproved, "amount_fen"): "approved_fen",
    (RepairSettled, "amount_fen"): "settled_fen",
}


def _contradiction(field: str) -> Refusal:
    return Refusal("project-contradicts", f"项目的{TERMS[field]}与已登记的不一致", field)


def _own(event: Event) -> dict[str, Any]:
    """What an event says beyond what every event does: facts no register has are kept when it comes again."""
    return {
        field: getattr(event, field)
        for field in event.__struct_fields__
        if field not in Event.__struct_fields__
    }


def _new(state: State, step: _Said, stamp: Stamp) -> Iterator[Event]:
    """The step's event when it says something that is not known yet."""
    known = state.steps.get(step.kind)
    facts = {} if known is None else _own(known)
    facts |= {field: value for field, value in step.facts.items() if value is not None or known is None}
    if known is None:
        news = step.day is not None or any(value is not None for value in facts.values())
    else:
        news = any(value != getattr(known, field) for field, value in facts.items()) or (
            step.day_field is not None and step.day not in (None, known.value_date)
        )
    if news:
        day = step.day or (known.value_date if known else step.fallback)
        yield step.kind(**stamp, value_date=day, **facts)


def decide_reversal(
    state: State, original: Event | None, command: ReverseEntry, stamp: Stamp
) -> tuple[PaymentReversed]:
    """Take a payment, or money that was returned, back whole (冲正), with the original's value date, once.

    ``original`` is the event that the command names. Raises Refused ``entry-unknown``, ``not-reversible``,
    ``lines-partial``, ``already-reversed``, ``reason-missing``, ``return-stands``.
    """
    name = event_id(command.stream, command.version)
    if original is None:
        raise Refused(Refusal("entry-unknown", f"没有编号为 {name} 的事件", "version"))
    if not isinstance(original, RepairPaid | RepairMoneyReturned):
        message = f"事件 {name} 不是付款，不能冲正；项目的其他步骤再记一次即更正"
        raise Refused(Refusal("not-reversible", message, "version"))
    refuse_any(_reversal_refusals(state, command, name))
    return (
        PaymentReversed(
            **stamp,
            value_date=original.value_date,
            version=command.version,
            reason=command.reason,
            amount_fen=-original.amount_fen,
            returned=isinstance(original, RepairMoneyReturned),
        ),
    )


def _reversal_refusals(state: State, command: ReverseEntry, name: str) -> Iterator[Refusal]:
    if not command.reason.strip():
        yield Refusal("reason-missing", "冲正必须说明原因", "reason")
    if command.lines not in (None, (0,)):
        yield Refusal("lines-partial", f"付款 {name} 只能整笔冲正", "lines")
    if command.version in state.reversed:
        yield Refusal("already-reversed", f"付款 {name} 已经冲正", "version")
    if state.returned.get(command.version):
        yield Refusal("return-stands", f"付款 {name} 有退回的资金，应先冲正退回", "version")
