"""Interest (增值收益): weights (积数) of accounts, and what a distribution credits to them.

A weight is fen × days. Python's integers are exact; in 64 bits the product would overflow.
"""

from collections.abc import Mapping
from datetime import date

from ledger import building
from ledger.building import Account, settles
from ledger.events import BuildingShare, GainsDistributed, InterestAccrued, InterestLine
from ledger.identity import Fund, Part
from ledger.sharing import pass_on, share
from ledger.stamp import Stamp


def weight(account: Account, previous: date | None, boundary: date, version: int) -> int:
    """The weight (积数) of one account at a boundary; below zero it counts as zero.

    The balance settled at the previous boundary × days between the boundaries, plus every unsettled posting
    of an event version ≤ ``version`` with a value date before the boundary × days from its value date
    (counted) to the boundary (not counted).
    """
    return max(_exact(account, previous, boundary, version), 0)


def _exact(account: Account, previous: date | None, boundary: date, version: int) -> int:
    """The weight as it comes out, also below zero."""
    found = account.settled_fen * (boundary - previous).days if previous else 0
    for posting in account.unsettled:
        if settles(posting, boundary, version):
            found += posting.amount_fen * (boundary - posting.value_date).days
    return found


def weights(
    state: building.State, fund: Fund, previous: date | None, boundary: date, version: int
) -> dict[tuple[str, Part], int]:
    """The weights of all accounts of one fund in a building, as its stream stood at a version.

    Below zero counts as zero. A closed account (销户) weighs nothing: what its money weighed before it moved
    is shared by area over the units that took its place – where the version knew of the closing also what is
    below zero, for then the moved money counts as well; where it did not, what the version counted. So
    neither a change of units nor the time of its recording alters the sum. Parts of a building that had left
    weigh nothing.
    """
    left = state.standing.closed(version)
    found = {
        (unit, part): 0 if part in left else _exact(account, previous, boundary, version)
        for (unit, part), account in state.accounts.items()
        if state.units[unit].fund == fund
    }
    known = {gone: closing for gone, closing in state.closed.items() if closing.version <= version}
    pass_on(found, known)
    found = {key: max(weight, 0) for key, weight in found.items()}
    pass_on(found, {gone: closing for gone, closing in state.closed.items() if gone not in known})
    return found


def building_shares(
    states: Mapping[str, building.State], fund: Fund, previous: date | None, boundary: date, pool_fen: int
) -> tuple[BuildingShare, ...]:
    """The pool shared over buildings, by the sum of their accounts' weights, in code-point order.

    Buildings without weight get zero; empty when there is no weight at all.
    """
    found = {
        name: sum(weights(state, fund, previous, boundary, state.version).values())
        for name, state in states.items()
    }
    if not any(found.values()):
        return ()
    return tuple(
        BuildingShare(building=name, version=states[name].version, weight=found[name], share_fen=part)
        for name, part in share(pool_fen, found).items()
    )


def decide_accrual(
    state: building.State,
    fixed: BuildingShare,
    distribution: str,
    fund: Fund,
    terms: GainsDistributed,
    stamp: Stamp,
) -> InterestAccrued:
    """Credit the building's fixed share to its accounts (计息).

    Weights are those of the version that was read, so later deposits do not change the shares. Raises
    ValueError when they no longer add up to the fixed weight: then the log contradicts itself.
    """
    found = weights(state, fund, terms.previous, terms.boundary, fixed.version)
    if sum(found.values()) != fixed.weight:
        raise ValueError(f"{distribution}: the weight of building {fixed.building} is not the one fixed")
    shares = share(fixed.share_fen, found) if fixed.share_fen else {}
    return InterestAccrued(
        **stamp,
        value_date=terms.through,
        distribution=distribution,
        fund=fund,
        boundary=terms.boundary,
        settles=fixed.version,
        lines=tuple(
            InterestLine(unit=unit, part=part, interest_fen=interest)
            for (unit, part), interest in shares.items()
            if interest
        ),
    )
