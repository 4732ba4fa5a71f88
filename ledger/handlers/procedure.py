"""The procedure of a repair (使用程序): each step from the proposal to the beginning of works."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Final

from ledger import building, procedure, voting
from ledger.batch import Batch
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
from ledger.errors import Refused
from ledger.events import Event, RepairProposed
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import building_stream, repair_stream
from ledger.limits import refuse_any
from ledger.procedure import Standing
from ledger.rules import Circumstances


def _streams(command: Step) -> Iterator[str]:
    yield repair_stream(command.county, command.project)


def _proposal_streams(command: ProposeRepair) -> Iterator[str]:
    yield from _streams(command)
    yield from map(building_stream, command.buildings)


def _standing(batch: Batch, command: Step, scope: Mapping[str, building.State]) -> Standing:
    state = batch.repairs[repair_stream(command.county, command.project)]
    return Standing(state, batch.stamp["actor"], batch.policy, scope)


def _propose(batch: Batch, command: ProposeRepair) -> None:
    scope = {code: batch.buildings[building_stream(code)] for code in command.buildings}
    standing = _standing(batch, command, scope)
    rules = batch.policy.repairs
    judged = batch.judge(Circumstances(procedure=standing), command)
    try:
        events = procedure.decide_proposal(standing.state, scope, command, rules, batch.stamp, batch.today)
    except Refused as refused:
        raise Refused(*refused.refusals, *judged) from refused
    refuse_any(judged)
    batch.repairs.add(repair_stream(command.county, command.project), events)


def _vote(batch: Batch, command: CountVote) -> None:
    """Count over the buildings as they stand; which they are is known from the project alone."""
    standing = _standing(batch, command, {})
    read: dict[str, int] = {}
    proposed = standing.state.step(RepairProposed)
    if proposed is not None:
        histories = {code: batch.history(building_stream(code)) for code in proposed.buildings}
        read = {code: len(history) for code, history in histories.items()}
        voters = voting.voters(proposed, histories, command.voted_on)
        standing = Standing(
            standing.state,
            standing.actor,
            standing.policy,
            {code: _fold(history) for code, history in histories.items()},
            voters,
            voting.tally(voters, command.ballots),
        )
    events = procedure.decide_vote(standing, read, command, batch.stamp, batch.today)
    refuse_any(batch.judge(Circumstances(procedure=standing), command))
    batch.repairs.add(repair_stream(command.county, command.project), events)


def _fold(history: list[Event]) -> building.State:
    return reduce(building.apply, history, building.EMPTY)


def _step(batch: Batch, command: Step) -> None:
    standing = _standing(batch, command, {})
    events = procedure.decide_step(standing.state, command, batch.stamp, batch.today)
    refuse_any(batch.judge(Circumstances(procedure=standing), command))
    batch.repairs.add(repair_stream(command.county, command.project), events)


def _subject(command: Step) -> str:
    return command.project


_SIMPLE: Final[tuple[type[Step], ...]] = (
    PostNotice,
    DeclareEmergency,
    ReviewRepair,
    ApproveRepair,
    RefuseRepair,
    StartWorks,
)

HANDLERS: Final[Handlers] = {
    ProposeRepair: Handler(_proposal_streams, _subject, _propose, county=True),
    CountVote: Handler(_streams, _subject, _vote, county=True),
    **{kind: Handler(_streams, _subject, _step, county=True) for kind in _SIMPLE},
}
