"""Sharing (分摊): a total over names by weight, to the fen, the same on every machine."""

from collections.abc import Mapping
from typing import TypeVar

from ledger import building
from ledger.identity import Part
from ledger.money import Fen, split

NAME = TypeVar("NAME", str, tuple[str, str], tuple[str, Part])


def share(total_fen: Fen, weights: Mapping[NAME, int]) -> dict[NAME, Fen]:
    """Shares by weight with the largest remainder; left-over fen go to the lowest name in code-point order.

    Raises ValueError when a weight is negative or none is positive.

    >>> share(100_000, {"103": 12005, "101": 8931, "102": 10247})
    {'101': 28641, '102': 32861, '103': 38498}
    """
    names = sorted(weights)
    return dict(zip(names, split(total_fen, [weights[name] for name in names]), strict=True))


def repair_shares(amount_fen: Fen, scope: Mapping[str, building.State]) -> dict[str, dict[str, Fen]]:
    """The cost of one payment over all units of the buildings in scope at once, by area (建筑面积), art. 20.

    Returns the shares of the units by building. Raises ValueError when the scope has no unit.
    """
    areas = {
        (name, unit): facts.area_dm2 for name, state in scope.items() for unit, facts in state.units.items()
    }
    shares: dict[str, dict[str, Fen]] = {name: {} for name in sorted(scope)}
    for (name, unit), part in share(amount_fen, areas).items():
        shares[name][unit] = part
    return shares
