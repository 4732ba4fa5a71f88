"""How a row is known again: a keyed hash of its normalised cells and its ordinal among identical rows.

The ordinal counts within one file, so two identical rows of a file are two rows, and the same file again is
the same rows. The key keeps a reader of the log from guessing names and ID numbers row by row.
"""

import hmac
from collections.abc import Iterable, Sequence
from typing import Any

_SEPARATOR = "\x1f"  # Cannot occur in a cell: white space is one blank, control characters are refused.


def row_digests(key: bytes, kind: str, columns: Iterable[Sequence[Any]], files: Sequence[str]) -> list[bytes]:
    """The digest of every row of columns in contract order; ``files`` names the file of each row."""
    cells = [["" if cell is None else str(cell) for cell in column] for column in columns]
    ordinals: dict[tuple[str, str], int] = {}
    digests = []
    for file, row in zip(files, map(_SEPARATOR.join, zip(*cells, strict=True)), strict=True):
        ordinal = ordinals.get((file, row), 0)
        ordinals[file, row] = ordinal + 1
        text = f"{kind}{_SEPARATOR}{row}{_SEPARATOR}{ordinal}"
        digests.append(hmac.digest(key, text.encode(), "sha256"))
    return digests
