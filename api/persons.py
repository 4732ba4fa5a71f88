"""Persons (当事人) as a role may see them: all is masked that the work does not need."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Final

import msgspec

from api.problems import unknown
from api.roles import Role
from ledger.application import Application
from ledger.store.parties import Parties, Revealed, masked

NAMED: Final[frozenset[Role]] = frozenset({"officer", "reviewer"})
"""Roles that see names, with ID numbers and phones masked; only ``admin`` sees all in clear."""

ERASED: Final = "（已删除）"


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """An owner of a unit: the ref in the events, the person as the role may see it, and since when."""

    ref: str | None
    name: str | None
    id_number: str | None
    phone: str | None
    since: date | None
    deed_no: str | None


class Owners(msgspec.Struct, frozen=True, kw_only=True):
    """The owners of a unit (户) in the order in which they were recorded; the last one is today's."""

    building: str
    unit: str
    owners: tuple[Owner, ...]


def seen(person: Revealed, role: Role | None) -> Revealed:
    """The person as a role may see it; None is who has no role: all is masked."""
    if role == "admin":
        return person
    covered = masked(person)
    return Revealed(person.name, covered.id_number, covered.phone) if role in NAMED else covered


def names(parties: Parties, role: Role | None) -> Callable[[Collection[str]], Mapping[str, str]]:
    """The names of persons by ref as a role may see them; who was erased has none."""

    def of(refs: Collection[str]) -> Mapping[str, str]:
        people = parties.reveal(sorted(refs))
        return {ref: seen(people[ref], role).name if ref in people else ERASED for ref in refs}

    return of


def owners(application: Application, parties: Parties, building: str, unit: str, role: Role | None) -> Owners:
    """The owners of a unit; a person who was erased has no name. Raises Failed ``unit-unknown``."""
    held = application.holders(building, unit)
    if not held:
        raise unknown("unit", f"楼幢 {building} 没有户号 {unit}")
    people = parties.reveal([holder.owner_ref for holder in held if holder.owner_ref])
    nobody = Revealed(ERASED, None, None)
    shown = []
    for holder in held:
        person = Revealed("", None, None)
        if holder.owner_ref is not None:
            found = people.get(holder.owner_ref)
            person = nobody if found is None else seen(found, role)
        shown.append(
            Owner(
                ref=holder.owner_ref,
                name=person.name or None,
                id_number=person.id_number,
                phone=person.phone,
                since=holder.since,
                deed_no=holder.deed_no,
            )
        )
    return Owners(building=building, unit=unit, owners=tuple(shown))
