"""What rules may look at beside the command."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.bank import Break
from ledger.building import EMPTY, State
from ledger.commands import (
    Command,
)
from ledger.designation import Designation
from ledger.errors import Refusal
from ledger.events import RatesAccrued
from ledger.identity import Fund, Part
from ledger.money import Fen
from ledger.periods import Closing
from ledger.policy import StageCap
from ledger.procedure import Standing
from ledger.receipts import State as Receipts
from ledger.refund import Source
from ledger.repair import EMPTY as NO_REPAIR
from ledger.repair import State as Repair


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What rules may look at beside the command.

    ``receipts``: numbers already in use in its county; ``moved``: accounts of its building with entries;
    ``building``: as it stands; ``sources``: what each line of a refund draws on (None: no such account);
    ``given_back``: lines of the event to reverse of which something was refunded; ``ranges``: receipts
    issued and voided, of every code (for a void: of its own); ``breaks``: where the balances of its statement
    do not follow; ``procedure``: the project of a step as it stands; ``grounds``: codes on which a unit could
    be exempted on the day of its decision; ``accrual``: the interest at rates that is to be credited, and
    whether it may be more than the gains that wait; ``repair``: the project of a payment; ``actor``: who
    asks; ``stage_cap``: what policy says of payments before acceptance; ``left_fen``: what accounts still
    bear of the payment that money is returned of; ``closings``: of its book;
    ``designations``: bank accounts of the books it touches; ``unexplained_fen``: what nobody explained.
    """

    receipts: Collection[str] = ()
    moved: Collection[tuple[str, Part]] = ()
    building: State = EMPTY
    sources: Sequence[Source | None] = ()
    given_back: Collection[int] = ()
    ranges: Collection[Receipts] = ()
    breaks: Collection[Break] = ()
    procedure: Standing | None = None
    grounds: Collection[str] = ()
    accrual: RatesAccrued | None = None
    may_exceed_gains: bool = True
    repair: Repair = NO_REPAIR
    actor: str = ""
    stage_cap: StageCap | None = None
    left_fen: Fen = 0
    closings: Sequence[Closing] = ()
    designations: Mapping[Fund, Sequence[Designation]] = field(default_factory=dict)
    unexplained_fen: Fen = 0


Rule = Callable[[Circumstances, Command], Iterator[Refusal]]
"""Yields the refusals of a live command."""
