"""Deciding (裁定): commands in, what to append out; every refusal is found, nothing is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace

from ledger import book, undo
from ledger.batch import Batch
from ledger.commands import Command, UndoImport
from ledger.errors import InputError, Refusal, Refused
from ledger.handlers import HANDLERS
from ledger.handlers.deposits import look_up_receipts
from ledger.identity import import_stream
from ledger.limits import refuse_any
from ledger.log import Change, Claim, Log
from ledger.policy import Policy
from ledger.rules import leaving
from ledger.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Decided:
    """What a batch appends, the receipts (票据号) it uses, and what was refused in the order of commands.

    Claims are strict for live commands, noted for history.
    """

    changes: Sequence[Change]
    claims: Sequence[Claim]
    refusals: Sequence[Refusal]


def decide(log: Log, policy: Policy, stamp: Stamp, today: date, commands: Sequence[Command]) -> Decided:
    """Decide every command; each sees what those before it did."""
    refusals: list[Refusal] = []
    undoing: dict[str, int] = {}
    steps: list[tuple[int, Command]] = []
    for index, command in enumerate(commands):
        try:
            steps += ((index, step) for step in _steps(log, policy, command, undoing))
        except Refused as refused:
            refusals += _at(index, refused)
    names = {name for _, step in steps for name in HANDLERS[type(step)].streams(step)}
    batch = Batch(log, policy, stamp, today, names)
    batch.undoing |= undoing
    if batch.live:
        look_up_receipts(batch, [step for _, step in steps])
    for index, step in steps:
        try:
            _carry_out(batch, step)
        except Refused as refused:
            refusals += _at(index, refused)
    for name, entering in batch.entering.items():
        batch.books.add(name, book.decide_entries(batch.books[name], entering, stamp, today))
    refusals.sort(key=lambda refusal: refusal.command)
    return Decided(batch.changes, list(batch.claims.values()), refusals)


def _carry_out(batch: Batch, command: Command) -> None:
    """Live, a building that is gone or in the assembly's custody takes part in nothing but what ends that.

    Those that the command names are asked before, so that the reason comes first; those that it moved
    without naming them, such as the buildings of a project, after.
    """
    handler = HANDLERS[type(command)]
    if batch.live:
        refuse_any(_closed(batch, handler.streams(command), command))
    before = len(batch.buildings.grown)
    handler.decide(batch, command)
    if batch.live:
        refuse_any(_closed(batch, batch.buildings.grown[before:], command))


def _closed(batch: Batch, streams: Iterable[str], command: Command) -> Iterator[Refusal]:
    named = [name for name in streams if name in batch.buildings]
    yield from leaving.closed(
        {name.removeprefix("building/"): batch.buildings[name] for name in named}, command
    )


def _at(index: int, refused: Refused) -> Iterator[Refusal]:
    for found in refused.refusals:
        yield Refusal(found.code, found.message, found.field, found.line, found.basis, index)


def _steps(log: Log, policy: Policy, command: Any, undoing: dict[str, int]) -> Sequence[Command]:
    """The command with today's county code, or the undoing of an import with its reversals.

    Raises Refused ``county-unknown`` and what ``undo.reversals`` raises; TypeError for a command that cannot
    be part of a batch.
    """
    if isinstance(command, UndoImport):
        return _reversals(log, command, undoing)
    handler = HANDLERS.get(type(command))
    if handler is None:
        raise TypeError(f"{type(command).__name__} cannot be part of a batch")
    if not handler.county:
        return (command,)
    try:
        county = policy.county(command.county).code
    except InputError as error:
        raise Refused(Refusal(error.code, error.message, "county")) from error
    return (command if county == command.county else replace(command, county=county),)


def _reversals(log: Log, command: UndoImport, undoing: dict[str, int]) -> Sequence[Command]:
    done = bool(log.events(import_stream(command.import_id)))
    steps = () if done else undo.reversals(command, log.imported(command.import_id))
    undoing[command.import_id] = len(steps)
    return (command, *steps)
