"""Names in a row of a unit (户): the owner's where the name is the owner's, else a person of the county."""

from collections.abc import Sequence
from itertools import compress

from ledger.registers.specification import Desk, Person, Values


def owner_or_other(names: Sequence[str | None], values: Values, desk: Desk) -> list[str | Person | None]:
    """For each row the ref of the unit's owner, a person to be looked up by name, or None without a name.

    An owner of now comes before the one who was registered, as a unit may have changed hands (过户) since.
    """
    if not any(names):
        return [None] * len(names)
    counties: dict[str, str] = {}
    now: dict[tuple[str, str], str | None] = {}
    once: dict[tuple[str, str], str | None] = {}
    for code, state in desk.buildings(list(dict.fromkeys(compress(values["building"], names)))).items():
        counties[code] = state.facts.county if state.facts else ""
        for number, line in state.units.items():
            now[code, number] = state.owner_ref(number)
            once[code, number] = line.owner_ref
    keys = list(zip(values["building"], values["unit"], strict=True))
    matched: list[str | None] = [None] * len(names)
    for owners in (once, now) if once != now else (now,):
        refs = [owners.get(key) if name else None for key, name in zip(keys, names, strict=True)]
        for index, matches in enumerate(desk.names_match(refs, names)):
            if matches:
                matched[index] = refs[index]
    return [
        ref or (Person(name, None, None, counties.get(building, "")) if name else None)
        for ref, name, building in zip(matched, names, values["building"], strict=True)
    ]
