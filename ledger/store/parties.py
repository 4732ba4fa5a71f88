"""The register of persons (当事人登记): names, ID numbers and phones, encrypted, outside the log.

Events know a person by a random ``ref`` only. Two refs are equal when the person is: the same ID number, or,
where there is none, the same name within the same scope (a county, a unit). Every hash and the encryption
have a key of their own, derived from one 32-byte key that is kept outside the database.
"""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine

from ledger.store import keyfile
from ledger.store.engine import DatabaseProblem

__all__ = ["Parties", "Person", "Revealed", "load_key", "masked"]

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_A_STATEMENT: Final = 5_000
_OLD_RESIDENT_ID: Final = re.compile(r"\d{15}", re.ASCII)
_CHECK_DIGITS: Final = "10X98765432"


class Person(Protocol):
    """Someone a paper names; ``scope`` tells apart people of one name where there is no ID number."""

    @property
    def name(self) -> str: ...
    @property
    def id_number(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def scope(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Revealed:
    """A person in clear: for a screen whose user may see it, never for a log, an event or a message."""

    name: str
    id_number: str | None
    phone: str | None


def load_key(home: Path) -> bytes:
    """The register's key: ``FUND_PARTY_KEY`` (base64 of 32 bytes), or ``home/party.key``, made when missing.

    Raises DatabaseProblem when it is not 32 bytes. Lost, the register can never be read again.
    """
    return keyfile.load(home, "party.key", "FUND_PARTY_KEY")


class Parties:
    """Persons and their refs. Safe to share between threads and processes."""

    def __init__(self, engine: Engine, key: bytes) -> None:
        self._engine = engine
        self._subkey = cache(lambda purpose: _derived(key, purpose))
        self._cipher = AESGCM(_derived(key, "seal"))

    def keyed_hash(self, purpose: str, data: bytes) -> bytes:
        """HMAC-SHA-256 under a key of its own for each purpose."""
        return hmac.digest(self._subkey(f"hash/{purpose}"), data, "sha256")

    def name_hash(self, name: str) -> bytes:
        """A keyed hash of the name alone, so that two names are compared without decrypting."""
        return self.keyed_hash("name", _plain(name).encode())

    def refs(self, people: Sequence[Person]) -> list[str]:
        """The ref of each person; who is not known yet is added. The order is kept."""
        identities = [self._identity(person) for person in people]
        found = self._refs_of(identities)
        new = {
            identity: person
            for identity, person in zip(identities, people, strict=True)
            if identity not in found
        }
        if new:
            self._add(new)
            found |= self._refs_of(list(new))
        return [found[identity] for identity in identities]

    def known(self, people: Sequence[Person]) -> list[str | None]:
        """The ref of each person who is known already; adds nobody."""
        identities = [self._identity(person) for person in people]
        found = self._refs_of(identities)
        return [found.get(identity) for identity in identities]

    def name_hashes(self, refs: Sequence[str]) -> Mapping[str, bytes]:
        """The name hash of each ref that is known."""
        found = self._select("select ref, name_hash from register.parties where ref = any(%s)", refs)
        return {ref: bytes(name_hash) for ref, name_hash in found}

    def reveal(self, refs: Sequence[str]) -> Mapping[str, Revealed]:
        """The persons behind the refs, but for the erased; raises DatabaseProblem under another key."""
        query = "select ref, sealed from register.parties where ref = any(%s) and sealed <> ''"
        found = self._select(query, refs)
        return {ref: self._opened(ref, bytes(sealed)) for ref, sealed in found}

    def erase(self, ref: str) -> bool:
        """Erase a person: what is left is a ref that names nobody; False where there is none, or none now.

        Who comes again gets another ref. Backups made before still hold the encrypted row.
        """
        gone = (secrets.token_bytes(32), secrets.token_bytes(32), b"", ref)
        with self._engine.begin() as connection:
            done = connection.exec_driver_sql(
                "update register.parties set identity = %s, name_hash = %s, sealed = %s"
                " where ref = %s and sealed <> ''",
                gone,
            )
        return done.rowcount == 1

    def exists(self, ref: str) -> bool:
        """Whether the ref was ever given, erased or not."""
        return bool(self._select("select ref from register.parties where ref = any(%s)", [ref]))

    def _identity(self, person: Person) -> bytes:
        """By ID number where there is one, else by name within the scope; length-prefixed, so unambiguous."""
        number = _plain_id(person.id_number or "")
        parts = ("id", number) if number else ("name", person.scope, _plain(person.name))
        return self.keyed_hash("identity", msgspec.json.encode(parts))

    def _add(self, people: Mapping[bytes, Person]) -> None:
        """Add people; one whom another process added first keeps the ref given there."""
        remaining = iter(sorted(people.items()))  # one order for all, so that two cannot wait for each other
        while some := list(islice(remaining, _A_STATEMENT)):
            refs = [f"p{secrets.token_hex(12)}" for _ in some]
            values = [
                refs,
                [identity for identity, _ in some],
                [self.name_hash(person.name) for _, person in some],
                [self._sealed(ref, person) for ref, (_, person) in zip(refs, some, strict=True)],
            ]
            with self._engine.begin() as connection:
                connection.exec_driver_sql(
                    """
                    insert into register.parties (ref, identity, name_hash, sealed)
                    select * from unnest(%s::text[], %s::bytea[], %s::bytea[], %s::bytea[])
                    on conflict (identity) do nothing
                    """,
                    tuple(values),
                )

    def _refs_of(self, identities: Sequence[bytes]) -> dict[bytes, str]:
        found = self._select(
            "select identity, ref from register.parties where identity = any(%s::bytea[])", identities
        )
        return {bytes(identity): ref for identity, ref in found}

    def _select(self, query: str, keys: Sequence[Any]) -> list[Any]:
        remaining = iter(dict.fromkeys(keys))
        found: list[Any] = []
        with self._engine.connect() as connection:
            while some := list(islice(remaining, _A_STATEMENT)):
                found += connection.exec_driver_sql(query, (some,)).all()
        return found

    def _sealed(self, ref: str, person: Person) -> bytes:
        """The person under AES-256-GCM; bound to the ref, so that two rows cannot be exchanged unseen."""
        clear = msgspec.json.encode(Revealed(person.name, person.id_number, person.phone))
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, clear, ref.encode())

    def _opened(self, ref: str, sealed: bytes) -> Revealed:
        try:
            clear = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], ref.encode())
        except InvalidTag as error:
            raise DatabaseProblem("当事人登记无法解密：密钥不符，或数据被改动") from error
        return msgspec.json.decode(clear, type=Revealed)


def masked(person: Revealed) -> Revealed:
    """The person as most roles may see it: ``张*``, ``5323**********1234``, ``138****5678``."""
    return Revealed(
        person.name[:1] + "*" * (len(person.name) - 1),
        person.id_number and _covered(person.id_number, 4, 4),
        person.phone and _covered(person.phone, 3, 4),
    )


def _covered(text: str, head: int, tail: int) -> str:
    """The ends of a text; all of it covered where the ends would show more than half."""
    if len(text) < 2 * (head + tail) - 4:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]


def _derived(key: bytes, purpose: str) -> bytes:
    info = f"fund-ledger/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(key)


def _plain(text: str) -> str:
    """NFKC without surrounding and repeated white space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _plain_id(text: str) -> str:
    """An ID number without spaces, in capitals; a resident ID of 15 digits as one of 18 (GB 11643)."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not _OLD_RESIDENT_ID.fullmatch(plain):
        return plain
    longer = f"{plain[:6]}19{plain[6:]}"
    weighted = sum(int(digit) * (2 ** (17 - index) % 11) for index, digit in enumerate(longer))
    return longer + _CHECK_DIGITS[weighted % 11]
