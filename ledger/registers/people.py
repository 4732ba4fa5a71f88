"""Persons that rows name → refs of the register of persons (当事人登记); names never go further than here.

A batch is judged with the refs of persons already known and with stand-ins for new ones; new persons are
written only when nothing is wrong, so a refused register leaves no trace.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ledger.application import Application
from ledger.building import State
from ledger.registers.specification import Found, Person


class Parties(Protocol):
    """What registers need of ``ledger.store.parties.Parties``."""

    def refs(self, people: Sequence[Person]) -> list[str]:
        """The ref of each person; those not yet known are written."""
        ...

    def known(self, people: Sequence[Person]) -> list[str | None]:
        """The ref of each person already known; writes nothing."""
        ...

    def name_hash(self, name: str) -> bytes:
        """A keyed hash of the name alone."""
        ...

    def name_hashes(self, refs: Sequence[str]) -> Mapping[str, bytes]:
        """The name hash of each ref."""
        ...

    def keyed_hash(self, purpose: str, data: bytes) -> bytes:
        """A hash under a key of its own for each purpose."""
        ...


class OfficeDesk:
    """What a register looks up while it reads: buildings on record, and whether a name is a known ref's."""

    def __init__(self, application: Application, parties: Parties) -> None:
        self._application = application
        self._parties = parties

    def buildings(self, codes: Sequence[str]) -> Mapping[str, State]:
        """The buildings on record."""
        return self._application.buildings(codes)

    def account_ref(self, account: str) -> str:
        """A keyed hash of a person's bank account in hex."""
        return self._parties.keyed_hash("account", account.encode()).hex()

    def names_match(self, refs: Sequence[str | None], names: Sequence[str | None]) -> Sequence[bool]:
        """Whether each ref is of a person of that name."""
        hashes = self._parties.name_hashes(sorted({ref for ref in refs if ref}))
        of_name = {name: self._parties.name_hash(name) for name in set(names) if name}
        return [
            ref is not None and name is not None and hashes.get(ref) == of_name[name]
            for ref, name in zip(refs, names, strict=True)
        ]


class People:
    """The persons of the columns a register looked up."""

    def __init__(self, parties: Parties, found: Found) -> None:
        self._parties = parties
        self._found = found
        cells = (cell for column in found.values() for cell in column)
        self._people = list(dict.fromkeys(cell for cell in cells if isinstance(cell, Person)))
        self._known = parties.known(self._people) if self._people else []

    @property
    def new(self) -> bool:
        """Whether any of them is not known yet."""
        return None in self._known

    def tentative(self) -> Found:
        """The columns with known refs, and a stand-in for each new person."""
        return self._with([ref or f"new-{number}" for number, ref in enumerate(self._known)])

    def registered(self) -> Found:
        """The columns with refs; new persons are written."""
        new = [person for person, ref in zip(self._people, self._known, strict=True) if ref is None]
        added = iter(self._parties.refs(new))
        return self._with([ref or next(added) for ref in self._known])

    def _with(self, refs: Sequence[str | None]) -> Found:
        ref_of: dict[Any, Any] = dict(zip(self._people, refs, strict=True))
        return {
            name: [ref_of[cell] if isinstance(cell, Person) else cell for cell in column]
            for name, column in self._found.items()
        }
