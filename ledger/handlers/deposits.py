"""Money that comes into unit accounts, and goes back: opening balances, deposits, other income, refunds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ledger import building, income, opening, refund
from ledger.batch import Batch
from ledger.commands import CollectDeposit, Command, CreditIncome, OpenBalance, RefundDeposit, RegisterUnits
from ledger.designation import Designation
from ledger.errors import Refusal, Refused
from ledger.handlers.handler import Handler, Handlers
from ledger.identity import RECEIPT_CODES, Fund, book_stream, building_stream, receipts_stream
from ledger.limits import refuse_any
from ledger.log import Claim
from ledger.rules import Circumstances


def look_up_receipts(batch: Batch, commands: Sequence[Command]) -> None:
    """Ask the log once which receipts of a live batch are handed out, and which are in use already."""
    if not any(isinstance(command, CollectDeposit) for command in commands):
        return
    batch.codes.also([RECEIPT_CODES])
    batch.ranges.also([receipts_stream(code) for code in batch.codes[RECEIPT_CODES]])
    county_of = {
        command.building: command.county for command in commands if isinstance(command, RegisterUnits)
    }
    wanted: dict[tuple[str, str], tuple[str, Claim]] = {}
    for command in commands:
        if not isinstance(command, CollectDeposit):
            continue
        facts = batch.buildings[building_stream(command.building)].facts
        county = facts.county if facts is not None else county_of.get(command.building)
        if county is not None:
            for claim in _claims(county, command, strict=True):
                wanted[claim.kind, claim.name] = county, claim
    taken = batch.log.taken([claim for _, claim in wanted.values()])
    for county, claim in wanted.values():
        if claim in taken:
            batch.receipts[county].add(claim.name)


def _collect(batch: Batch, command: CollectDeposit) -> None:
    name = building_stream(command.building)
    state = batch.buildings[name]
    refusals: list[Refusal] = []
    try:
        events = building.decide_deposit(state, command, batch.stamp, batch.today)
    except Refused as refused:
        refusals += refused.refusals
    if state.facts is not None:
        used = batch.receipts[state.facts.county]
        standing = _designations(batch, state, state.facts.county, command) if batch.live else {}
        seen = Circumstances(used, building=state, ranges=batch.ranges.states(), designations=standing)
        refusals += batch.judge(seen, command)
        _use_receipts(batch, state.facts.county, command)
    if refusals:
        raise Refused(*refusals)
    batch.buildings.add(name, events)


def _designations(
    batch: Batch, state: building.State, county: str, command: CollectDeposit
) -> Mapping[Fund, Sequence[Designation]]:
    """The bank accounts (专户) of the books whose deposits name one; the books are read, never written."""
    named = {line.unit for line in command.lines if line.account is not None} & state.units.keys()
    funds = {state.units[unit].fund for unit in named}
    return {fund: batch.book(book_stream(county, fund)).designations for fund in funds}


def _use_receipts(batch: Batch, county: str, command: CollectDeposit) -> None:
    for claim in _claims(county, command, batch.live):
        batch.claims.setdefault((claim.kind, claim.name), claim)
        if batch.live:
            batch.receipts[county].add(claim.name)


def _claims(county: str, command: CollectDeposit, strict: bool) -> Iterator[Claim]:
    for line in command.lines:
        if line.receipt_no is not None:
            yield Claim(f"receipt/{county}", line.receipt_no, strict)


def _open(batch: Batch, command: OpenBalance) -> None:
    name = building_stream(command.building)
    state = batch.buildings[name]
    moved = {key for key, account in state.accounts.items() if account.entries} - state.opened
    refusals = batch.judge(Circumstances(moved=moved), command)
    try:
        events = opening.decide_opening(state, command, batch.stamp, batch.today)
    except Refused as refused:
        raise Refused(*refused.refusals, *refusals) from refused
    refuse_any(refusals)
    batch.buildings.add(name, events)


def _credit(batch: Batch, command: CreditIncome) -> None:
    name = building_stream(command.building)
    batch.buildings.add(name, income.decide_income(batch.buildings[name], command, batch.stamp, batch.today))


def _refund(batch: Batch, command: RefundDeposit) -> None:
    name = building_stream(command.building)
    state = batch.buildings[name]
    found = [refusal for refusal in refund.refusals(state, command, batch.today) if refusal]
    drawn = refund.sources(state, batch.history(name), command)
    circumstances = Circumstances(sources=drawn, building=state, today=batch.today)
    refuse_any([*found, *batch.judge(circumstances, command)])
    known = [source for source in drawn if source is not None]
    batch.buildings.add(name, refund.decide_refund(command, known, batch.stamp))


def _building(command: Any) -> Iterator[str]:
    yield building_stream(command.building)


HANDLERS: Final[Handlers] = {
    CollectDeposit: Handler(_building, lambda command: command.building, _collect),
    OpenBalance: Handler(_building, lambda command: command.building, _open),
    CreditIncome: Handler(_building, lambda command: command.building, _credit),
    RefundDeposit: Handler(_building, lambda command: command.building, _refund),
}
