"""The seal (封存): a leaf hash for every event and a growing Merkle tree over the log, in position order.

Whoever keeps one root can tell whether anything at or before it was changed, removed or put in between.
``docs/seal.md`` has the bytes of a leaf and test vectors. The tables are only ever added to.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final, NamedTuple, Protocol

from sqlalchemy import BigInteger, Column, Connection, DateTime, LargeBinary, Table, func, insert, select

from audit.merkle import Tree, leaf_hash
from ledger.store.bulk import copy_in
from ledger.store.feed import Row
from ledger.store.tables import metadata

FORMAT: Final = b"\x01"
"""The first byte of a leaf's content: which encoding follows."""

leaves = Table(
    "leaves",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False, comment="0, 1, 2 … in position order"),
    Column("position", BigInteger, nullable=False, unique=True, comment="of the event"),
    Column("leaf", LargeBinary, nullable=False, comment="SHA-256 of the stored event, docs/seal.md"),
    schema="seal",
)

heads = Table(
    "heads",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False, comment="leaves in the tree"),
    Column("position", BigInteger, nullable=False, comment="of the last event in the tree"),
    Column("root", LargeBinary, nullable=False, comment="RFC 9162 Merkle tree hash"),
    Column("peaks", LargeBinary, nullable=False, comment="roots of the perfect subtrees, largest first"),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
    schema="seal",
)

_LENGTH: Final = Struct(">Q").pack
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class SealBroken(Exception):  # noqa: N818 - names the condition
    """The seal cannot go on: the events given do not follow the last head."""


class Head(NamedTuple):
    """A tree head (封存点): after ``size`` events, the last at ``position``, the tree has this root."""

    size: int
    position: int
    root: bytes
    peaks: bytes


class Leaf(NamedTuple):
    """The leaf of the event at a position."""

    position: int
    leaf: bytes


class Events(Protocol):
    """What the seal needs of a batch: its events as they are stored."""

    @property
    def rows(self) -> Sequence[Row]:
        """Consecutive stored events in position order."""
        ...


def content(row: Row) -> bytes:
    """What is hashed: the format byte, then every stored column with its length in eight bytes."""
    pieces = [FORMAT]
    for text in (
        str(row.position),
        row.stream,
        str(row.version),
        row.topic,
        str(row.schema),
        str((row.recorded_at - _EPOCH) // _MICROSECOND),
        row.data,
    ):
        plain = text.encode()
        pieces += (_LENGTH(len(plain)), plain)
    return b"".join(pieces)


def leaf_of(row: Row) -> bytes:
    """The leaf hash of a stored event."""
    return leaf_hash(content(row))


def last_head(connection: Connection) -> Head:
    """The newest head; that of the empty tree where nothing is sealed yet."""
    newest = select(*(heads.c[name] for name in Head._fields)).order_by(heads.c.size.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    if found is None:
        return Head(0, 0, Tree().root, b"")
    return Head(found.size, found.position, bytes(found.root), bytes(found.peaks))


class Seal:
    """The follower's model that seals every batch: its leaves and one head.

    It goes on from the head in the database, so it has no memory of its own. Two that interleave collide on
    the index of their first leaf, and one of them changes nothing.
    """

    name = "seal"
    version = 1
    tables = (leaves, heads)

    def fold(self, batch: Events) -> list[Leaf]:
        """The leaves of the batch; bytes are sealed as they are, readable or not."""
        return [Leaf(row.position, leaf_of(row)) for row in batch.rows]

    def write(self, connection: Connection, changes: Sequence[Leaf]) -> None:
        """Add the leaves and the new head; raises SealBroken when they do not come after the last one."""
        if not changes:
            return
        head = last_head(connection)
        if changes[0].position <= head.position:
            raise SealBroken(f"position {changes[0].position} is not after the last head {head.position}")
        tree = Tree(head.size, head.peaks)
        tree.grow(leaf for _, leaf in changes)
        rows = [(head.size + index, *change) for index, change in enumerate(changes)]
        copy_in(connection, leaves, ["index", "position", "leaf"], rows)
        connection.execute(
            insert(heads).values(
                size=tree.size,
                position=changes[-1].position,
                root=tree.root,
                peaks=tree.peaks,
                sealed_at=func.clock_timestamp(),
            )
        )
