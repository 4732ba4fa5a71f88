"""What rules may look at beside the command."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from ledger.bank import Break
from ledger.building import EMPTY, State
from ledger.commands import (
    Command,
)
from ledger.errors import Refusal
from ledger.identity import Part
from ledger.policy.treasury import Treasury
from ledger.procedure import Standing
from ledger.receipts import State as Receipts
from ledger.refund import Source
from ledger.treasury import EMPTY as NOTHING_INVESTED
from ledger.treasury import State as Invested


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What rules may look at beside the command.

    ``receipts``: numbers already in use in its county; ``moved``: accounts of its building with entries;
    ``building``: as it stands; ``sources``: what each line of a refund draws on (None: no such account);
    ``given_back``: lines of the event to reverse of which something was refunded; ``ranges``: receipts
    issued and voided, of every code (for a void: of its own); ``breaks``: where the balances of its statement
    do not follow; ``procedure``: the project of a step as it stands; ``invested``: how the money of
    its book is laid out; ``treasury``: the dated rules of that (None: not asked for).
    """

    receipts: Collection[str] = ()
    moved: Collection[tuple[str, Part]] = ()
    building: State = EMPTY
    sources: Sequence[Source | None] = ()
    given_back: Collection[int] = ()
    ranges: Collection[Receipts] = ()
    breaks: Collection[Break] = ()
    procedure: Standing | None = None
    invested: Invested = NOTHING_INVESTED
    treasury: Treasury | None = None


Rule = Callable[[Circumstances, Command], Iterator[Refusal]]
"""Yields the refusals of a live command."""
