"""Matching (勾对): movements of a bank's statement against those the ledger says must be on it, purely.

First by bank reference, then by amount and day; what is left on either side has no counterpart.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

from ledger.money import Fen

Reason = Literal["missing", "amount-differs", "reference-taken"]
"""The other side has no such movement, has its reference with another amount, or only with one matched."""


REASON_NAMES: Final[dict[Reason, str]] = {
    "missing": "对方无此笔",
    "amount-differs": "流水号相同，金额不符",
    "reference-taken": "流水号已与他笔勾对",
}


class Moved(NamedTuple):
    """A movement on either side: id of its event and line, day, signed fen, and the bank's reference.

    ``text`` is the bank's summary or the ledger's kind; ``named`` says that the ledger's entry names the
    account, ``county`` whose entry it is.
    """

    event: str
    line: int
    day: date
    amount_fen: Fen
    bank_ref: str | None = None
    text: str | None = None
    county: str | None = None
    named: bool = False


class Unmatched(NamedTuple):
    """A movement the other side does not have."""

    moved: Moved
    reason: Reason


class Matching(NamedTuple):
    """What is left on either side, each in the order given."""

    bank: tuple[Unmatched, ...]
    ledger: tuple[Unmatched, ...]


def match(bank: Sequence[Moved], ledger: Sequence[Moved]) -> Matching:
    """What has no counterpart; an entry that names no account is missing only where the account serves.

    An account serves the counties of the entries that name it or were found on its statements.
    """
    left_bank, left_ledger = bank, ledger
    for bundles_of_bank, bundles_of_ledger, key in _PASSES:
        gone = _paired(bundles_of_bank(left_bank), bundles_of_ledger(left_ledger), key)
        left_bank = [moved for moved in left_bank if moved not in gone]
        left_ledger = [moved for moved in left_ledger if moved not in gone]
    missing = set(left_ledger)
    served = {moved.county for moved in ledger if moved.named or moved not in missing}
    expected = [moved for moved in left_ledger if moved.county in served]
    return Matching(_unmatched(left_bank, ledger, left_ledger), _unmatched(expected, bank, left_bank))


def _unmatched(
    left: Iterable[Moved], others: Iterable[Moved], left_of_others: Iterable[Moved]
) -> tuple[Unmatched, ...]:
    known = {moved.bank_ref for moved in others} - {None}
    still_open = {moved.bank_ref for moved in left_of_others}

    def reason(moved: Moved) -> Reason:
        if moved.bank_ref not in known:
            return "missing"
        return "amount-differs" if moved.bank_ref in still_open else "reference-taken"

    return tuple(Unmatched(moved, reason(moved)) for moved in left)


Bundle = tuple[Moved, ...]
"""Movements that count as one."""
Bundles = Callable[[Sequence[Moved]], Iterable[Bundle]]
Key = tuple[object, Fen]


def _paired(bank: Iterable[Bundle], ledger: Iterable[Bundle], key: Callable[[Bundle], Key]) -> set[Moved]:
    """The movements of bundles that have the same key on both sides, one to one in their order."""
    waiting: defaultdict[Key, list[Bundle]] = defaultdict(list)
    for bundle in ledger:
        waiting[key(bundle)].append(bundle)
    for bundles in waiting.values():
        bundles.reverse()
    gone: set[Moved] = set()
    for bundle in bank:
        if found := waiting.get(key(bundle)):
            gone.update(bundle, found.pop())
    return gone


def _of_reference(left: Sequence[Moved]) -> Iterable[Bundle]:
    """All of one reference together: a transfer of a developer pays for many units."""
    return _together(left, lambda moved: moved.bank_ref)


def _of_reference_and_day(left: Sequence[Moved]) -> Iterable[Bundle]:
    """Some banks number every day anew, so the day is asked for first."""
    return _together(left, lambda moved: moved.bank_ref and (moved.bank_ref, moved.day))


def _of_event(left: Sequence[Moved]) -> Iterable[Bundle]:
    """All lines of one event together: an income is one transfer, shared over units."""
    return _together(left, lambda moved: moved.event if moved.bank_ref is None else None)


def _together(left: Sequence[Moved], of: Callable[[Moved], object]) -> Iterable[Bundle]:
    """The movements that have the same of something, without those that have none of it."""
    groups: defaultdict[object, list[Moved]] = defaultdict(list)
    for moved in left:
        if (common := of(moved)) is not None:
            groups[common].append(moved)
    return map(tuple, groups.values())


def _with_reference(left: Sequence[Moved]) -> Iterable[Bundle]:
    return ((moved,) for moved in left if moved.bank_ref is not None)


def _without_reference(left: Sequence[Moved]) -> Iterable[Bundle]:
    return ((moved,) for moved in left if moved.bank_ref is None)


def _each(left: Sequence[Moved]) -> Iterable[Bundle]:
    return ((moved,) for moved in left)


def _reference(bundle: Bundle) -> Key:
    return bundle[0].bank_ref, sum(moved.amount_fen for moved in bundle)


def _reference_and_day(bundle: Bundle) -> Key:
    return (bundle[0].bank_ref, bundle[0].day), sum(moved.amount_fen for moved in bundle)


def _day(bundle: Bundle) -> Key:
    return bundle[0].day, sum(moved.amount_fen for moved in bundle)


_PASSES: Final[tuple[tuple[Bundles, Bundles, Callable[[Bundle], Key]], ...]] = (
    (_of_reference_and_day, _of_reference_and_day, _reference_and_day),
    (_of_reference, _of_reference, _reference),
    (_with_reference, _with_reference, _reference_and_day),
    (_with_reference, _with_reference, _reference),
    (_each, _of_event, _day),
    (_without_reference, _each, _day),
    (_each, _without_reference, _day),
)
"""How each side is bundled and what must be equal; two different references never meet."""
