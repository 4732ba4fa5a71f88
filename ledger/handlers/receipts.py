"""Special receipts (专用票据): ranges handed out and voided."""

from collections.abc import Iterator
from typing import Final

from ledger import receipts
from ledger.batch import Batch
from ledger.commands import IssueReceipts, VoidReceipts
from ledger.events import ReceiptCodesEntered
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import RECEIPT_CODES, receipts_stream
from ledger.limits import refuse_any
from ledger.log import Claim
from ledger.rules import Circumstances


def _streams(command: IssueReceipts | VoidReceipts) -> Iterator[str]:
    yield RECEIPT_CODES
    yield receipts_stream(command.code)


def _issue(batch: Batch, command: IssueReceipts) -> None:
    name = receipts_stream(command.code)
    batch.ranges.add(name, receipts.decide_issue(batch.ranges[name], command, batch.stamp, batch.today))
    if command.code not in batch.codes[RECEIPT_CODES]:
        day = command.value_date
        entered = ReceiptCodesEntered(**batch.stamp, value_date=day, codes=(command.code,))
        batch.codes.add(RECEIPT_CODES, [entered])


def _void(batch: Batch, command: VoidReceipts) -> None:
    name = receipts_stream(command.code)
    events = receipts.decide_void(command, batch.stamp, batch.today)
    if batch.live:
        used = _used(batch, receipts.range_of(command.first, command.last))
        refuse_any(batch.judge(Circumstances(used, ranges=[batch.ranges[name]]), command))
    batch.ranges.add(name, events)


def _used(batch: Batch, asked: receipts.Range) -> set[str]:
    """The numbers of a range in use in any county: a deposit does not say its receipt's code."""
    counties = [county.code for county in batch.policy.counties]
    numbers = [(county, number) for county in counties for number in asked.numbers()]
    claims = [Claim(f"receipt/{county}", number, strict=True) for county, number in numbers]
    return {claim.name for claim in batch.log.taken(claims)}


HANDLERS: Final[Handlers] = {
    IssueReceipts: Handler(_streams, lambda command: command.code, _issue),
    VoidReceipts: Handler(_streams, lambda command: command.code, _void),
}
