"""The demonstration (演示数据): a log is marked as its own before it takes its data."""

from typing import Final

from ledger.batch import Batch
from ledger.commands import StartDemonstration
from ledger.errors import Refusal, Refused
from ledger.events import DemonstrationStarted
from ledger.handlers.handler import Handler, Handlers
from ledger.streams import DEMONSTRATION_STREAM


def _start(batch: Batch, command: StartDemonstration) -> None:
    if batch.started[DEMONSTRATION_STREAM]:
        raise Refused(Refusal("demonstration-started", "演示数据已经开始"))
    event = DemonstrationStarted(
        **batch.stamp, value_date=batch.today, seed=command.seed, scale=command.scale
    )
    batch.started.add(DEMONSTRATION_STREAM, [event])


HANDLERS: Final[Handlers] = {
    StartDemonstration: Handler(lambda _: iter([DEMONSTRATION_STREAM]), lambda _: "", _start)
}
