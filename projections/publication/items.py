"""The items of a pack: what was spent on repairs and how it was shared, and what left the accounts else.

Postings say how much, the events behind them say of what: a reversal counts for what it takes back, so that
the items add up to the figures 使用 and 退划 of the accounts exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import BigInteger, Connection, cast, func, select

from ledger.events import (
    BuildingDestroyed,
    CustodyTransferredIn,
    CustodyTransferredOut,
    DepositRefunded,
    EntryReversed,
    Event,
    RefundReason,
    RepairPaid,
    RepairProposed,
    Stage,
    UnitsChanged,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.identity import Fund, Part, building_stream, parse_event_id
from ledger.money import Fen
from ledger.store.codec import decode
from ledger.store.tables import events
from projections.originals import Original, named
from projections.postings import postings
from projections.publication.known import Known
from projections.publication.pack import Building, Differs, Leaving, Payment, Share

_SPENT: Final = ("withdrawal", "return")
_LEFT: Final = ("refund", "custody", "moved")

REASONS: Final[dict[RefundReason, str]] = {
    "cancelled": "退房退款",
    "overpaid": "多交退款",
    "mistaken": "错交退款",
    "destroyed": "灭失退款",
}
STAGES: Final[dict[Stage, str]] = {"first": "首款", "progress": "进度款", "final": "尾款"}
PERSON: Final = "个人"
"""A person who was paid: not named to all owners."""

Unit = tuple[str, Part]
Sums = defaultdict[Unit, Fen]
"""Fen by unit account of one building."""


@dataclass(slots=True)
class _Spent:
    """What the accounts of one building paid of a payment, and what came back to them."""

    used: Sums = field(default_factory=lambda: defaultdict(int))
    back: Sums = field(default_factory=lambda: defaultdict(int))

    @property
    def accounts(self) -> int:
        """How many accounts it moved."""
        return len({unit for sums in (self.used, self.back) for unit, amount in sums.items() if amount})


def items(
    connection: Connection, known: Known, fund: Fund, year: int, buildings: tuple[Building, ...]
) -> tuple[tuple[Payment, ...], tuple[Leaving, ...]]:
    """Payments by day and event, and what left otherwise by building and reason.

    Raises Differs where the log has no such payment.
    """
    spent: dict[str, dict[str, _Spent]] = {}
    left: dict[tuple[str, str], Sums] = {}
    for building, behind, unit, amount in _moves(connection, known, fund, year):
        if isinstance(behind, WithdrawalPaid | WithdrawalReturned):
            sums = spent.setdefault(behind.payment, {}).setdefault(building, _Spent())
            (sums.back if isinstance(behind, WithdrawalReturned) else sums.used)[unit] += amount
        else:
            left.setdefault((building, _why(behind)), defaultdict(int))[unit] += amount
    names = {each.building: each.name for each in buildings}
    leavings = (
        Leaving(building, names[building], why, _bearing(sums), sum(sums.values()))
        for (building, why), sums in sorted(left.items())
        if _bearing(sums)
    )
    return tuple(_payments(connection, known, spent, year, buildings)), tuple(leavings)


def events_of(connection: Connection, places: Iterable[Original]) -> dict[Original, Event]:
    """The events of these streams and versions, by them."""
    return {(stream, version): event for _, stream, version, event in named(connection, places)}


def _bearing(sums: Sums) -> int:
    return sum(1 for amount in sums.values() if amount)


def _moves(
    connection: Connection, known: Known, fund: Fund, year: int
) -> Iterable[tuple[str, Event, Unit, Fen]]:
    """Building, the event that is behind, the unit account, and what it moved in the year."""
    if not known.buildings:
        return
    cuts, entry = known.cuts, postings.c
    query = (
        select(
            entry.building,
            entry.version,
            entry.unit,
            entry.part,
            cast(func.sum(entry.principal_fen + entry.interest_fen), BigInteger),
        )
        .join(cuts, entry.building == cuts.c.building)
        .where(entry.fund == fund, entry.position <= cuts.c.position, entry.kind.in_((*_SPENT, *_LEFT)))
        .where(entry.value_date.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(entry.building, entry.version, entry.unit, entry.part)
    )
    rows = connection.execute(query).all()
    made = events_of(connection, ((building_stream(row.building), row.version) for row in rows))
    back = {
        (stream, event.version) for (stream, _), event in made.items() if isinstance(event, EntryReversed)
    }
    originals = events_of(connection, back)
    for building, version, unit, part, amount in rows:
        stream = building_stream(building)
        event = made[stream, version]
        behind = originals[stream, event.version] if isinstance(event, EntryReversed) else event
        yield building, behind, (unit, part), amount


def _why(event: Event) -> str:
    match event:
        case DepositRefunded():
            return REASONS[event.reason]
        case BuildingDestroyed():
            return "房屋灭失返还"
        case CustodyTransferredOut():
            return "划转业主大会"
        case CustodyTransferredIn():
            return "业主大会划回"
        case UnitsChanged():
            return "房屋变更转户"
        case _:
            raise TypeError(f"{event.TOPIC} takes nothing from an account")


def _payments(
    connection: Connection,
    known: Known,
    spent: Mapping[str, Mapping[str, _Spent]],
    year: int,
    buildings: tuple[Building, ...],
) -> list[Payment]:
    """What stands of every payment: one that was taken back (冲正) whole moved nothing."""
    standing = {payment: of for payment, of in spent.items() if any(each.accounts for each in of.values())}
    places = {payment: parse_event_id(payment) for payment in standing}
    paid = events_of(connection, places.values())
    proposals = _proposals(connection, known, places.values())
    found = []
    for payment, (stream, version) in sorted(places.items(), key=lambda item: item[1]):
        event, proposal = paid.get((stream, version)), proposals.get(stream)
        if not isinstance(event, RepairPaid) or proposal is None:
            raise Differs(f"账本中没有维修付款 {payment}，列支项目无法写出")
        shares = _shares(event, standing[payment], year, buildings)
        found.append(_payment(payment, event, proposal, tuple(shares)))
    return sorted(found, key=lambda each: each.paid_on)


def _shares(
    paid: RepairPaid, of: Mapping[str, _Spent], year: int, buildings: tuple[Building, ...]
) -> Iterator[Share]:
    """What each building bore; what owners raised themselves belongs to the year of the payment."""
    raised: defaultdict[tuple[str, str, str], Fen] = defaultdict(int)
    for each in paid.self_raised if paid.value_date.year == year else ():
        raised[each.building, each.unit, each.part] += each.amount_fen
    for building in buildings:
        spent = of.get(building.building, _Spent())
        own = sum(raised[building.building, account.unit, account.part] for account in building.accounts)
        if spent.accounts or own:
            used, back = sum(spent.used.values()), sum(spent.back.values())
            yield Share(building.building, building.name, spent.accounts, used, back, own)


def _payment(name: str, paid: RepairPaid, proposal: RepairProposed, shares: tuple[Share, ...]) -> Payment:
    payee = "" if paid.payee is None else (paid.payee.name or "") if paid.payee.kind == "firm" else PERSON
    return Payment(
        event=name,
        project=proposal.project,
        object=proposal.object,
        content=proposal.content,
        emergency=proposal.emergency,
        stage=STAGES[paid.stage],
        paid_on=paid.value_date,
        payee=payee,
        cost=paid.amount_fen if paid.cost_fen is None else paid.cost_fen,
        developer=paid.developer_fen,
        shares=shares,
    )


def _proposals(connection: Connection, known: Known, places: Iterable[Original]) -> dict[str, RepairProposed]:
    """The proposal of each project."""
    streams = sorted({stream for stream, _ in places})
    query = select(events.c.stream, events.c.topic, events.c.schema, events.c.data).where(
        events.c.stream.in_(streams),
        events.c.topic == RepairProposed.TOPIC,
        events.c.position <= known.position,
    )
    found = {}
    for stream, topic, schema, data in connection.execute(query.order_by(events.c.position)):
        event = decode(topic, schema, data)
        if isinstance(event, RepairProposed):
            found[stream] = event
    return found
