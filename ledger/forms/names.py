"""Persons in a form → refs of the register of persons (当事人登记); their names go no further than here.

A name without an ID number, beside a unit, is the unit's owner where that is the owner's name; else it is
told from others of that name by the county.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events import Payee
from ledger.forms.values import Paid, Someone
from ledger.registers.owners import owner_or_other
from ledger.registers.payees import is_person
from ledger.registers.people import OfficeDesk, Parties
from ledger.registers.specification import Person


class Names:
    """The persons of one form: met first, then registered or supposed all at once."""

    def __init__(self, desk: OfficeDesk, parties: Parties, county: str) -> None:
        self._desk = desk
        self._parties = parties
        self._county = county
        self._met: dict[Person, str | None] = {}

    def meet(self, found: Someone | Paid, beside: Mapping[str, Any]) -> Any:
        """Take note of a person, for ``register``; what it gives stands in until then."""
        person = self._person(found, beside)
        if isinstance(person, Person):
            self._met.setdefault(person, None)
        return Payee(kind="firm") if isinstance(found, Paid) else ""

    def register(self) -> None:
        """Look all persons up; those not known yet are written."""
        people = list(self._met)
        self._met = dict(zip(people, self._parties.refs(people), strict=True)) if people else {}

    def suppose(self) -> None:
        """Look all persons up and write nothing: those not known yet get a stand-in each."""
        people = list(self._met)
        known = self._parties.known(people) if people else []
        self._met = {
            person: ref or f"new-{number}"
            for number, (person, ref) in enumerate(zip(people, known, strict=True))
        }

    def ref(self, found: Someone | Paid, beside: Mapping[str, Any]) -> Any:
        """The ref of a person, or who is paid: a firm by name, a person by ref."""
        person = self._person(found, beside)
        ref = self._met[person] if isinstance(person, Person) else person
        if isinstance(found, Someone):
            return ref
        if ref is not None:
            account = found.account and self._desk.account_ref(found.account)
            return Payee(kind="person", party_ref=ref, account_ref=account)
        return Payee(kind="firm", name=found.name, account=found.account)

    def _person(self, found: Someone | Paid, beside: Mapping[str, Any]) -> Person | str | None:
        """A person, the ref of the unit's owner, or None for a firm."""
        if isinstance(found, Paid):
            named = found.name is not None and is_person(found.name)
            return Person(found.name or "", None, None, self._county) if named else None
        building, unit = beside.get("building"), beside.get("unit")
        if found.id_number is None and isinstance(building, str) and isinstance(unit, str):
            [owner] = owner_or_other([found.name], {"building": [building], "unit": [unit]}, self._desk)
            if isinstance(owner, str):
                return owner
        return Person(found.name, found.id_number, found.phone, self._county)
