"""Reconciling (对账) an account of a book: the bank's balance against the ledger's, art. 30 and 31.

The ledger's balance of an account is all money of the book that moved at a bank, less what names another
account. A repair counts as one movement, named by its payment. All pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Final, NamedTuple

from ledger import bank, building
from ledger.commands import OpenItem, ReconcileStatement
from ledger.entries import entries
from ledger.errors import Refusal, Refused
from ledger.events import (
    BankGainsReceived,
    BuildingDestroyed,
    BuildingRead,
    DepositCollected,
    EntryReversed,
    Event,
    GainsReversed,
    ObligationPaid,
    ObligationPaymentReversed,
    ReconcilingItem,
    StatementReconciled,
    TreasuryReversed,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.identity import Fund, bank_stream, book_stream, building_stream, event_id
from ledger.limits import day_refusal, refuse_any
from ledger.money import Fen
from ledger.reversal import origin
from ledger.stamp import Stamp
from ledger.treasury import TreasuryEvent, effect

NOT_AT_A_BANK: Final = frozenset({"interest", "moved"})
"""Kinds of entries by which no money moves at a bank: interest shared out, and moves between units."""

Place = tuple[str, int]
"""Event id and line of a movement."""


class Move(NamedTuple):
    """A movement of the book's money at a bank, in fen; ``account`` is None where the entry names none."""

    place: Place
    day: date
    amount_fen: Fen
    account: str | None


class Found(NamedTuple):
    """A building as it was read: its state and its events."""

    state: building.State
    history: Sequence[Event]

    @classmethod
    def of(cls, history: Sequence[Event]) -> "Found":
        """The state that follows from just this history."""
        return cls(reduce(building.apply, history, building.EMPTY), history)


def moves_of_building(code: str, found: Found, fund: Fund) -> Iterator[Move]:
    """The money of one fund kind that moved at a bank; a reversal has the place of what it takes back."""
    known: dict[tuple[int, int], tuple[Place, str | None]] = {}
    stream = building_stream(code)
    for version, event in enumerate(found.history, 1):
        for index, unit, amount_fen in _at_the_bank(event):
            if found.state.units[unit].fund != fund:
                continue
            place: Place = (event_id(stream, version), index)
            account = getattr(event, "account", None)
            if isinstance(event, WithdrawalPaid | WithdrawalReturned):
                place = (origin(event) or place[0], 0)
            elif isinstance(event, DepositCollected):
                account = event.lines[index].account
            elif isinstance(event, EntryReversed | ObligationPaymentReversed):
                place, account = known[event.version, event.lines[index].line]
            known[version, index] = place, account
            yield Move(place, event.value_date, amount_fen, account)


def _at_the_bank(event: Event) -> Iterator[tuple[int, str, Fen]]:
    """Line, unit and amount of what moved at a bank.

    What comes to be owed for a destroyed building (灭失) moves nothing until it is paid.
    """
    if isinstance(event, ObligationPaid):
        yield from ((index, paid.unit, -paid.amount_fen) for index, paid in enumerate(event.lines))
    elif isinstance(event, ObligationPaymentReversed):
        yield from ((index, back.unit, -back.amount_fen) for index, back in enumerate(event.lines))
    elif not isinstance(event, BuildingDestroyed) and not (
        isinstance(event, EntryReversed) and event.obligation
    ):
        for index, entry in enumerate(entries(event)):
            if entry.kind not in NOT_AT_A_BANK:
                yield index, entry.unit, entry.principal_fen + entry.interest_fen


def moves_of_book(name: str, history: Sequence[Event]) -> Iterator[Move]:
    """Gains the bank credited to the book, what is laid out, petty cash and other money; all as it stands."""
    for version, event in enumerate(history, 1):
        if isinstance(event, BankGainsReceived):
            for index, line in enumerate(event.lines):
                yield Move((event_id(name, version), index), event.value_date, line.amount_fen, line.account)
        elif isinstance(event, GainsReversed):
            original = history[event.version - 1]
            if isinstance(original, BankGainsReceived):
                for back in event.lines:
                    place = event_id(name, event.version), back.line
                    account = original.lines[back.line].account
                    yield Move(place, event.value_date, back.amount_fen, account)
        elif isinstance(event, TreasuryEvent | TreasuryReversed):
            yield from _laid_out(name, version, event, history)


def _laid_out(
    name: str, version: int, event: TreasuryEvent | TreasuryReversed, history: Sequence[Event]
) -> Iterator[Move]:
    """Money into lots, petty cash or expenses and out of them; a reversal has the place of its original."""
    sign = 1
    original: Event = event
    if isinstance(event, TreasuryReversed):
        sign, version = -1, event.version
        original = history[version - 1]
    if not isinstance(original, TreasuryEvent):
        raise TypeError(f"{original.TOPIC} is not about a book's money")
    amount_fen = sign * effect(original).bank_fen
    if amount_fen:
        yield Move((event_id(name, version), 0), event.value_date, amount_fen, original.account)


def decide_reconciliation(
    command: ReconcileStatement,
    statement: bank.State,
    buildings: Mapping[str, Found],
    history: Sequence[Event],
    stamp: Stamp,
    today: date,
) -> tuple[StatementReconciled]:
    """Reconcile an account; ``history`` is the book's.

    Raises Refused ``date-future``, ``statement-missing``, ``item-unknown``, ``item-twice``.
    """
    refuse_any([day_refusal(command.through, today, "through")])
    balance = statement.closing_fen(command.through)
    if balance is None:
        message = f"账号“{command.account}”在 {command.through} 及以前没有带余额的对账单"
        raise Refused(Refusal("statement-missing", message, "account", None, "165号令第30、31条"))
    moves = [
        move
        for source in (
            *(moves_of_building(code, found, command.fund) for code, found in buildings.items()),
            moves_of_book(book_stream(command.county, command.fund), history),
        )
        for move in source
        if move.day <= command.through and move.account in (None, command.account)
    ]
    lines = _bank_lines(command, statement)
    at_bank, in_ledger = _sums(lines), _sums((move.place, move.amount_fen) for move in moves)
    refuse_any(_item_refusals(command.items, at_bank, in_ledger))
    bank_items = tuple(_items(command.items, at_bank))
    ledger_items = tuple(_items(command.items, in_ledger))
    held = sum(move.amount_fen for move in moves)
    explained = sum(item.amount_fen for item in bank_items) - sum(item.amount_fen for item in ledger_items)
    return (
        StatementReconciled(
            **stamp,
            value_date=command.through,
            account=command.account,
            bank_balance_fen=balance,
            ledger_balance_fen=held,
            difference_fen=balance - held - explained,
            bank_items=bank_items,
            ledger_items=ledger_items,
            bank_version=statement.version,
            buildings=reads(buildings),
        ),
    )


def reads(buildings: Mapping[str, Found]) -> tuple[BuildingRead, ...]:
    """Which version of each building the figures come from, by code."""
    return tuple(
        BuildingRead(building=code, version=len(found.history)) for code, found in sorted(buildings.items())
    )


def _bank_lines(command: ReconcileStatement, state: bank.State) -> Iterator[tuple[Place, Fen]]:
    stream = bank_stream(command.account)
    for statement in state.statements:
        for index, line in enumerate(statement.lines):
            standing = (statement.version, index) not in state.reversed
            if standing and statement.day <= command.through:
                yield (event_id(stream, statement.version), index), line.in_fen - line.out_fen


def _sums(moved: Iterable[tuple[Place, Fen]]) -> dict[Place, Fen]:
    sums: dict[Place, Fen] = {}
    for place, amount_fen in moved:
        sums[place] = sums.get(place, 0) + amount_fen
    return sums


def _items(items: Sequence[OpenItem], sums: Mapping[Place, Fen]) -> Iterator[ReconcilingItem]:
    for item in items:
        amount_fen = sums.get((item.event, item.line))
        if amount_fen is not None:
            yield ReconcilingItem(event=item.event, line=item.line, amount_fen=amount_fen, note=item.note)


def _item_refusals(items: Sequence[OpenItem], *sides: Mapping[Place, Fen]) -> Iterator[Refusal]:
    seen: set[Place] = set()
    for index, item in enumerate(items):
        place = item.event, item.line
        named = f"未达账项 {item.event} 第 {item.line + 1} 行"
        if not any(side.get(place) for side in sides):
            yield Refusal("item-unknown", f"{named}不在截止日以前的对账单或账上", "items", index)
        if place in seen:
            yield Refusal("item-twice", f"{named}重复列出", "items", index)
        seen.add(place)
