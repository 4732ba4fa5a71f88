"""Events that take back what a project recorded."""

from typing import ClassVar

from ledger.events.event import Event


class PaymentReversed(Event, frozen=True, kw_only=True):
    """A payment of this project is taken back whole (冲正), with every withdrawal that follows from it.

    Or, with ``returned``, money that a firm had given back. ``version`` is that of the ``repair-paid`` or
    ``repair-money-returned``, the amount is negative, the value date the original's.
    """

    TOPIC: ClassVar[str] = "payment-reversed"

    version: int
    reason: str
    amount_fen: int
    returned: bool = False
