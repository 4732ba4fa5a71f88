"""The checkpoint (封存凭证): a head of the seal as a signed text that leaves the office.

The text is a C2SP tlog-checkpoint in a signed note: the origin names this ledger, then the size of the tree
and its root, then an Ed25519 signature over those lines. Signing one head again gives the same bytes.
"""

import base64
import hashlib
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, func, select

from audit.merkle import EMPTY_ROOT, HASH_BYTES, Tree
from audit.seal import Head, heads, leaf_of, leaves
from ledger.errors import InputError
from ledger.store import keyfile
from ledger.store.feed import Source
from ledger.store.tables import cell

_ED25519: Final = b"\x01"
_PUBLIC_BYTES: Final = 33
_ID_BYTES: Final = 4
_LONGEST_SIZE: Final = 19
_SIGNATURE: Final = "— "


class Checkpoint(NamedTuple):
    """What a checkpoint says: the tree of this origin has this root at this size."""

    origin: str
    size: int
    root: bytes


class Signer(NamedTuple):
    """Who signs for a ledger: its origin, and the key that is kept outside the database."""

    origin: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> str:
        """The public key as text (C2SP vkey): origin, key id and key, for whoever checks."""
        public = _ED25519 + self.key.public_key().public_bytes_raw()
        identity = _identity(self.origin, public)
        return f"{self.origin}+{identity.hex()}+{base64.b64encode(public).decode()}"

    def sign(self, head: Head) -> str:
        """The checkpoint of a head, as text."""
        body = f"{self.origin}\n{head.size}\n{base64.b64encode(head.root).decode()}\n"
        public = _ED25519 + self.key.public_key().public_bytes_raw()
        signature = _identity(self.origin, public) + self.key.sign(body.encode())
        return f"{body}\n{_SIGNATURE}{self.origin} {base64.b64encode(signature).decode()}\n"


def load_signer(connection: Connection, home: Path) -> Signer:
    """The signer of this ledger: ``FUND_SEAL_KEY`` (base64 of 32 bytes), or ``home/seal.key``, made on need.

    Raises DatabaseProblem when it is not 32 bytes.
    """
    identity = connection.execute(select(cell.c.id)).scalar_one()
    seed = keyfile.load(home, "seal.key", "FUND_SEAL_KEY")
    return Signer(f"fund-ledger/{identity}", Ed25519PrivateKey.from_private_bytes(seed))


def opened(text: str, verifier: str) -> Checkpoint:
    """What a checkpoint says, once it is that of the verifier's origin and its signature holds under its key.

    Raises InputError ``checkpoint-invalid`` for another form, ``checkpoint-forged`` where no signature holds.
    """
    name, public = _verifier(verifier)
    body, gap, signatures = text.partition("\n\n")
    lines = body.split("\n")
    if not gap or len(lines) < 3 or not _is_size(lines[1]):
        raise InputError("checkpoint-invalid", "封存凭证的格式不正确")
    root = _decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise InputError("checkpoint-invalid", "封存凭证的格式不正确")
    identity = _identity(name, _ED25519 + public)
    for line in signatures.splitlines() if lines[0] == name else ():
        signer, _, signature = line.removeprefix(_SIGNATURE).rpartition(" ")
        signed = _decoded(signature)
        if line.startswith(_SIGNATURE) and signer == name and signed[:_ID_BYTES] == identity:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signed[_ID_BYTES:], body.encode() + b"\n")
            except InvalidSignature:
                continue
            return Checkpoint(lines[0], int(lines[1]), root)
    raise InputError("checkpoint-forged", "封存凭证的签名不是本账本的，或内容被改动")


def covering(connection: Connection, position: int) -> Head | None:
    """The first head that covers every event up to a position; None where the seal has not come so far."""
    if position <= 0:
        return Head(0, 0, EMPTY_ROOT, b"")
    wanted = select(*(heads.c[name] for name in Head._fields)).where(heads.c.position >= position)
    found = connection.execute(wanted.order_by(heads.c.size).limit(1)).one_or_none()
    return None if found is None else Head(found.size, found.position, bytes(found.root), bytes(found.peaks))


def sealed_events(connection: Connection, position: int) -> int:
    """How many sealed events there are up to a position."""
    last = select(func.max(leaves.c.index)).where(leaves.c.position <= position)
    index = connection.execute(last).scalar_one()
    return 0 if index is None else int(index) + 1


def root_at(feed: Source, size: int) -> bytes | None:
    """The root over the first ``size`` events as the log has them now; None where it has fewer."""
    tree = Tree()
    for rows in feed.scan():
        tree.grow(leaf_of(row) for row in islice(rows, size - tree.size))
        if tree.size == size:
            break
    return tree.root if tree.size == size else None


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_SIZE


def _identity(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + public).digest()[:_ID_BYTES]


def _verifier(text: str) -> tuple[str, bytes]:
    name, _, rest = text.partition("+")
    identity, _, encoded = rest.partition("+")
    public = _decoded(encoded)
    if public[:1] != _ED25519 or len(public) != _PUBLIC_BYTES or _identity(name, public).hex() != identity:
        raise InputError("checkpoint-invalid", "验证公钥的格式不正确")
    return name, public[1:]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InputError("checkpoint-invalid", "封存凭证的格式不正确") from error
