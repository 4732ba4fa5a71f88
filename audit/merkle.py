"""The Merkle tree (默克尔树) of RFC 9162: hashes of leaves and nodes, and a tree that only grows.

A growing tree is known by its peaks: the roots of its perfect subtrees, the largest first, one for each bit
of its size. They are all that is needed to add leaves, and they give the root of the whole.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256().digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows by leaves; starts empty or goes on from the peaks of a size.

    Raises ValueError when the peaks do not belong to the size.
    """

    def __init__(self, size: int = 0, peaks: bytes = b"") -> None:
        if size < 0 or len(peaks) != size.bit_count() * HASH_BYTES:
            raise ValueError(f"{len(peaks)} bytes of peaks do not belong to a tree of {size} leaves")
        self.size = size
        self._peaks = [peaks[start : start + HASH_BYTES] for start in range(0, len(peaks), HASH_BYTES)]

    def grow(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the right."""
        peaks = self._peaks
        size = self.size
        for leaf in leaves:
            peak, full = leaf, size
            while full & 1:
                peak = node_hash(peaks.pop(), peak)
                full >>= 1
            peaks.append(peak)
            size += 1
        self.size = size

    @property
    def peaks(self) -> bytes:
        """The peaks one after the other, the largest first."""
        return b"".join(self._peaks)

    @property
    def root(self) -> bytes:
        """The root of the whole tree; the hash of nothing for an empty one."""
        if not self._peaks:
            return EMPTY_ROOT
        *larger, root = self._peaks
        for peak in reversed(larger):
            root = node_hash(peak, root)
        return root
