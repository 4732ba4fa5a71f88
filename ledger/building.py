"""Building (楼幢): the aggregate that holds the unit accounts (分户账) of one 幢.

``apply`` folds its events; the ``decide_…`` functions turn a command into events or raise Refused. All pure.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec
from msgspec.structs import replace

from ledger import standing
from ledger.commands import CollectDeposit, ReverseEntry
from ledger.entries import entries
from ledger.errors import InputError, Refusal, Refused
from ledger.events import (
    BalanceOpened,
    BuildingDestroyed,
    BuildingOpened,
    CustodyTransferredIn,
    CustodyTransferredOut,
    DepositCollected,
    DepositRefunded,
    DueOverridden,
    EntryKind,
    EntryReversed,
    Event,
    ExemptionLifted,
    IncomeCredited,
    InterestAccrued,
    ObligationPaid,
    ObligationPaymentReversed,
    OwnerChanged,
    PublicUnitSold,
    UnitExempted,
    UnitFrozen,
    UnitLine,
    UnitReleased,
    UnitsChanged,
    UnitsRegistered,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.freezes import Freeze
from ledger.identity import PART_NAMES, Fund, Part, code
from ledger.limits import amount_refusal, day_refusal, refuse_any
from ledger.money import Fen
from ledger.reversal import ENDING, REVERSIBLE, UnitEntry, entry_to_reverse, opposite
from ledger.stamp import Stamp
from ledger.standing import Standing

PARTS: Final[dict[Fund, tuple[Part, ...]]] = {"commodity": ("owner",), "public": ("owner", "seller")}
"""Parts of a unit's account by fund kind: in sold public housing the selling unit has a part, art. 8."""

DEPOSITED: Final[frozenset[EntryKind]] = frozenset({"opening", "deposit", "refund", "moved"})
"""Kinds of entries whose principal is money deposited (交存), given back, or moved with a unit."""


class Posting(msgspec.Struct, frozen=True, gc=False):
    """An entry that no distribution has settled yet; ``version`` is that of its event."""

    version: int
    value_date: date
    amount_fen: Fen


class Account(msgspec.Struct, frozen=True, gc=False):
    """A unit account (分户账) of one part: its balances, and what the next distribution weighs.

    ``entries`` counts the entries that stand: neither reversals nor reversed. ``deposited_fen`` is the
    principal that came in as deposits or opening balance, less what was given back: the basis of art. 20.
    """

    principal_fen: Fen = 0
    interest_fen: Fen = 0
    settled_fen: Fen = 0
    unsettled: tuple[Posting, ...] = ()
    entries: int = 0
    deposited_fen: Fen = 0

    @property
    def balance_fen(self) -> Fen:
        """Principal and interest together."""
        return self.principal_fen + self.interest_fen


class Ownership(msgspec.Struct, frozen=True, gc=False):
    """Whose a unit became by its last change of owner, and since when."""

    owner_ref: str
    since: date


class Closing(msgspec.Struct, frozen=True, gc=False):
    """By which version a unit was closed (销户), and which units took its place, with their areas then."""

    version: int
    heirs: Mapping[str, int]


class State(msgspec.Struct, frozen=True):
    """A building as its events made it; ``facts`` is None until it is opened.

    ``units`` are as recorded last, also the closed ones; ``former`` what was recorded of them before,
    ``owners`` those that changed hands since. ``closed`` (销户) names the units that a split or merger
    closed, in that order; ``freezes`` every freeze of a unit's account. ``opened`` holds the accounts whose
    opening balance (期初) stands; ``distributions`` the distributions it took, with the number of accounts
    each credited; ``reversed`` the (version, line) of reversed entries; ``standing`` tells
    of its end and its custody.
    """

    version: int = 0
    facts: BuildingOpened | None = None
    units: Mapping[str, UnitLine] = {}
    former: Mapping[str, tuple[UnitLine, ...]] = {}
    closed: Mapping[str, Closing] = {}
    freezes: Mapping[str, tuple[Freeze, ...]] = {}
    owners: Mapping[str, Ownership] = {}
    accounts: Mapping[tuple[str, Part], Account] = {}
    opened: frozenset[tuple[str, Part]] = frozenset()
    distributions: Mapping[str, int] = {}
    reversed: frozenset[tuple[int, int]] = frozenset()
    standing: Standing = Standing()

    def owner_ref(self, unit: str) -> str | None:
        """Who owns a registered unit by what was recorded last."""
        changed = self.owners.get(unit)
        return self.units[unit].owner_ref if changed is None else changed.owner_ref

    def heirs(self, unit: str) -> frozenset[str]:
        """The open units that took a unit's place by splits and mergers; the unit itself while it is open."""
        found = frozenset({unit})
        for gone, closing in self.closed.items():
            if gone in found:
                found = (found - {gone}).union(closing.heirs)
        return found

    def lineage(self, unit: str) -> frozenset[str]:
        """The unit and all units whose balances came to it by splits and mergers."""
        found = {unit}
        for gone, closing in reversed(list(self.closed.items())):
            if not found.isdisjoint(closing.heirs):
                found.add(gone)
        return frozenset(found)

    @property
    def areas(self) -> dict[str, int]:
        """The areas (建筑面积) of the units that are open, by which costs and incomes are shared."""
        return {name: unit.area_dm2 for name, unit in self.units.items() if name not in self.closed}


EMPTY: Final = State()


# Folding


def apply(state: State, event: Event) -> State:
    """The state after one more event of the building's stream; raises TypeError for a strange event."""
    version = state.version + 1
    match event:
        case (
            DepositCollected()
            | WithdrawalPaid()
            | WithdrawalReturned()
            | DepositRefunded()
            | IncomeCredited()
        ):
            return replace(state, version=version, accounts=_posted(state, event))
        case InterestAccrued():
            return _settle(state, event)
        case BalanceOpened():
            opened = state.opened.union((held.unit, held.part) for held in event.lines)
            return replace(state, version=version, accounts=_posted(state, event), opened=opened)
        case UnitsRegistered():
            units = {**state.units, **{unit.unit: unit for unit in event.lines}}
            new = {(unit.unit, part): Account() for unit in event.lines for part in PARTS[unit.fund]}
            return replace(state, version=version, units=units, accounts={**state.accounts, **new})
        case EntryReversed():
            gone = state.reversed | {(event.version, back.line) for back in event.lines}
            closed = {(back.unit, back.part) for back in event.lines if back.kind == "opening"}
            accounts = _posted(state, event, count=-1)
            stands = standing.apply(state.standing, version, event)
            opened = state.opened - closed
            return replace(
                state, version=version, accounts=accounts, opened=opened, reversed=gone, standing=stands
            )
        case BuildingDestroyed() | CustodyTransferredOut() | CustodyTransferredIn():
            stands = standing.apply(state.standing, version, event)
            return replace(state, version=version, accounts=_posted(state, event), standing=stands)
        case ObligationPaid():
            return replace(state, version=version, standing=standing.apply(state.standing, version, event))
        case ObligationPaymentReversed():
            gone = state.reversed | {(event.version, back.line) for back in event.lines}
            stands = standing.apply(state.standing, version, event)
            return replace(state, version=version, reversed=gone, standing=stands)
        case OwnerChanged():
            owners = {**state.owners, event.unit: Ownership(event.owner_ref, event.value_date)}
            return replace(state, version=version, owners=owners)
        case DueOverridden() | UnitExempted() | ExemptionLifted() | PublicUnitSold():
            return replace(state, version=version)  # read off the history where it is asked for
        case UnitsChanged():
            return _changed(state, event)
        case UnitFrozen():
            frozen = Freeze(event.order_no, event.court, event.value_date, event.until, event.amount_fen)
            return _frozen(state, event.unit, (*state.freezes.get(event.unit, ()), frozen))
        case UnitReleased():
            freezes = (freeze.ended(event) for freeze in state.freezes.get(event.unit, ()))
            return _frozen(state, event.unit, tuple(freezes))
        case BuildingOpened():
            return replace(state, version=version, facts=event)
        case _:
            raise TypeError(f"{event.TOPIC} is no event of a building")


def _posted(state: State, event: Event, count: int = 1) -> dict[tuple[str, Part], Account]:
    """The accounts with the event's entries, which wait for a distribution to settle them.

    Each entry adds ``count`` to those that stand.
    """
    accounts = dict(state.accounts)
    version, day = state.version + 1, event.value_date
    for unit, part, kind, principal, interest in entries(event):
        account = accounts[unit, part]
        accounts[unit, part] = Account(
            account.principal_fen + principal,
            account.interest_fen + interest,
            account.settled_fen,
            (*account.unsettled, Posting(version, day, principal + interest)),
            account.entries + count,
            account.deposited_fen + (principal if kind in DEPOSITED else 0),
        )
    return accounts


def _changed(state: State, event: UnitsChanged) -> State:
    """Facts after a change of units; those that are there no longer are closed, those that are new opened."""
    after = {line.unit: line for line in event.after}
    closing = Closing(state.version + 1, {name: line.area_dm2 for name, line in after.items()})
    gone = {line.unit: closing for line in event.before if line.unit not in after}
    kept = {
        line.unit: (*state.former.get(line.unit, ()), state.units[line.unit])
        for line in event.before
        if line.unit in after
    }
    new = {
        (line.unit, part): Account()
        for line in event.after
        if line.unit not in kept
        for part in PARTS[line.fund]
    }
    opened = replace(
        state,
        units={**state.units, **after},
        former={**state.former, **kept},
        closed={**state.closed, **gone},
        accounts={**state.accounts, **new},
    )
    return replace(opened, version=state.version + 1, accounts=_posted(opened, event))


def _frozen(state: State, unit: str, freezes: tuple[Freeze, ...]) -> State:
    return replace(state, version=state.version + 1, freezes={**state.freezes, unit: freezes})


def settles(posting: Posting, boundary: date, version: int) -> bool:
    """Whether a distribution that read the building at a version settles the posting at its boundary."""
    return posting.value_date < boundary and posting.version <= version


def _settle(state: State, event: InterestAccrued) -> State:
    credited = {(line.unit, line.part): line.interest_fen for line in event.lines}
    accounts = dict(state.accounts)
    for key, account in state.accounts.items():
        if state.units[key[0]].fund != event.fund:
            continue
        interest = credited.get(key, 0)
        settled = account.settled_fen + interest
        waiting = []
        for posting in account.unsettled:
            if settles(posting, event.boundary, event.settles):
                settled += posting.amount_fen
            else:
                waiting.append(posting)
        if interest or len(waiting) < len(account.unsettled):
            accounts[key] = Account(
                account.principal_fen,
                account.interest_fen + interest,
                settled,
                tuple(waiting),
                account.entries + (key in credited),
                account.deposited_fen,
            )
    taken = {**state.distributions, event.distribution: len(event.lines)}
    return replace(state, version=state.version + 1, accounts=accounts, distributions=taken)


# Deciding


def code_refusal(text: str, field: str, name: str, line: int | None = None) -> Refusal | None:
    """``code-invalid`` unless the code is written as ``identity.code`` would write it."""
    try:
        if code(text, name) == text:
            return None
    except InputError as error:
        return Refusal(error.code, error.message, field, line)
    return Refusal("code-invalid", f"{name}“{text}”前后有空格或含有全角字符", field, line)


def unknown(building: str) -> Refusal:
    """The refusal of a building that is not on record."""
    return Refusal("building-unknown", f"楼幢“{building}”没有登记", "building")


def decide_deposit(
    state: State, command: CollectDeposit, stamp: Stamp, today: date
) -> tuple[DepositCollected]:
    """Collect deposits (交存) into accounts that exist.

    Raises Refused ``building-unknown``, ``unit-unknown``, ``part-unknown``, ``date-future``,
    ``lines-missing``, ``amount-not-positive``, ``amount-too-large``.
    """
    refuse_any(_deposit_refusals(state, command, today))
    return (DepositCollected(**stamp, value_date=command.value_date, kind=command.kind, lines=command.lines),)


def _deposit_refusals(state: State, command: CollectDeposit, today: date) -> Iterator[Refusal | None]:
    yield day_refusal(command.value_date, today, "value_date")
    if not command.lines:
        yield Refusal("lines-missing", "没有交存明细", "lines")
    if state.facts is None:
        yield unknown(command.building)
    for index, line in enumerate(command.lines):
        yield amount_refusal(line.amount_fen, "amount_fen", index)
        if state.facts is not None:
            yield account_refusal(state, command.building, line.unit, line.part, index)


def account_refusal(state: State, building: str, unit: str, part: Part, index: int | None) -> Refusal | None:
    """``unit-unknown``, ``unit-closed`` or ``part-unknown`` unless the unit has an open account of it."""
    if unit in state.closed:
        return closed(state, unit, index)
    if (unit, part) in state.accounts:
        return None
    if unit not in state.units:
        return Refusal("unit-unknown", f"楼幢“{building}”没有登记户“{unit}”", "unit", index)
    message = f"户“{unit}”是商品住宅，没有{PART_NAMES[part]}部分的账户"
    return Refusal("part-unknown", message, "part", index, "165号令第8、11条")


def closed(state: State, unit: str, index: int | None = None, field: str = "unit") -> Refusal:
    """The refusal of a unit that a split or merger closed: its account is empty and stays so."""
    message = f"户“{unit}”已因房屋变更销户，账户转入户“{'”“'.join(state.closed[unit].heirs)}”"
    return Refusal("unit-closed", message, field, index, "165号令第10条（按户设分户账）")


def decide_reversal(
    state: State,
    original: Event | None,
    command: ReverseEntry,
    stamp: Stamp,
    kinds: tuple[type[UnitEntry], ...] = REVERSIBLE,
) -> tuple[EntryReversed]:
    """Reverse (冲正) lines: the opposite entries with the original's value date, each line once.

    ``original`` is the event that the command names, None where there is none. Raises Refused
    ``entry-unknown``, ``line-unknown``, ``lines-partial``, ``not-reversible``, ``already-reversed``,
    ``reason-missing``; ``obligation-paid`` for a destruction of which something was paid; ``unit-closed`` for
    an entry of an account whose balance moved on.
    """
    entry, chosen = entry_to_reverse(command, original, kinds, state.reversed)
    if isinstance(entry, ENDING) and not state.standing.stands(command.version):
        raise Refused(Refusal("already-reversed", f"事件 {command.version} 已经冲正", "version"))
    if any(place[0] == command.version and owed.paid_fen for place, owed in state.standing.owed.items()):
        message = "灭失返还已经付款，应先冲正付款"
        raise Refused(Refusal("obligation-paid", message, "version", None, "165号令第29条"))
    made = tuple(entries(entry))
    gone = [
        (place, made[index].unit) for place, index in enumerate(chosen) if made[index].unit in state.closed
    ]
    refuse_any(closed(state, unit, place, "lines") for place, unit in gone)
    return (
        EntryReversed(
            **stamp,
            value_date=entry.value_date,
            version=command.version,
            reason=command.reason,
            obligation=isinstance(entry, BuildingDestroyed),
            lines=tuple(opposite(made[index], index) for index in chosen),
        ),
    )
