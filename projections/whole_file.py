"""A file that is there whole or not at all (完整文件): written beside its place, then put there."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from xlsxwriter.exceptions import FileCreateError


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """What is written takes the place of a file that was there; after a failure that one still is.

    Raises OSError, also where a workbook could not be written to the disk.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            yield file
        draft.replace(path)
    except FileCreateError as error:
        why = error.args[0] if error.args else None
        raise (why if isinstance(why, OSError) else OSError(errno.EIO, str(error), str(path))) from error
    finally:
        draft.unlink(missing_ok=True)
