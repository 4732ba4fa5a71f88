"""The money of a repair (维修付款): payments, money returned, and how a project ends."""

from collections.abc import Iterator
from typing import Any, Final

from ledger import paying
from ledger.batch import Batch
from ledger.commands import AcceptRepair, CloseRepair, PayRepair, ReturnRepairMoney, SettleRepair
from ledger.events import RepairPaid, WithdrawalPaid
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import building_stream, event_id, repair_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances


def charge(batch: Batch, project: str, draft: RepairPaid) -> None:
    """Record one payment of a project and take it from the accounts of its buildings."""
    state = batch.repairs[project]
    scope = {code: batch.buildings[building_stream(code)] for code in draft.buildings}
    charged = paying.charge(
        draft,
        state.proposal,
        scope,
        interest_first=batch.policy.interest_first(draft.value_date),
        today=batch.today if batch.live else None,
    )
    payment = event_id(project, state.version + 1)
    batch.repairs.add(project, [charged.paid])
    for code, lines in charged.lines.items():
        withdrawal = WithdrawalPaid(**batch.stamp, value_date=draft.value_date, payment=payment, lines=lines)
        batch.buildings.add(building_stream(code), [withdrawal])


def _pay(batch: Batch, command: PayRepair) -> None:
    name = _project(command)
    state = batch.repairs[name]
    refuse_any(paying.payment_refusals(state, command, batch.today))
    cap = batch.policy.stage_cap(command.paid_on)
    circumstances = Circumstances(
        repair=state,
        actor=batch.stamp["actor"],
        stage_cap=cap,
        buildings={code: batch.buildings[building_stream(code)] for code in sorted(set(state.buildings))},
    )
    refuse_any(batch.judge(circumstances, command))
    charge(batch, name, paying.drafted(state, command, batch.stamp))


def _return(batch: Batch, command: ReturnRepairMoney) -> None:
    name = _project(command)
    state = batch.repairs[name]
    refuse_any(paying.return_refusals(state, command, batch.today))
    bearers = {
        code: paying.borne(batch.history(building_stream(code)), command.payment) for code in state.buildings
    }
    left = sum(sum(found.left) for keys in bearers.values() for found in keys.values())
    circumstances = Circumstances(repair=state, actor=batch.stamp["actor"], left_fen=left)
    refuse_any(batch.judge(circumstances, command))
    returned, back = paying.decide_return(state, bearers, command, batch.stamp)
    batch.repairs.add(name, [returned])
    for code, event in back.items():
        batch.buildings.add(building_stream(code), [event])


def _step(batch: Batch, command: paying.Step) -> None:
    name = _project(command)
    state = batch.repairs[name]
    event = paying.decide_step(state, command, batch.stamp, batch.today)
    refuse_any(batch.judge(Circumstances(repair=state, actor=batch.stamp["actor"]), command))
    batch.repairs.add(name, [event])


def _project(command: Any) -> str:
    return repair_stream(command.county, command.project)


def _streams(command: Any) -> Iterator[str]:
    """The project; the batch loads the buildings of projects itself."""
    yield _project(command)


def _subject(command: Any) -> str:
    return str(command.project)


HANDLERS: Final[Handlers] = {
    PayRepair: Handler(_streams, _subject, _pay, county=True),
    ReturnRepairMoney: Handler(_streams, _subject, _return, county=True),
    AcceptRepair: Handler(_streams, _subject, _step, county=True),
    SettleRepair: Handler(_streams, _subject, _step, county=True),
    CloseRepair: Handler(_streams, _subject, _step, county=True),
}
