"""How a row is known again: a keyed hash of its normalised cells and its ordinal among identical rows.

The ordinal counts within one file, so two identical rows of a file are two rows, and the same file again is
the same rows. The key keeps a reader of the log from guessing names and ID numbers row by row.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final

import msgspec

DIGEST_BYTES: Final = 32


def row_digests(key: bytes, kind: str, columns: Iterable[Sequence[Any]], files: Sequence[str]) -> list[bytes]:
    """The digest of every row of columns in contract order; ``files`` names the file of each row.

    What is hashed is the JSON of kind and cells, a line feed, and the ordinal.
    """
    encode = msgspec.json.Encoder().encode
    prefix = encode(kind)
    ordinals: dict[tuple[str, bytes], int] = {}
    digests = []
    for file, cells in zip(files, zip(*columns, strict=True), strict=True):
        row = encode(cells)
        ordinal = ordinals.get((file, row), 0)
        ordinals[file, row] = ordinal + 1
        digests.append(
            blake2b(b"%b%b\n%d" % (prefix, row, ordinal), key=key, digest_size=DIGEST_BYTES).digest()
        )
    return digests
