"""Counting votes (计票): ballots over the units a project charges, by area and by persons. All pure.

A person who owns several units counts once, and agrees when every ballot of theirs agrees; a unit whose owner
is not on record is a person of its own; the unsold units of a developer (开发建设单位) are one person.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from ledger import building
from ledger.events import (
    Ballot,
    Event,
    OwnerChanged,
    RepairProposed,
    UnitsChanged,
    UnitsRegistered,
    VoteCounted,
)
from ledger.policy import VoteRule
from ledger.sharing import Place, heirs, places

FIGURES: Final = (
    "total_area_dm2",
    "total_households",
    "present_area_dm2",
    "present_households",
    "agreed_area_dm2",
    "agreed_households",
)
"""The six figures of a vote."""

_MEASURES: Final = (("area_dm2", "面积"), ("households", "人数"))


class Voter(NamedTuple):
    """A unit that a project charges: its area, and who its person is."""

    building: str
    unit: str
    area_dm2: int
    person: tuple[str, ...]


class Tally(NamedTuple):
    """What was counted: areas in dm², ``households`` are persons."""

    total_area_dm2: int
    total_households: int
    present_area_dm2: int
    present_households: int
    agreed_area_dm2: int
    agreed_households: int


def charged(proposed: RepairProposed, scope: Mapping[str, building.State]) -> tuple[Place, ...]:
    """The units a project charges (分摊范围): those it names and its developer's, else all there are.

    Units split or merged since the proposal have their heirs in their place, as ``ledger.sharing`` has.
    """
    if proposed.units:
        return tuple(sorted(heirs(places(proposed.units), scope) | unsold(proposed, scope)))
    return tuple((code, unit) for code in proposed.buildings if code in scope for unit in scope[code].areas)


def unsold(proposed: RepairProposed, scope: Mapping[str, building.State]) -> frozenset[Place]:
    """The units whose shares the developer (开发建设单位) bears, and for which it votes."""
    return frozenset() if proposed.developer is None else heirs(places(proposed.developer.units), scope)


def owners_on(history: Iterable[Event], day: date) -> dict[str, str | None]:
    """Who owned each registered unit of a building on a day, by all events of its stream in order."""
    owners: dict[str, str | None] = {}
    since: dict[str, date] = {}
    for event in history:
        if isinstance(event, UnitsRegistered):
            owners |= {line.unit: line.owner_ref for line in event.lines}
        elif isinstance(event, UnitsChanged):
            owners |= {line.unit: line.owner_ref for line in event.after if line.unit not in owners}
        elif isinstance(event, OwnerChanged) and (
            since.get(event.unit, event.value_date) <= event.value_date <= day
        ):
            owners[event.unit] = event.owner_ref
            since[event.unit] = event.value_date
    return owners


def voters(
    proposed: RepairProposed, histories: Mapping[str, Collection[Event]], day: date
) -> tuple[Voter, ...]:
    """Who may vote on a project on a day, from the histories of its buildings."""
    scope: dict[str, building.State] = {}
    owners: dict[tuple[str, str], str | None] = {}
    for code, history in histories.items():
        state = building.EMPTY
        for event in history:
            state = building.apply(state, event)
        scope[code] = state
        known = owners_on(history, day)
        owners |= {(code, unit): known.get(unit, state.owner_ref(unit)) for unit in state.units}
    areas = {code: state.areas for code, state in scope.items()}
    of_developer = unsold(proposed, scope)
    found = []
    for code, unit in charged(proposed, scope):
        owner = owners[code, unit]
        person: tuple[str, ...] = ("unit", code, unit)
        if proposed.developer is not None and (code, unit) in of_developer:
            person = ("developer", proposed.developer.name)
        elif owner is not None:
            person = ("owner", owner)
        found.append(Voter(code, unit, areas[code][unit], person))
    return tuple(found)


def tally(voting: Iterable[Voter], ballots: Iterable[Ballot]) -> Tally:
    """Count the ballots of those who may vote; of several ballots of one unit the last."""
    everyone = tuple(voting)
    choices = {(ballot.building, ballot.unit): ballot.choice for ballot in ballots}
    present = [voter for voter in everyone if (voter.building, voter.unit) in choices]
    agreed = [voter for voter in present if choices[voter.building, voter.unit] == "agree"]
    unlike = {voter.person for voter in present if choices[voter.building, voter.unit] != "agree"}
    return Tally(
        sum(voter.area_dm2 for voter in everyone),
        len({voter.person for voter in everyone}),
        sum(voter.area_dm2 for voter in present),
        len({voter.person for voter in present}),
        sum(voter.area_dm2 for voter in agreed),
        len({voter.person for voter in agreed} - unlike),
    )


def objection(rule: VoteRule | None, vote: VoteCounted) -> str | None:
    """Why a vote did not pass by the rule of its day, in Chinese; None when it passed."""
    if rule is None:
        return f"{vote.value_date} 的表决没有适用的规则"
    for measure, name in _MEASURES:
        total, present, agreed = (getattr(vote, f"{who}_{measure}") for who in ("total", "present", "agreed"))
        if not rule.passed(total, present, agreed):
            shown = "，".join(
                f"{word} {'不详' if figure is None else _shown(measure, figure)}"
                for word, figure in (("应参与", total), ("参与", present), ("同意", agreed))
            )
            return f"{name}没有达到比例：{shown}（{rule.source}）"
    return None


def _shown(measure: str, figure: int) -> str:
    return f"{figure // 100}.{figure % 100:02d} 平方米" if measure == "area_dm2" else f"{figure} 人"
