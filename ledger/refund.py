"""Refunds (退款): deposits given back, each traced to the deposit it gives back. All pure."""

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from typing import NamedTuple

import msgspec

from ledger.building import Account, State, account_refusal, unknown
from ledger.commands import Refund, RefundDeposit
from ledger.errors import Refusal
from ledger.events import (
    DepositCollected,
    DepositKind,
    DepositRefunded,
    EntryReversed,
    Event,
    RefundLine,
)
from ledger.identity import Part, building_stream, event_id, parse_event_id
from ledger.limits import amount_refusal, day_refusal
from ledger.money import Fen
from ledger.stamp import Stamp

Place = tuple[int, int]
"""Version of an event in the building's stream, and index of a line in it."""


class Deposit(msgspec.Struct, frozen=True, gc=False):
    """A deposit that stands, and how much of it was given back."""

    place: Place
    unit: str
    part: Part
    kind: DepositKind
    on: date
    receipt_no: str | None
    amount_fen: Fen
    refunded_fen: Fen = 0

    @property
    def left_fen(self) -> Fen:
        """What may still be given back of it."""
        return max(self.amount_fen - self.refunded_fen, 0)


class Source(NamedTuple):
    """What a refund draws on as it stood before: the account, and the deposit, None where none was found."""

    part: Part
    account: Account
    deposit: Deposit | None


def deposits(history: Iterable[Event]) -> dict[Place, Deposit]:
    """The deposits of a building that stand, by place, from all events of its stream in order."""
    found: dict[Place, Deposit] = {}
    refunded: dict[Place, tuple[Place, Fen]] = {}
    for version, event in enumerate(history, 1):
        match event:
            case DepositCollected():
                for index, line in enumerate(event.lines):
                    place = version, index
                    found[place] = Deposit(
                        place,
                        line.unit,
                        line.part,
                        event.kind,
                        event.value_date,
                        line.receipt_no,
                        line.amount_fen,
                    )
            case DepositRefunded():
                for index, back in enumerate(event.lines):
                    if back.deposit is not None and back.deposit_line is not None:
                        given = parse_event_id(back.deposit)[1], back.deposit_line
                        amount = back.principal_fen + back.interest_fen
                        refunded[version, index] = given, amount
                        _give_back(found, given, amount)
            case EntryReversed():
                for gone in event.lines:
                    place = event.version, gone.line
                    if place in refunded:
                        given, amount = refunded.pop(place)
                        _give_back(found, given, -amount)
                    else:
                        found.pop(place, None)
    return found


def given_back(history: Iterable[Event], version: int) -> frozenset[int]:
    """Lines of one deposit event of which something was given back."""
    return frozenset(
        line for (of, line), deposit in deposits(history).items() if of == version and deposit.refunded_fen
    )


def _give_back(found: dict[Place, Deposit], place: Place, amount_fen: Fen) -> None:
    deposit = found.get(place)
    if deposit is not None:
        found[place] = msgspec.structs.replace(deposit, refunded_fen=deposit.refunded_fen + amount_fen)


def refusals(state: State, command: RefundDeposit, today: date) -> Iterator[Refusal | None]:
    """What no ledger may take, live or history.

    ``building-unknown``, ``unit-unknown``, ``part-unknown``, ``date-future``, ``lines-missing``,
    ``amount-not-positive``, ``amount-too-large``.
    """
    yield day_refusal(command.refunded_on, today, "refunded_on")
    if not command.lines:
        yield Refusal("lines-missing", "没有退款明细", "lines")
    if state.facts is None:
        yield unknown(command.building)
    for index, line in enumerate(command.lines):
        yield amount_refusal(line.amount_fen, "amount_fen", index)
        if state.facts is not None:
            yield account_refusal(state, command.building, line.unit, line.part or "owner", index)


def sources(state: State, history: Iterable[Event], command: RefundDeposit) -> tuple[Source | None, ...]:
    """What each line draws on after those before it; None for a line whose account does not exist.

    A destroyed building's balance goes back as a whole (art. 29), so its refunds draw on no single deposit.
    """
    standing = deposits(history)
    accounts = dict(state.accounts)
    drawn: list[Source | None] = []
    for line in command.lines:
        deposit = _find(standing.values(), line, state.lineage(line.unit))
        part = line.part or (deposit.part if deposit is not None else "owner")
        account = accounts.get((line.unit, part))
        if account is None:
            drawn.append(None)
            continue
        source = Source(part, account, None if command.reason == "destroyed" else deposit)
        drawn.append(source)
        principal, interest = split(source, line.amount_fen)
        accounts[line.unit, part] = Account(
            account.principal_fen - principal, account.interest_fen - interest
        )
        if source.deposit is not None:
            _give_back(standing, source.deposit.place, line.amount_fen)
    return tuple(drawn)


def _find(standing: Iterable[Deposit], line: Refund, lineage: Set[str]) -> Deposit | None:
    """The deposit of the receipt in the account; of several (history knows them) one with money left.

    ``lineage``: the unit, and those that were split or merged into it, whose deposits came with the balance.
    """
    if line.receipt_no is None:
        return None
    named = [
        deposit
        for deposit in standing
        if deposit.receipt_no == line.receipt_no
        and deposit.unit in lineage
        and line.part in (None, deposit.part)
    ]
    return next((deposit for deposit in named if deposit.left_fen), named[0] if named else None)


def split(source: Source, amount_fen: Fen) -> tuple[Fen, Fen]:
    """Principal and interest of a refund: principal as far as deposit and account have it, then interest.

    What neither holds is principal: history may give back more than there is.
    """
    principal = min(amount_fen, max(source.account.principal_fen, 0))
    if source.deposit is not None:
        principal = min(principal, source.deposit.left_fen)
    interest = min(amount_fen - principal, max(source.account.interest_fen, 0))
    return amount_fen - interest, interest


def decide_refund(command: RefundDeposit, drawn: Sequence[Source], stamp: Stamp) -> tuple[DepositRefunded]:
    """Give deposits back (退款): one line a refund, with what it draws on."""
    lines = tuple(_line(command, line, source) for line, source in zip(command.lines, drawn, strict=True))
    return (DepositRefunded(**stamp, value_date=command.refunded_on, reason=command.reason, lines=lines),)


def _line(command: RefundDeposit, line: Refund, source: Source) -> RefundLine:
    principal, interest = split(source, line.amount_fen)
    deposit = source.deposit
    version, index = (None, None) if deposit is None else deposit.place
    return RefundLine(
        unit=line.unit,
        part=source.part,
        principal_fen=principal,
        interest_fen=interest,
        deposit=None if version is None else event_id(building_stream(command.building), version),
        deposit_line=index,
        deposited_on=None if deposit is None else deposit.on,
        deposit_kind=None if deposit is None else deposit.kind,
        receipt_no=line.receipt_no,
        payee_ref=line.payee_ref,
        bank_ref=line.bank_ref,
    )
