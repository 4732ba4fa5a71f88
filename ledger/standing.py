"""Standing (去留) of a building: is it destroyed, who keeps its money, what is still owed. All pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from ledger.events import (
    BuildingDestroyed,
    CustodyTransferredIn,
    CustodyTransferredOut,
    EntryReversed,
    Event,
    ObligationLine,
    ObligationPaid,
    ObligationPaymentReversed,
)
from ledger.identity import Part
from ledger.money import Fen

Place = tuple[int, int]
"""Version of a destruction in the building's stream, and index of a line of it."""

_NONE: Final[frozenset[Part]] = frozenset()
_OWNERS: Final[frozenset[Part]] = frozenset(["owner"])
_ALL: Final[frozenset[Part]] = frozenset(["owner", "seller"])


class Owed(msgspec.Struct, frozen=True, gc=False):
    """What is owed (应付返还) for one account, since when, and how much of it was paid."""

    line: ObligationLine
    since: date
    paid_fen: Fen = 0

    @property
    def left_fen(self) -> Fen:
        """What is still to be paid; below zero where history paid too much."""
        return self.line.principal_fen + self.line.interest_fen - self.paid_fen


class Transfer(NamedTuple):
    """A transfer of custody that stands: its version, and to which assembly; None: back to us."""

    version: int
    assembly: str | None


class Standing(msgspec.Struct, frozen=True):
    """What a building's events say of its end and its custody; reversed ones no longer count.

    ``destroyed``: the day of loss by version of the destructions; ``custody``: the transfers in order;
    ``closings``: from which version on the accounts of which parts are closed.
    """

    destroyed: Mapping[int, date] = {}
    custody: tuple[Transfer, ...] = ()
    owed: Mapping[Place, Owed] = {}
    closings: tuple[tuple[int, frozenset[Part]], ...] = ()

    @property
    def destroyed_on(self) -> date | None:
        """When the building was destroyed, None while it stands."""
        return min(self.destroyed.values(), default=None)

    @property
    def assembly(self) -> str | None:
        """The owners' assembly that keeps the owners' money now, None while we do."""
        return self.custody[-1].assembly if self.custody else None

    def stands(self, version: int) -> bool:
        """Whether the destruction or transfer of a version still counts."""
        return version in self.destroyed or any(transfer.version == version for transfer in self.custody)

    def closed(self, version: int) -> frozenset[Part]:
        """The parts whose accounts were closed when the stream stood at a version; they weigh nothing."""
        return next((parts for since, parts in reversed(self.closings) if since <= version), _NONE)


def apply(standing: Standing, version: int, event: Event) -> Standing:
    """The standing after the event of a version; any event that is not about it changes nothing."""
    changed = _changed(standing, version, event)
    closed = _ALL if changed.destroyed else _OWNERS if changed.assembly else _NONE
    if closed == changed.closed(version):
        return changed
    return replace(changed, closings=(*changed.closings, (version, closed)))


def _changed(standing: Standing, version: int, event: Event) -> Standing:
    match event:
        case BuildingDestroyed():
            owed = {(version, index): Owed(line, event.value_date) for index, line in enumerate(event.lines)}
            return replace(
                standing,
                destroyed={**standing.destroyed, version: event.destroyed_on},
                owed={**standing.owed, **owed},
            )
        case CustodyTransferredOut() | CustodyTransferredIn():
            assembly = event.assembly if isinstance(event, CustodyTransferredOut) else None
            return replace(standing, custody=(*standing.custody, Transfer(version, assembly)))
        case ObligationPaid():
            return _paid(standing, [((event.obligation, paid.line), paid.amount_fen) for paid in event.lines])
        case ObligationPaymentReversed():
            return _paid(standing, [((event.obligation, back.owed), back.amount_fen) for back in event.lines])
        case EntryReversed():
            return _without(standing, event.version)
        case _:
            return standing


def _paid(standing: Standing, amounts: Iterable[tuple[Place, Fen]]) -> Standing:
    owed = dict(standing.owed)
    for place, amount in amounts:
        owed[place] = replace(owed[place], paid_fen=owed[place].paid_fen + amount)
    return replace(standing, owed=owed)


def _without(standing: Standing, version: int) -> Standing:
    return replace(
        standing,
        destroyed={at: day for at, day in standing.destroyed.items() if at != version},
        custody=tuple(transfer for transfer in standing.custody if transfer.version != version),
        owed={place: owed for place, owed in standing.owed.items() if place[0] != version},
    )
