"""Sharing (分摊): a total over names by weight, to the fen, the same on every machine."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, TypeVar

from ledger import building
from ledger.events import ProjectUnit
from ledger.identity import AccountKey, Part
from ledger.money import Fen, split

NAME = TypeVar("NAME", str, tuple[str, str], tuple[str, Part], AccountKey)

Place = tuple[str, str]
"""A unit: building code and unit number."""


def share(total_fen: Fen, weights: Mapping[NAME, int]) -> dict[NAME, Fen]:
    """Shares by weight with the largest remainder; left-over fen go to the lowest name in code-point order.

    Raises ValueError when a weight is negative or none is positive.

    >>> share(100_000, {"103": 12005, "101": 8931, "102": 10247})
    {'101': 28641, '102': 32861, '103': 38498}
    """
    names = sorted(weights)
    return dict(zip(names, split(total_fen, [weights[name] for name in names]), strict=True))


def pass_on(found: dict[tuple[str, Part], int], closings: Mapping[str, building.Closing]) -> None:
    """Give what falls on closed accounts (销户) to those that took their place by area, in their order."""
    for gone, closing in closings.items():
        for part in building.PARTS["public"]:
            left = found.get((gone, part), 0)
            if left:
                found[gone, part] = 0
                for heir, inherited in share(left, closing.heirs).items():
                    found[heir, part] += inherited


def places(units: Iterable[ProjectUnit]) -> frozenset[Place]:
    """The units by building and number."""
    return frozenset((each.building, each.unit) for each in units)


def heirs(named: Iterable[Place], scope: Mapping[str, building.State]) -> frozenset[Place]:
    """The open units that took the place of some units (房屋变更), in the buildings of a scope."""
    return frozenset(
        (name, heir) for name, unit in named if name in scope for heir in scope[name].heirs(unit)
    )


class Shares(NamedTuple):
    """Who bears one payment, in fen: unit accounts, and the developer (开发单位), art. 21."""

    accounts: dict[AccountKey, Fen]
    developer_fen: Fen


def repair_shares(
    cost_fen: Fen,
    scope: Mapping[str, building.State],
    chosen: Collection[Place] = (),
    unsold: Collection[Place] = (),
) -> Shares:
    """The cost of one payment over all units in scope at once, by area (建筑面积), art. 20 and 21.

    ``chosen`` are the units charged, none named: all units of the buildings; ``unsold`` are in scope too and
    the developer bears their shares. Units split or merged since they were named bear nothing, those that
    took their place bear it with the whole of their areas. What falls on units of sold public housing is
    shared once more between owners and selling units (``_between``). Raises ValueError when the scope has no
    unit.
    """
    included, of_developer = heirs(chosen, scope), heirs(unsold, scope)
    units = {
        (name, unit): facts
        for name, state in scope.items()
        for unit, facts in state.units.items()
        if unit not in state.closed
        if not chosen or (name, unit) in included or (name, unit) in of_developer
    }
    by_area = share(cost_fen, {place: facts.area_dm2 for place, facts in units.items()})
    borne = {place: amount for place, amount in by_area.items() if place not in of_developer}
    public = {place: facts.area_dm2 for place, facts in units.items() if facts.fund == "public"}
    public = {place: area for place, area in public.items() if place in borne}
    accounts = {AccountKey(*place): amount for place, amount in borne.items() if place not in public}
    if public:
        accounts |= _between(sum(borne[place] for place in public), public, borne, scope)
    return Shares(dict(sorted(accounts.items())), cost_fen - sum(borne.values()))


def _between(
    total_fen: Fen,
    areas: Mapping[Place, int],
    by_area: Mapping[Place, Fen],
    scope: Mapping[str, building.State],
) -> dict[AccountKey, Fen]:
    """What owners and selling units (售房单位) bear of the cost of sold public housing, art. 20 (2) and (3).

    The total is split in the ratio of the money that all these owners and all these selling units deposited;
    the owners' part by area, the sellers' part by what was deposited in each seller account. Without money
    of selling units the owners bear their shares by area.
    """
    owned = sum(_deposited(scope, AccountKey(*place)) for place in areas)
    keys = [AccountKey(*place, "seller") for place in areas]
    sellers = {key: _deposited(scope, key) for key in keys}
    sold = sum(sellers.values())
    if not sold:
        return {AccountKey(*place): by_area[place] for place in areas}
    of_owners, of_sellers = split(total_fen, [owned, sold])
    owners = {AccountKey(*place): amount for place, amount in share(of_owners, areas).items()}
    return owners | share(of_sellers, sellers)


def _deposited(scope: Mapping[str, building.State], key: AccountKey) -> Fen:
    """The money deposited in an account (交存额); history may have given back more, which counts as none."""
    return max(scope[key.building].accounts[key.unit, key.part].deposited_fen, 0)
