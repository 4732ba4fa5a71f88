"""What an event about a book's money (存款、国债、备用金、其他收支) adds, for all models that follow it."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from ledger.events import (
    BondBought,
    BondInterestReceived,
    BondRedeemed,
    Event,
    InvestmentEnded,
    InvestmentRecorded,
    LotKind,
    OtherExpensePaid,
    OtherIncomeReceived,
    PettyCashAdvanced,
    PettyCashReturned,
    TimeDepositEnded,
    TimeDepositPlaced,
    TreasuryKind,
    TreasuryReversed,
)
from ledger.money import Fen


class Added(NamedTuple):
    """What one event adds to its lot, petty cash, income or expense, and the interest that came with it.

    ``reverses`` is the version that a reversal takes back; money out of a lot or from a holder is negative.
    """

    kind: TreasuryKind
    amount_fen: Fen
    interest_fen: Fen = 0
    lot: str | None = None
    lot_kind: LotKind | None = None
    reverses: int | None = None

    @property
    def bank_fen(self) -> Fen | None:
        """What it moves on the current account; None where nothing: interest is a gain, a pledge no money."""
        if self.kind == "bond-interest" or self.lot_kind == "pledge":
            return None
        return self.amount_fen if self.kind == "other-income" else -self.amount_fen


def _placed(event: TimeDepositPlaced | InvestmentRecorded) -> Added:
    return Added("lot-placed", event.amount_fen, lot=event.lot, lot_kind=event.kind)


def _ended(event: TimeDepositEnded) -> Added:
    return Added("lot-ended", -event.principal_fen, event.interest_fen, event.lot, event.kind)


def _bought(event: BondBought) -> Added:
    return Added("lot-placed", event.cost_fen, lot=event.lot, lot_kind="bond")


def _coupon(event: BondInterestReceived) -> Added:
    return Added("bond-interest", 0, event.interest_fen, event.lot, "bond")


def _redeemed(event: BondRedeemed) -> Added:
    return Added("lot-ended", -event.principal_fen, event.interest_fen, event.lot, "bond")


def _given_up(event: InvestmentEnded) -> Added:
    return Added("lot-ended", -event.principal_fen, lot=event.lot, lot_kind=event.kind)


def _reversed(event: TreasuryReversed) -> Added:
    return Added(event.kind, event.amount_fen, event.interest_fen, event.lot, event.lot_kind, event.version)


ADDED: Final[dict[type[Event], Callable[[Any], Added]]] = {
    TimeDepositPlaced: _placed,
    TimeDepositEnded: _ended,
    BondBought: _bought,
    BondInterestReceived: _coupon,
    BondRedeemed: _redeemed,
    InvestmentRecorded: _placed,
    InvestmentEnded: _given_up,
    PettyCashAdvanced: lambda event: Added("petty-cash", event.amount_fen),
    PettyCashReturned: lambda event: Added("petty-cash", -event.amount_fen),
    OtherIncomeReceived: lambda event: Added("other-income", event.amount_fen),
    OtherExpensePaid: lambda event: Added("other-expense", event.amount_fen),
    TreasuryReversed: _reversed,
}
"""Every event about how a book's money is laid out, and how to read it."""
