"""Persons (当事人): who was erased is on record, with the reason, and no more than a ref."""

from typing import Final

from ledger.batch import Batch
from ledger.commands import ErasePerson
from ledger.errors import Refusal
from ledger.events import PersonErased
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import party_stream
from ledger.limits import refuse_any


def _erase(batch: Batch, command: ErasePerson) -> None:
    """Raises Refused ``already-erased``, ``reason-missing``."""
    name = party_stream(command.party)
    gone = Refusal("already-erased", "该当事人的个人信息已经删除", "party") if batch.erased[name] else None
    blank = (
        None if command.reason.strip() else Refusal("reason-missing", "删除个人信息必须说明原因", "reason")
    )
    refuse_any([gone, blank])
    erased = PersonErased(
        **batch.stamp, value_date=batch.today, party_ref=command.party, reason=command.reason
    )
    batch.erased.add(name, [erased])


HANDLERS: Final[Handlers] = {
    ErasePerson: Handler(
        lambda command: iter([party_stream(command.party)]), lambda command: command.party, _erase
    ),
}
