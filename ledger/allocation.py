"""The allocation (分摊清册) of one repair payment: who bears what of it, account by account.

Read from the events of the project and its buildings, so that it is never behind the log. No persons.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from ledger.events import Event, RepairPaid, Stage
from ledger.identity import Part
from ledger.money import Fen, yuan
from ledger.paying import Borne, borne


class AllocationLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one account bears, in yuan: its share, paid from principal and interest or raised (自筹).

    ``returned`` is what came back since; what was reversed (冲正) counts as never paid.
    """

    building: str
    unit: str
    part: Part
    share: str
    principal: str
    interest: str
    self_raised: str
    returned: str


class Allocation(msgspec.Struct, frozen=True, kw_only=True):
    """A payment and its bearers, in yuan: cost = amount (the fund) + self-raised + developer's."""

    payment: str
    county: str
    project: str
    stage: Stage
    paid_on: date
    position: str
    cost: str
    amount: str
    self_raised: str
    developer: str
    returned: str
    lines: tuple[AllocationLine, ...]


def allocation(
    payment: str, paid: RepairPaid, histories: Mapping[str, Sequence[Event]], position: int
) -> Allocation:
    """The allocation of a payment from all events of its buildings; ``position`` is what the answer knew."""
    raised: defaultdict[tuple[str, str, Part], Fen] = defaultdict(int)
    for each in paid.self_raised:
        raised[each.building, each.unit, each.part] += each.amount_fen
    drawn = {
        (name, *key): found
        for name, history in histories.items()
        for key, found in borne(history, payment).items()
    }
    nothing = Borne((0, 0), (0, 0))
    lines = [_line(key, drawn.get(key, nothing), raised[key]) for key in sorted({*drawn, *raised})]
    _, county, project = payment.rpartition("@")[0].split("/")
    back = sum(sum(found.paid) - sum(found.left) for found in drawn.values())
    return Allocation(
        payment=payment,
        county=county,
        project=project,
        stage=paid.stage,
        paid_on=paid.value_date,
        position=str(position),
        cost=yuan(paid.amount_fen if paid.cost_fen is None else paid.cost_fen),
        amount=yuan(paid.amount_fen),
        self_raised=yuan(sum(raised.values())),
        developer=yuan(paid.developer_fen),
        returned=yuan(back),
        lines=tuple(lines),
    )


def _line(key: tuple[str, str, Part], found: Borne, raised_fen: Fen) -> AllocationLine:
    building, unit, part = key
    principal, interest = found.paid
    return AllocationLine(
        building=building,
        unit=unit,
        part=part,
        share=yuan(principal + interest + raised_fen),
        principal=yuan(principal),
        interest=yuan(interest),
        self_raised=yuan(raised_fen),
        returned=yuan(principal + interest - sum(found.left)),
    )
