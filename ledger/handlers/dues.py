"""What is due (应交): decided, exempted, by the sale of public housing; and a whole building's deposit."""

from collections.abc import Iterator
from typing import Any, Final

from ledger import bulk, dues
from ledger.batch import Batch
from ledger.commands import CollectBulk, CollectDeposit, ExemptUnit, LiftExemption, OverrideDue, RecordSale
from ledger.handlers import deposits
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import building_stream
from ledger.limits import refuse_any
from ledger.rules import Circumstances

_DEPOSIT: Final = deposits.HANDLERS[CollectDeposit]


def _override(batch: Batch, command: OverrideDue) -> None:
    name = building_stream(command.building)
    batch.buildings.add(name, dues.decide_override(batch.buildings[name], command, batch.stamp, batch.today))


def _exempt(batch: Batch, command: ExemptUnit) -> None:
    name = building_stream(command.building)
    events = dues.decide_exemption(batch.buildings[name], command, batch.stamp, batch.today)
    grounds = [row.code for row in batch.policy.dues.grounds if row.holds(command.decided_on)]
    refuse_any(batch.judge(Circumstances(grounds=grounds), command))
    batch.buildings.add(name, events)


def _lift(batch: Batch, command: LiftExemption) -> None:
    name = building_stream(command.building)
    found = dues.decisions(batch.history(name))
    batch.buildings.add(
        name, dues.decide_lifting(batch.buildings[name], found, command, batch.stamp, batch.today)
    )


def _sell(batch: Batch, command: RecordSale) -> None:
    name = building_stream(command.building)
    found = dues.decisions(batch.history(name))
    batch.buildings.add(
        name, dues.decide_sale(batch.buildings[name], found, command, batch.stamp, batch.today)
    )


def _collect(batch: Batch, command: CollectBulk) -> None:
    """The bulk becomes a deposit, and is judged and recorded as one."""
    name = building_stream(command.building)
    found = dues.decisions(batch.history(name))
    deposit = bulk.deposit_of(batch.buildings[name], found, batch.policy, command)
    if batch.live:
        deposits.look_up_receipts(batch, [deposit])
    _DEPOSIT.decide(batch, deposit)


def _building(command: Any) -> Iterator[str]:
    yield building_stream(command.building)


def _subject(command: Any) -> str:
    return str(command.building)


HANDLERS: Final[Handlers] = {
    OverrideDue: Handler(_building, _subject, _override),
    ExemptUnit: Handler(_building, _subject, _exempt),
    LiftExemption: Handler(_building, _subject, _lift),
    RecordSale: Handler(_building, _subject, _sell),
    CollectBulk: Handler(_DEPOSIT.streams, _subject, _collect),
}
