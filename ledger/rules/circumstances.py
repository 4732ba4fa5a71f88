"""What rules may look at beside the command."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ledger.bank import Break
from ledger.building import EMPTY, State
from ledger.commands import Command, CustodyAmount
from ledger.designation import Designation
from ledger.errors import Refusal
from ledger.events import Event, RatesAccrued
from ledger.identity import Fund, Part
from ledger.money import Fen
from ledger.periods import Closing
from ledger.policy import StageCap
from ledger.policy.treasury import Treasury
from ledger.procedure import Standing
from ledger.receipts import State as Receipts
from ledger.refund import Source
from ledger.repair import EMPTY as NO_REPAIR
from ledger.repair import State as Repair
from ledger.treasury import EMPTY as NOTHING_INVESTED
from ledger.treasury import State as Invested


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What rules may look at beside the command.

    ``receipts``: numbers already in use in its county; ``moved``: accounts of its building with entries;
    ``building``: as it stands; ``sources``: what each line of a refund draws on (None: no such account);
    ``given_back``: lines of the event to reverse of which something was refunded; ``ranges``: receipts issued
    and voided, of every code (for a void: of its own); ``breaks``: where the balances of its statement do not
    follow; ``procedure``: the project of a step as it stands; ``grounds``: codes on which a unit could be
    exempted on the day of its decision; ``accrual``: the interest at rates that is to be credited, and
    whether it may be more than the gains that wait; ``repair``: the project of a payment; ``actor``: who
    asks; ``stage_cap``: what policy says of payments before acceptance; ``left_fen``: what accounts still
    bear of the payment that money is returned of; ``invested``: how the money of its book is laid out;
    ``treasury``: the dated rules of that (None: not asked for); ``original``: the event to reverse;
    ``buildings``: those that leave, or pay, by code; ``leaving``: what their accounts held that day;
    ``claims``: the books of whose gains they still have a share to come, by building; ``moving``: what
    custody passes; ``hand_over_days``: within how many days custody must pass; ``today``: the day of
    recording; ``last_entry``: the latest value date of any entry of the units that change; ``closings``:
    of its book; ``designations``: bank accounts of the books it touches; ``unexplained_fen``: what nobody
    explained.
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
    invested: Invested = NOTHING_INVESTED
    treasury: Treasury | None = None
    original: Event | None = None
    buildings: Mapping[str, State] = field(default_factory=dict)
    leaving: Mapping[str, Mapping[tuple[str, Part], tuple[Fen, Fen]]] = field(default_factory=dict)
    claims: Mapping[str, Sequence[str]] = field(default_factory=dict)
    moving: Sequence[CustodyAmount] = ()
    hand_over_days: int | None = None
    today: date | None = None
    last_entry: date | None = None
    closings: Sequence[Closing] = ()
    designations: Mapping[Fund, Sequence[Designation]] = field(default_factory=dict)
    unexplained_fen: Fen = 0


Rule = Callable[[Circumstances, Command], Iterator[Refusal]]
"""Yields the refusals of a live command."""
